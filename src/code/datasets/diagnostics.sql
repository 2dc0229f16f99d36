-- One row: a problem found in a file, while files were listed, read, or their facts extracted, or
-- in what the SCIP index has about it; or one of the environment.
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
  CAST(0 AS BIGINT), CAST(0 AS BIGINT), source
FROM listing_problems
UNION ALL
SELECT
  repo, file_id, 'error', 'unreadable-file', path || ': ' || read_failure,
  CAST(0 AS BIGINT), CAST(0 AS BIGINT), 'read'
FROM facts
WHERE read_failure IS NOT NULL
UNION ALL
SELECT
  repo, file_id, d['severity'], d['code'], d['message'], d['bstart'], d['bend'], d['source']
FROM (SELECT repo, file_id, unnest(s['diagnostics']) AS d FROM scip_facts)
UNION ALL
SELECT
  repo, file_id, 'warning', 'scip-no-file',
  path || ': the SCIP index has this document, and the repository has no such file',
  CAST(0 AS BIGINT), CAST(0 AS BIGINT), 'scip'
FROM scip_facts
WHERE is_document AND NOT is_listed
