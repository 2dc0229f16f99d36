-- One row: an import, with what the name that it binds stands for.
--
-- An attribute of the package goes before its submodule of the same name, as at run time.
--
--   kind  definition (def_id), module (of the repository: its name, and its file where known),
--         external or unresolved.
SELECT
  i.import_id,
  t.def_id,
  CASE
    WHEN NOT i.is_from AND i.alias IS NULL THEN substring_index(i.object, '.', 1)
    WHEN t.kind IN ('definition', 'module', 'external') THEN t.module
    ELSE i.object
  END AS module,
  CASE
    WHEN NOT i.is_from AND i.alias IS NULL AND strpos(i.object, '.') > 0 THEN NULL
    WHEN t.kind IN ('definition', 'module', 'external') THEN t.module_file_id
    ELSE i.object_file_id
  END AS module_file_id,
  CASE
    WHEN t.kind IN ('definition', 'module', 'external') THEN t.kind
    WHEN i.object_file_id IS NOT NULL OR i.is_namespace THEN 'module'
    WHEN i.looks_internal AND NOT i.is_from AND i.alias IS NULL THEN 'module'
    WHEN i.looks_internal THEN 'unresolved'
    ELSE 'external'
  END AS kind
FROM import_targets i
LEFT JOIN name_targets t
  ON i.is_from AND t.file_id = i.parent_file_id AND t.name = i.name
