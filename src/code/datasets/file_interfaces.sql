-- One row: what resolution needs to know of a source file (`FileInterface`; null where there are no
-- facts: a field of a null struct is not null by itself). It is kept, so that a run reads and parses
-- only the files that changed.
SELECT file_id, CASE WHEN f IS NOT NULL THEN f['interface'] END AS interface FROM facts
