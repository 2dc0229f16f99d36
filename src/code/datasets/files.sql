-- One row: a source file. What was found in it is null where there are no facts: the fields of a
-- null struct are not null by themselves.
SELECT
  repo,
  file_id,
  path,
  module,
  language,
  content_hash,
  size_bytes,
  CASE WHEN f IS NOT NULL THEN f['line_count'] END AS line_count,
  CASE WHEN f IS NOT NULL THEN f['parse_status'] END AS parse_status,
  CASE WHEN f IS NOT NULL THEN f['encoding'] END AS encoding,
  CASE WHEN f IS NOT NULL THEN f['docstring'] END AS docstring
FROM facts
