-- One row: a node of the property graph: a definition, or a file (the code at its top level).
SELECT
  repo, def_id AS node_id, kind, qualified_name AS name, file_id, bstart, bend
FROM definitions
UNION ALL
SELECT
  repo, file_id AS node_id, 'file' AS kind, path AS name, file_id, CAST(0 AS BIGINT) AS bstart,
  size_bytes AS bend
FROM files
