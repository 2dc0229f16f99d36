-- One row: a type as written: an annotation, the value of a `type` statement, or the bound of a type
-- parameter.
SELECT
  repo,
  t['type_expr_id'] AS type_expr_id,
  file_id,
  t['def_id'] AS def_id,
  t['enclosing_def_id'] AS enclosing_def_id,
  t['role'] AS role,
  t['target'] AS target,
  t['text'] AS text,
  t['bstart'] AS bstart,
  t['bend'] AS bend,
  t['line'] AS line,
  t['is_string'] AS is_string
FROM (SELECT repo, file_id, unnest(f['type_exprs']) AS t FROM facts)
