-- One row: how a definition depends on another without naming it in its own body.
--
--   base       of the class def_id, in order
--   override   a call of the method def_id may be one of related_def_id, in a subclass
--   decorator  of def_id, from the top
--   construct  calling the class def_id calls its method related_def_id
SELECT DISTINCT
  repo, owner_def_id AS def_id, kind, def_id AS related_def_id, ordinal, confidence
FROM lookups
WHERE kind <> 'lookup'
UNION ALL
SELECT c.repo, c.def_id, 'construct' AS kind, m.def_id AS related_def_id, 0 AS ordinal,
  CAST(1 AS DOUBLE) AS confidence
FROM definitions c
JOIN definitions m ON m.parent_def_id = c.def_id
WHERE c.kind = 'class' AND m.kind = 'method'
  AND m.name IN ('__init__', '__new__', '__post_init__', '__init_subclass__', '__set_name__')
