-- One row: a module of another repository of the lake that an import leads to: the one that is
-- imported or imported from, and the one that the name stands for, where that is a module. Nothing
-- that is stored of one repository depends on another; this view joins what one imports from
-- outside with what the others have, each at its own run.
--
-- (`|| ''` takes a column's comment away: the engine wants the same one in both parts of a union.)
WITH
  outside AS (
    SELECT repo, import_id, importer_file_id, line, imported_module, imported_name,
      imported_module || '' AS asked, imported_name || '' AS taken
    FROM imports_resolved
    WHERE resolution IN ('external', 'unresolved')
    UNION ALL
    SELECT repo, import_id, importer_file_id, line, imported_module, imported_name,
      imported_module || '.' || imported_name AS asked,
      nullif(imported_name || '', imported_name) AS taken
    FROM imports_resolved
    WHERE resolution IN ('external', 'unresolved') AND imported_name <> '*'
  ),
  known AS (
    SELECT repo, file_id, module, module || '' AS name FROM modules
    UNION ALL
    SELECT repo, file_id, module, short_name || '' AS name
    FROM modules
    WHERE short_name IS NOT NULL
  )
SELECT
  o.repo,
  o.import_id,
  o.importer_file_id,
  o.line,
  o.imported_module,
  o.imported_name,
  k.repo AS other_repo,
  k.module AS other_module,
  k.file_id AS other_file_id,
  e.def_id
FROM outside o
JOIN known k ON k.name = o.asked
LEFT JOIN exports e ON e.file_id = k.file_id AND e.name = o.taken
WHERE k.repo <> o.repo
