-- One row: a change of a definition between `before` and `after`: one is told from the others by its
-- qualified name and kind (and by its place, where a name is defined several times).
--
--   change  added, removed, moved, signature changed or body changed; a definition has a row for each.
--   before, after  the signatures (of a variable its annotation, of a class its bases), or, of what
--           was moved, the paths; null where it is the body that changed.
--   path, line  where it is now, or where it was before it was removed.
--
-- A parameter is part of its function's signature and has no rows of its own.
WITH
  earlier AS (
    SELECT
      d.repo, d.kind, d.qualified_name, d.qualname, d.signature, d.body_hash, f.path, d.line,
      row_number() OVER (
        PARTITION BY d.repo, d.kind, d.qualified_name ORDER BY f.path, d.ordinal) AS place
    FROM before.definitions d
    JOIN before.files f ON f.repo = d.repo AND f.file_id = d.file_id
    WHERE d.kind <> 'parameter'
  ),
  later AS (
    SELECT
      d.repo, d.kind, d.qualified_name, d.qualname, d.signature, d.body_hash, f.path, d.line,
      row_number() OVER (
        PARTITION BY d.repo, d.kind, d.qualified_name ORDER BY f.path, d.ordinal) AS place
    FROM after.definitions d
    JOIN after.files f ON f.repo = d.repo AND f.file_id = d.file_id
    WHERE d.kind <> 'parameter'
  ),
  gone AS (
    SELECT e.*, count(*) OVER (
      PARTITION BY e.repo, e.kind, e.qualname, e.signature, e.body_hash) AS alike
    FROM earlier e
    LEFT ANTI JOIN later l
      ON l.repo = e.repo AND l.kind = e.kind AND l.qualified_name = e.qualified_name
      AND l.place = e.place
  ),
  fresh AS (
    SELECT l.*, count(*) OVER (
      PARTITION BY l.repo, l.kind, l.qualname, l.signature, l.body_hash) AS alike
    FROM later l
    LEFT ANTI JOIN earlier e
      ON e.repo = l.repo AND e.kind = l.kind AND e.qualified_name = l.qualified_name
      AND e.place = l.place
  ),
  -- What went from one module and is in another one with the same text. Where several are alike,
  -- nobody can say which went where.
  moved AS (
    SELECT
      g.repo, g.kind, g.qualified_name AS old_name, g.place AS old_place, g.path AS old_path,
      f.qualified_name, f.place, f.path, f.line
    FROM gone g
    JOIN fresh f
      ON f.repo = g.repo AND f.kind = g.kind AND f.qualname = g.qualname
      AND f.body_hash = g.body_hash AND coalesce(f.signature, '') = coalesce(g.signature, '')
    WHERE g.alike = 1 AND f.alike = 1
  ),
  kept AS (
    SELECT
      l.repo, l.kind, l.qualified_name, l.path, l.line, l.signature, l.body_hash,
      e.path AS old_path, e.signature AS old_signature, e.body_hash AS old_body_hash
    FROM earlier e
    JOIN later l
      ON l.repo = e.repo AND l.kind = e.kind AND l.qualified_name = e.qualified_name
      AND l.place = e.place
  )
SELECT
  f.repo, 'added' AS change, f.kind, f.qualified_name,
  CAST(NULL AS VARCHAR) AS before, f.signature AS after, f.path, f.line
FROM fresh f
LEFT ANTI JOIN moved m
  ON m.repo = f.repo AND m.kind = f.kind AND m.qualified_name = f.qualified_name
  AND m.place = f.place
UNION ALL
SELECT g.repo, 'removed', g.kind, g.qualified_name, g.signature, NULL, g.path, g.line
FROM gone g
LEFT ANTI JOIN moved m
  ON m.repo = g.repo AND m.kind = g.kind AND m.old_name = g.qualified_name
  AND m.old_place = g.place
UNION ALL
SELECT repo, 'moved', kind, qualified_name, old_path, path AS now_at, path, line FROM moved
UNION ALL
SELECT repo, 'moved', kind, qualified_name, old_path, path AS now_at, path, line
FROM kept
WHERE path <> old_path
UNION ALL
SELECT
  repo, 'signature changed', kind, qualified_name, old_signature, signature, path, line
FROM kept
WHERE signature IS DISTINCT FROM old_signature
UNION ALL
SELECT
  repo, 'body changed', kind, qualified_name, NULL AS old_body, NULL AS new_body, path, line
FROM kept
WHERE body_hash IS DISTINCT FROM old_body_hash
