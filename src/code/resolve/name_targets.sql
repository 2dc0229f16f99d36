-- One row: a name that a module offers (its own or by a star), followed to its end.
--
-- Each name leads to at most one other, so the way is a chain; it is walked by a UNION, which ends
-- on circles (of imports that bind each other's names) because no row is new any more. A name that
-- stars send round in a circle is what its origin has.
--
--   kind    definition (def_id), module (of the repository: `module`, and `module_file_id` where it
--           is known which file of that name), external (`module`) or
--           unresolved.
WITH RECURSIVE
  names AS (
    SELECT repo, file_id, name, def_id, import_id, next_file_id, next_name, module, module_file_id,
      kind, in_all, is_public, NULL AS origin_file_id
    FROM bound_names
    UNION ALL
    SELECT repo, file_id, name, NULL AS def_id, import_id, next_file_id, name AS next_name,
      NULL AS module, NULL AS module_file_id, 'unresolved' AS kind, in_all, is_public,
      origin_file_id
    FROM star_names
  ),
  steps AS (
    SELECT n.file_id, n.name, n.next_file_id, n.next_name
    FROM names n
    JOIN names m ON m.file_id = n.next_file_id AND m.name = n.next_name
  ),
  walk AS (
    SELECT file_id, name, next_file_id, next_name FROM steps
    UNION
    SELECT w.file_id, w.name, s.next_file_id, s.next_name
    FROM walk w
    JOIN steps s ON s.file_id = w.next_file_id AND s.name = w.next_name
  ),
  ends AS (
    SELECT n.file_id, n.name, n.def_id, n.module, n.module_file_id, n.kind
    FROM names n
    LEFT ANTI JOIN steps s ON s.file_id = n.file_id AND s.name = n.name
  ),
  walked AS (
    SELECT w.file_id, w.name, e.def_id, e.module, e.module_file_id, e.kind
    FROM walk w
    JOIN ends e ON e.file_id = w.next_file_id AND e.name = w.next_name
  ),
  followed AS (
    SELECT file_id, name, def_id, module, module_file_id, kind FROM walked
    UNION ALL
    SELECT file_id, name, def_id, module, module_file_id, kind FROM ends
  )
SELECT
  n.repo,
  n.file_id,
  n.name,
  CASE WHEN f.kind IS NOT NULL THEN f.def_id ELSE o.def_id END AS def_id,
  CASE WHEN f.kind IS NOT NULL THEN f.module ELSE coalesce(o.module, n.module) END AS module,
  CASE WHEN f.kind IS NOT NULL THEN f.module_file_id
    ELSE coalesce(o.module_file_id, n.module_file_id) END AS module_file_id,
  coalesce(f.kind, o.kind, n.kind) AS kind,
  n.import_id,
  n.in_all,
  n.is_public
FROM names n
LEFT JOIN followed f ON f.file_id = n.file_id AND f.name = n.name
LEFT JOIN followed o ON o.file_id = n.origin_file_id AND o.name = n.name
