-- One row: a name in a scope as CPython 3.13's `symtable` has it. The bits are those of
-- `binding_flag` (src/code/extract/file_facts.h).
SELECT
  repo,
  b['scope_id'] AS scope_id,
  b['name'] AS name,
  b['kind'] AS kind,
  (b['flags'] & 1) <> 0 AS is_parameter,
  (b['flags'] & 2) <> 0 AS is_local,
  (b['flags'] & 4) <> 0 AS is_global,
  (b['flags'] & 8) <> 0 AS is_declared_global,
  (b['flags'] & 16) <> 0 AS is_nonlocal,
  (b['flags'] & 32) <> 0 AS is_free,
  (b['flags'] & 64) <> 0 AS is_imported,
  (b['flags'] & 128) <> 0 AS is_assigned,
  (b['flags'] & 256) <> 0 AS is_referenced,
  (b['flags'] & 512) <> 0 AS is_annotated,
  (b['flags'] & 1024) <> 0 AS is_namespace,
  file_id
FROM (SELECT repo, file_id, unnest(f['bindings']) AS b FROM facts)
