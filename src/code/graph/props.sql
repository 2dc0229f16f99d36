-- One row: a property that a node or an edge has beside the columns of its own view, as text. What
-- is null, or an empty list, has no row.
--
-- value_type says how to read the value: string, int64, bool (true, false) or list, whose items are
-- on lines of their own.
SELECT repo, owner_id, owner_kind, key, value, value_type
FROM (
  SELECT
    d.repo, left(d.def_id, 32) AS owner_id, 'node' AS owner_kind, k.key, k.value_type,
    CASE k.key
      WHEN 'name' THEN d.name
      WHEN 'qualified_name' THEN d.qualified_name
      WHEN 'qualname' THEN d.qualname
      WHEN 'module' THEN d.module
      WHEN 'parent' THEN d.parent_def_id
      WHEN 'ordinal' THEN CAST(d.ordinal AS STRING)
      WHEN 'line' THEN CAST(d.line AS STRING)
      WHEN 'column' THEN CAST(d.column AS STRING)
      WHEN 'name_bstart' THEN CAST(d.name_bstart AS STRING)
      WHEN 'name_bend' THEN CAST(d.name_bend AS STRING)
      WHEN 'signature' THEN d.signature
      WHEN 'docstring' THEN d.docstring
      WHEN 'decorators' THEN nullif(array_to_string(d.decorators, chr(10)), '')
      WHEN 'is_async' THEN
        CASE WHEN d.kind IN ('function', 'method') THEN CAST(d.is_async AS STRING) END
      WHEN 'body_hash' THEN d.body_hash
    END AS value
  FROM definitions d
  CROSS JOIN (
    VALUES
      ('name', 'string'), ('qualified_name', 'string'), ('qualname', 'string'),
      ('module', 'string'), ('parent', 'string'), ('ordinal', 'int64'), ('line', 'int64'),
      ('column', 'int64'), ('name_bstart', 'int64'), ('name_bend', 'int64'),
      ('signature', 'string'), ('docstring', 'string'), ('decorators', 'list'),
      ('is_async', 'bool'), ('body_hash', 'string')
  ) AS k(key, value_type)
  UNION ALL
  SELECT
    f.repo, left(f.file_id, 32) AS owner_id, 'node' AS owner_kind, k.key, k.value_type,
    CASE k.key
      WHEN 'path' THEN f.path
      WHEN 'module' THEN f.module
      WHEN 'language' THEN f.language
      WHEN 'content_hash' THEN f.content_hash
      WHEN 'line_count' THEN CAST(f.line_count AS STRING)
      WHEN 'parse_status' THEN f.parse_status
      WHEN 'encoding' THEN f.encoding
      WHEN 'docstring' THEN f.docstring
    END AS value
  FROM files f
  CROSS JOIN (
    VALUES
      ('path', 'string'), ('module', 'string'), ('language', 'string'), ('content_hash', 'string'),
      ('line_count', 'int64'), ('parse_status', 'string'), ('encoding', 'string'),
      ('docstring', 'string')
  ) AS k(key, value_type)
  UNION ALL
  SELECT
    e.repo, left(e.edge_id, 32) AS owner_id, 'edge' AS owner_kind, k.key, k.value_type,
    CASE k.key WHEN 'evidence' THEN CAST(e.evidence AS STRING) ELSE CAST(e.line AS STRING) END
      AS value
  FROM edges e
  CROSS JOIN (VALUES ('evidence', 'int64'), ('line', 'int64')) AS k(key, value_type)
) p
WHERE value IS NOT NULL
