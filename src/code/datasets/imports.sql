-- One row: one imported name as written (one alias of an import statement).
SELECT
  repo,
  i['import_id'] AS import_id,
  file_id,
  i['module'] AS module,
  i['name'] AS name,
  i['alias'] AS alias,
  i['level'] AS level,
  i['is_star'] AS is_star,
  i['bstart'] AS bstart,
  i['bend'] AS bend,
  i['line'] AS line,
  i['statement_line'] AS statement_line,
  i['is_from'] AS is_from,
  i['bound_name'] AS bound_name,
  i['scope_def_id'] AS scope_def_id,
  i['in_type_checking'] AS in_type_checking,
  i['is_conditional'] AS is_conditional
FROM (SELECT repo, file_id, unnest(f['imports']) AS i FROM facts)
