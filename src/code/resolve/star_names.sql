-- One row: a name that a module has from a star import only, with the module to look in next.
--
-- Names travel along chains of star imports as far as each module on the way passes them on: listed
-- in its `__all__`, or without one, no leading underscore. The recursion is a UNION, so that star
-- imports in a circle end it. Of several stars that bring a name the last one in the file binds it,
-- and a binding of the file itself goes before all stars.
--
--   origin_file_id  a module at the far end of the stars that binds the name itself.
WITH RECURSIVE
  with_all AS (
    SELECT file_id FROM interfaces
    WHERE f['all_names'] IS NOT NULL OR coalesce(cardinality(f['all_from']), 0) > 0
  ),
  stars AS (
    SELECT i.repo, i.file_id, i.bstart, i.parent_file_id AS source_file_id, i.import_id,
      w.file_id IS NOT NULL AS source_has_all
    FROM import_targets i
    LEFT JOIN with_all w ON w.file_id = i.parent_file_id
    WHERE i.is_star AND i.parent_file_id IS NOT NULL AND i.parent_file_id <> i.file_id
  ),
  brought AS (
    SELECT s.repo, s.file_id, s.bstart, s.source_file_id, s.import_id, b.name,
      b.file_id AS origin_file_id
    FROM stars s
    JOIN bound_names b ON b.file_id = s.source_file_id AND b.is_public
    UNION
    SELECT s.repo, s.file_id, s.bstart, s.source_file_id, s.import_id, t.name, t.origin_file_id
    FROM stars s
    JOIN brought t ON t.file_id = s.source_file_id
    LEFT JOIN all_names a ON a.file_id = t.file_id AND a.name = t.name
    WHERE CASE WHEN s.source_has_all THEN a.name IS NOT NULL ELSE substr(t.name, 1, 1) <> '_' END
  ),
  ordered AS (
    SELECT *,
      row_number() OVER (PARTITION BY file_id, name ORDER BY bstart DESC, origin_file_id) AS place
    FROM brought
  )
SELECT
  o.repo,
  o.file_id,
  o.name,
  o.import_id,
  o.source_file_id AS next_file_id,
  o.origin_file_id,
  a.name IS NOT NULL AS in_all,
  CASE WHEN w.file_id IS NOT NULL THEN a.name IS NOT NULL ELSE substr(o.name, 1, 1) <> '_' END
    AS is_public
FROM ordered o
LEFT ANTI JOIN bound_names b ON b.file_id = o.file_id AND b.name = o.name
LEFT JOIN with_all w ON w.file_id = o.file_id
LEFT JOIN all_names a ON a.file_id = o.file_id AND a.name = o.name
WHERE o.place = 1
