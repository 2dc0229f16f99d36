-- One row: how a definition depends on another without naming it in its own body.
--
--   base       of the class def_id, in order
--   override   a call of the method def_id may be one of related_def_id, in a subclass
--   decorator  of def_id, from the top
--   construct  calling the class def_id calls its method related_def_id
SELECT DISTINCT
  repo, owner_def_id AS def_id, kind, def_id AS related_def_id, ordinal, confidence, file_id
FROM lookups
WHERE kind NOT IN ('lookup', 'file')
