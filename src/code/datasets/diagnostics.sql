-- One row: a problem found in a file while its facts were extracted.
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
