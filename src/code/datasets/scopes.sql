-- One row: a scope as CPython 3.13's `symtable` has it.
SELECT
  repo,
  s['scope_id'] AS scope_id,
  file_id,
  s['kind'] AS kind,
  s['name'] AS name,
  s['parent_scope_id'] AS parent_scope_id,
  s['line'] AS line,
  s['def_id'] AS def_id,
  s['ordinal'] AS ordinal
FROM (SELECT repo, file_id, unnest(f['scopes']) AS s FROM facts)
