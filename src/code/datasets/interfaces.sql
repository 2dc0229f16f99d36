-- One row: what resolution needs to know of a source file (`interface_facts_type()`; null where there
-- are no facts). It is kept, so that a run reads and parses only the files that changed.
SELECT repo, file_id, path, interface_facts(f) AS f FROM facts
