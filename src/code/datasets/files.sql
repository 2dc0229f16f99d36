-- One row: a source file.
SELECT
  repo,
  file_id,
  path,
  module,
  'python' AS language,
  content_hash,
  size_bytes,
  f['line_count'] AS line_count,
  f['parse_status'] AS parse_status,
  f['encoding'] AS encoding,
  f['docstring'] AS docstring
FROM facts
