-- One row: one import, resolved (a row of `imports`, by import_id).
--
-- With resolution `internal`, the distinct (importer_module, imported_module, line) between modules
-- whose `modules.is_regular` is true are exactly grimp's import graph; the distinct
-- (importer_file_id, imported_file_id) of statements that are not (`is_from` false and
-- imported_name not null) are `ruff analyze graph`.
--
--   imported_name  what is taken from the imported module; null where the module itself is meant.
--   line           the line of the statement, as grimp has it; `imports.line` is that of the name.
SELECT
  i.repo,
  i.import_id,
  i.importer_module,
  CASE
    -- The module's own name: the import may have used another (`file_modules.short_name`).
    WHEN m.file_id IS NOT NULL THEN coalesce(m.module, i.object)
    WHEN i.is_namespace THEN i.object
    WHEN i.is_from THEN coalesce(i.base, repeat('.', i.level) || coalesce(i.written, ''))
    ELSE i.object
  END AS imported_module,
  CASE
    WHEN i.object_file_id IS NOT NULL THEN NULL
    WHEN i.parent_file_id IS NOT NULL THEN substring_index(i.object, '.', -1)
    WHEN i.is_namespace THEN NULL
    WHEN i.is_from THEN i.name
  END AS imported_name,
  i.file_id AS importer_file_id,
  coalesce(i.object_file_id, i.parent_file_id) AS imported_file_id,
  i.line,
  CASE
    WHEN coalesce(i.object_file_id, i.parent_file_id) IS NOT NULL OR i.is_namespace THEN 'internal'
    WHEN i.level = 0 AND s.module IS NOT NULL THEN 'stdlib'
    WHEN i.looks_internal THEN 'unresolved'
    ELSE 'external'
  END AS resolution,
  i.is_from,
  i.in_type_checking,
  i.is_conditional,
  i.scope_def_id
FROM import_targets i
LEFT JOIN file_modules m ON m.file_id = coalesce(i.object_file_id, i.parent_file_id)
LEFT JOIN stdlib_modules s ON s.module = substring_index(i.object, '.', 1)
