-- One row: a name that a module binds itself at its top level (stars aside), with where it leads.
--
-- A name leads to one of: a definition of the file (def_id), a name of another module
-- (next_file_id, next_name: to be followed), or, when that name isn't there, what `module` says.
-- `kind` is the end that is known here: definition, module (of the repository), external or
-- unresolved; for a name to be followed it is what holds when the way ends nowhere.
--
--   module_file_id  the file of `module`, where the import says which; its name alone may have
--                   several in a repository of many roots.
--   is_public       what a star import takes: listed in `__all__`, or without one, no leading
--                   underscore.
WITH
  with_all AS (
    SELECT file_id FROM interfaces
    WHERE f['all_names'] IS NOT NULL OR coalesce(cardinality(f['all_from']), 0) > 0
  ),
  bound AS (
    SELECT repo, file_id, e['name'] AS name, e['def_id'] AS def_id, e['import_id'] AS import_id
    FROM (SELECT repo, file_id, unnest(f['exports']) AS e FROM interfaces)
  ),
  -- `__all__` may list submodules that nothing in the file binds: a star import imports them.
  submodules AS (
    SELECT a.repo, a.file_id, a.name, m.module, m.file_id AS module_file_id
    FROM all_names a
    JOIN file_modules p ON p.file_id = a.file_id AND p.is_package
    JOIN module_index m ON m.repo = a.repo AND m.module = p.module || '.' || a.name
    LEFT ANTI JOIN bound b ON b.file_id = a.file_id AND b.name = a.name
  ),
  placed AS (
    SELECT
      b.repo,
      b.file_id,
      b.name,
      b.def_id,
      b.import_id,
      -- `from . import x` in the package that x is a module of leads to itself: x is the module.
      CASE WHEN i.is_from AND NOT (i.parent_file_id = b.file_id AND i.name = b.name)
        THEN i.parent_file_id END AS next_file_id,
      i.name AS next_name,
      CASE
        WHEN b.def_id IS NOT NULL THEN NULL
        WHEN i.is_from OR i.alias IS NOT NULL THEN i.object
        ELSE substring_index(i.object, '.', 1)
      END AS module,
      CASE
        WHEN i.is_from OR i.alias IS NOT NULL OR strpos(i.object, '.') = 0 THEN i.object_file_id
      END AS module_file_id,
      CASE
        WHEN b.def_id IS NOT NULL THEN 'definition'
        WHEN i.object_file_id IS NOT NULL OR i.is_namespace THEN 'module'
        WHEN i.looks_internal AND NOT i.is_from AND i.alias IS NULL THEN 'module'
        WHEN i.looks_internal THEN 'unresolved'
        WHEN i.import_id IS NOT NULL THEN 'external'
        ELSE 'unresolved'
      END AS kind
    FROM bound b
    LEFT JOIN import_targets i ON i.import_id = b.import_id
    UNION ALL
    SELECT repo, file_id, name, NULL, NULL, NULL, NULL, module, module_file_id, 'module'
    FROM submodules
  )
SELECT
  p.repo,
  p.file_id,
  p.name,
  p.def_id,
  p.import_id,
  p.next_file_id,
  CASE WHEN p.next_file_id IS NOT NULL THEN p.next_name END AS next_name,
  p.module,
  p.module_file_id,
  p.kind,
  a.name IS NOT NULL AS in_all,
  CASE WHEN w.file_id IS NOT NULL THEN a.name IS NOT NULL ELSE substr(p.name, 1, 1) <> '_' END
    AS is_public
FROM placed p
LEFT JOIN with_all w ON w.file_id = p.file_id
LEFT JOIN all_names a ON a.file_id = p.file_id AND a.name = p.name
