-- One row: a definition of `after` that a change since `before` is about: what `impact` starts from.
--
-- It is new, or its signature, decorators or body differ (of a class, its body without that of
-- definitions in it that differ themselves); or it used a definition that is gone. Where the content
-- of a file differs and no definition in it says how (a statement at the top of a module, a
-- comment), its module-level variables count as changed.
WITH
  earlier AS (SELECT * FROM before.definitions WHERE kind <> 'parameter'),
  later AS (SELECT * FROM after.definitions WHERE kind <> 'parameter'),
  differing AS (
    SELECT
      l.def_id, l.file_id, l.parent_def_id, l.kind,
      e.def_id IS NULL OR (l.signature IS DISTINCT FROM e.signature)
        OR (array_to_string(l.decorators, ' ') IS DISTINCT FROM array_to_string(e.decorators, ' '))
        AS is_new
    FROM later l
    LEFT JOIN earlier e ON e.def_id = l.def_id
    WHERE e.def_id IS NULL OR (l.signature IS DISTINCT FROM e.signature)
      OR (array_to_string(l.decorators, ' ') IS DISTINCT FROM array_to_string(e.decorators, ' '))
      OR (l.body_hash IS DISTINCT FROM e.body_hash)
  ),
  gone AS (
    SELECT e.def_id, e.file_id, e.parent_def_id
    FROM earlier e
    LEFT ANTI JOIN later l ON l.def_id = e.def_id
  ),
  members AS (
    SELECT parent_def_id FROM differing WHERE parent_def_id IS NOT NULL
    UNION
    SELECT parent_def_id FROM gone WHERE parent_def_id IS NOT NULL
  ),
  changed AS (
    SELECT d.def_id, d.file_id
    FROM differing d
    LEFT JOIN members m ON m.parent_def_id = d.def_id
    WHERE d.kind <> 'class' OR d.is_new OR m.parent_def_id IS NULL
  ),
  users AS (
    SELECT r.enclosing_def_id AS def_id FROM before.refs r JOIN gone g ON g.def_id = r.def_id
    UNION
    SELECT r.def_id FROM before.relations r JOIN gone g ON g.def_id = r.related_def_id
  ),
  explained AS (
    SELECT file_id FROM changed
    UNION
    SELECT file_id FROM gone
  ),
  unexplained AS (
    SELECT a.file_id
    FROM after.files a
    JOIN before.files b ON b.file_id = a.file_id AND b.content_hash <> a.content_hash
    LEFT ANTI JOIN explained x ON x.file_id = a.file_id
  )
SELECT def_id FROM changed
UNION
SELECT l.def_id FROM users u JOIN later l ON l.def_id = u.def_id
UNION
SELECT l.def_id
FROM later l
JOIN unexplained x ON x.file_id = l.file_id
WHERE l.kind = 'variable' AND l.parent_def_id IS NULL
