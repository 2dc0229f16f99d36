-- One row: one imported name (a row of `imports`), with what it names in the repository.
--
-- The object of an import is `a.b` for `import a.b`, `base.name` for `from base import name` and
-- `base.*` for a star; a relative base is the importer's package less (level - 1) names. The target
-- is the object when that is a module, else its parent when that is one (grimp's rule, also for
-- `import a.b` where b is no module of the repository).
--
--   object_file_id  the object itself when it is a module.
--   parent_file_id  its parent when that is one; for `from` that is the module behind `base`.
--   is_namespace    the object is a folder of modules without `__init__.py`: no file, yet internal.
--   looks_internal  relative, or its first name is a top-level name of the repository.
--
-- A module is looked for in the importer's own source root first, then in all roots
-- (`module_index`), then among the short names (`file_modules.short_name`).
WITH
  imports AS (
    SELECT
      repo,
      file_id,
      path,
      module AS importer_module,
      package,
      source_root,
      i['import_id'] AS import_id,
      i['module'] AS written,
      i['name'] AS name,
      i['alias'] AS alias,
      i['level'] AS level,
      i['is_from'] AS is_from,
      i['is_star'] AS is_star,
      i['statement_line'] AS line,
      i['bound_name'] AS bound_name,
      i['bstart'] AS bstart,
      i['scope_def_id'] AS scope_def_id,
      i['in_type_checking'] AS in_type_checking,
      i['is_conditional'] AS is_conditional,
      CASE
        WHEN package IS NULL OR package = '' THEN 0
        ELSE length(package) - length(replace(package, '.', '')) + 1
      END AS package_names
    FROM (
      SELECT m.repo, m.file_id, m.path, m.module, m.package, m.source_root, n.i
      FROM file_modules m
      JOIN (SELECT file_id, unnest(f['imports']) AS i FROM interfaces) n ON n.file_id = m.file_id
    )
  ),
  -- A root that is a package itself has no name; its `__init__.py` is the module `__init__`.
  package_roots AS (
    SELECT DISTINCT repo, source_root FROM file_modules WHERE module = '__init__'
  ),
  based AS (
    SELECT
      i.*,
      CASE
        WHEN NOT i.is_from THEN NULL
        WHEN i.level = 0 THEN i.written
        WHEN i.level <= i.package_names
          THEN substring_index(i.package, '.', i.package_names - (i.level - 1))
            || coalesce('.' || i.written, '')
        -- One level above the first package: only where that is a package too.
        WHEN i.level = i.package_names + 1 AND r.repo IS NOT NULL
          THEN coalesce(i.written, '__init__')
      END AS base
    FROM imports i
    LEFT JOIN package_roots r ON r.repo = i.repo AND r.source_root = i.source_root
  ),
  named AS (
    SELECT
      *,
      CASE
        WHEN NOT is_from THEN written
        WHEN base = '__init__' AND level > 0 AND written IS NULL THEN name
        ELSE base || '.' || name
      END AS object,
      CASE
        WHEN is_from THEN base
        -- The parent of `a.b.c`; a single name has none.
        WHEN strpos(written, '.') > 0
          THEN left(written, length(written) - length(substring_index(written, '.', -1)) - 1)
      END AS parent
    FROM based
  ),
  in_root AS (
    SELECT repo, source_root, module, file_id
    FROM (
      SELECT repo, source_root, module, file_id,
        row_number() OVER (
          PARTITION BY repo, source_root, module ORDER BY is_package DESC, path
        ) AS place
      FROM file_modules
      WHERE module IS NOT NULL
    )
    WHERE place = 1
  ),
  by_short_name AS (
    SELECT repo, short_name, file_id
    FROM (
      SELECT repo, short_name, file_id,
        row_number() OVER (PARTITION BY repo, short_name ORDER BY length(path), path) AS place
      FROM file_modules
      WHERE short_name IS NOT NULL
    )
    WHERE place = 1
  ),
  -- Folders of modules, as dotted names; those without a file of their own are namespace packages.
  folders AS (
    SELECT DISTINCT repo, substring_index(package, '.', depth) AS folder
    FROM (
      SELECT repo, package,
        unnest(range(1, length(package) - length(replace(package, '.', '')) + 2)) AS depth
      FROM (SELECT DISTINCT repo, package FROM file_modules WHERE package IS NOT NULL)
    )
  ),
  top_names AS (
    SELECT repo, substring_index(module, '.', 1) AS top FROM file_modules
    WHERE module IS NOT NULL
    UNION
    SELECT repo, substring_index(folder, '.', 1) FROM folders
  )
SELECT
  i.repo,
  i.import_id,
  i.file_id,
  i.path,
  i.importer_module,
  i.written,
  i.base,
  i.object,
  i.parent,
  i.name,
  i.alias,
  i.level,
  i.is_from,
  i.is_star,
  i.line,
  i.bound_name,
  i.bstart,
  i.scope_def_id,
  i.in_type_checking,
  i.is_conditional,
  coalesce(object_here.file_id, object_there.file_id, object_short.file_id) AS object_file_id,
  coalesce(parent_here.file_id, parent_there.file_id, parent_short.file_id) AS parent_file_id,
  n.folder IS NOT NULL AS is_namespace,
  i.level > 0 OR t.top IS NOT NULL AS looks_internal
FROM named i
LEFT JOIN in_root object_here
  ON object_here.repo = i.repo AND object_here.source_root = i.source_root
  AND object_here.module = i.object
LEFT JOIN module_index object_there
  ON object_there.repo = i.repo AND object_there.module = i.object
LEFT JOIN in_root parent_here
  ON parent_here.repo = i.repo AND parent_here.source_root = i.source_root
  AND parent_here.module = i.parent
LEFT JOIN module_index parent_there
  ON parent_there.repo = i.repo AND parent_there.module = i.parent
LEFT JOIN by_short_name object_short
  ON object_short.repo = i.repo AND object_short.short_name = i.object
LEFT JOIN by_short_name parent_short
  ON parent_short.repo = i.repo AND parent_short.short_name = i.parent
LEFT JOIN folders n
  ON n.repo = i.repo AND n.folder = i.object
LEFT JOIN top_names t
  ON t.repo = i.repo AND t.top = substring_index(i.object, '.', 1)
