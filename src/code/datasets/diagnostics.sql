-- One row: a problem found in a file, while files were listed, read, or their facts extracted.
SELECT
  repo,
  file_id,
  d['severity'] AS severity,
  d['code'] AS code,
  d['message'] AS message,
  d['bstart'] AS bstart,
  d['bend'] AS bend,
  'extract' AS source
FROM (SELECT repo, file_id, unnest(f['diagnostics']) AS d FROM facts)
UNION ALL
SELECT
  repo, fact_id(repo, path), severity, code, path || ': ' || message,
  CAST(0 AS BIGINT), CAST(0 AS BIGINT), 'list'
FROM listing_problems
UNION ALL
SELECT
  repo, file_id, 'error', 'unreadable-file', path || ': ' || read_failure,
  CAST(0 AS BIGINT), CAST(0 AS BIGINT), 'read'
FROM facts
WHERE read_failure IS NOT NULL
