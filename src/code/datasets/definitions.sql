-- One row: a class, function, method, parameter, or variable of a module or class.
SELECT
  repo,
  d['def_id'] AS def_id,
  file_id,
  module,
  d['qualified_name'] AS qualified_name,
  d['name'] AS name,
  d['kind'] AS kind,
  d['parent_def_id'] AS parent_def_id,
  d['bstart'] AS bstart,
  d['bend'] AS bend,
  d['line'] AS line,
  d['signature'] AS signature,
  d['docstring'] AS docstring,
  d['qualname'] AS qualname,
  d['ordinal'] AS ordinal,
  d['column'] AS "column",
  d['name_bstart'] AS name_bstart,
  d['name_bend'] AS name_bend,
  d['decorators'] AS decorators,
  d['is_async'] AS is_async,
  d['body_hash'] AS body_hash
FROM (SELECT repo, file_id, module, unnest(f['definitions']) AS d FROM facts)
