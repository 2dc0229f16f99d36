-- One row: a listed source file with the module name that its place in the tree gives it.
--
-- Source roots are the top of the repository (written `.`), every folder that holds a
-- pyproject.toml, setup.py or setup.cfg, and every folder named `src`; the last two only without an
-- `__init__.py` of their own, because a package is never a root (numpy keeps setup.py files inside
-- its packages). A file belongs to the nearest root above it, and its module is the dotted path
-- from there. Folders without `__init__.py` between root and file are namespace packages.
--
--   module      null where no dotted name can say it (a dot inside a file's or folder's name), for
--               a stub beside its .py file, and for what is no .py or .pyi file. The `__init__.py` of a root itself is `__init__`:
--               what its folder is called when it is imported can't be known from inside.
--   package     what relative imports start from: Python's `__package__`. Null at the top of a
--               root.
--   is_regular  every folder from the root down to the file has an `__init__.py`.
--   short_name  the dotted path from the top of the unbroken run of packages above the file, where
--               that is not `module`: what the file is called by programs that put the folder of
--               its top package on their path (ruff's rule for roots).
WITH
  -- Plain strings from here on: over view types the engine (DataFusion 55.2) declares other types
  -- for some string functions than it returns.
  listed AS (
    SELECT
      arrow_cast(repo, 'Utf8') AS repo,
      arrow_cast(path, 'Utf8') AS path,
      size_bytes,
      arrow_cast(language, 'Utf8') AS language
    FROM listing
  ),
  marked AS (
    SELECT arrow_cast(repo, 'Utf8') AS repo, arrow_cast(path, 'Utf8') AS path FROM markers
  ),
  source_files AS (
    SELECT
      repo,
      path,
      size_bytes,
      language,
      regexp_replace(path, '(^|/)[^/]*$', '') AS folder,
      regexp_replace(regexp_replace(path, '^.*/', ''), '\.pyi?$', '') AS stem,
      path LIKE '%.pyi' AS is_stub,
      path LIKE '%.py' OR path LIKE '%.pyi' AS is_importable
    FROM listed
  ),
  folders AS (
    SELECT DISTINCT repo, folder, CASE WHEN folder = '' THEN 0 ELSE
      length(folder) - length(replace(folder, '/', '')) + 1 END AS depth
    FROM source_files
  ),
  package_folders AS (
    SELECT DISTINCT repo, folder FROM source_files WHERE stem = '__init__' AND is_importable
  ),
  -- Every folder with each folder above it, itself and the top ('') included.
  ancestors AS (
    SELECT
      repo,
      folder,
      ancestor_depth,
      CASE WHEN ancestor_depth = 0 THEN '' ELSE substring_index(folder, '/', ancestor_depth) END
        AS ancestor
    FROM (
      SELECT repo, folder, unnest(range(0, depth + 1)) AS ancestor_depth FROM folders
    )
  ),
  root_candidates AS (
    SELECT repo, regexp_replace(path, '(^|/)[^/]*$', '') AS folder FROM marked
    UNION
    SELECT repo, ancestor FROM ancestors
    WHERE ancestor = 'src' OR ancestor LIKE '%/src'
  ),
  roots AS (
    SELECT DISTINCT repo, '' AS folder FROM folders
    UNION
    SELECT c.repo, c.folder
    FROM root_candidates c
    LEFT ANTI JOIN package_folders p ON p.repo = c.repo AND p.folder = c.folder
  ),
  nearest AS (
    SELECT a.repo, a.folder, max(a.ancestor_depth) AS root_depth
    FROM ancestors a
    JOIN roots r ON r.repo = a.repo AND r.folder = a.ancestor
    GROUP BY a.repo, a.folder
  ),
  -- Below the root: how many folders there are, and how many of them are packages.
  placed AS (
    SELECT
      f.repo,
      f.folder,
      n.root_depth,
      CASE WHEN n.root_depth = 0 THEN '' ELSE substring_index(f.folder, '/', n.root_depth) END
        AS root,
      f.depth - n.root_depth AS levels,
      coalesce(p.packages, 0) AS packages
    FROM folders f
    JOIN nearest n ON n.repo = f.repo AND n.folder = f.folder
    LEFT JOIN (
      SELECT a.repo, a.folder, count(*) AS packages
      FROM ancestors a
      JOIN nearest m ON m.repo = a.repo AND m.folder = a.folder AND a.ancestor_depth > m.root_depth
      JOIN package_folders i ON i.repo = a.repo AND i.folder = a.ancestor
      GROUP BY a.repo, a.folder
    ) p ON p.repo = f.repo AND p.folder = f.folder
  ),
  -- The deepest folder above (or at) each folder that is no package: where its packages start.
  package_starts AS (
    SELECT a.repo, a.folder, max(a.ancestor_depth) AS start_depth
    FROM ancestors a
    LEFT ANTI JOIN package_folders p
      ON p.repo = a.repo AND p.folder = a.ancestor AND a.ancestor_depth > 0
    GROUP BY a.repo, a.folder
  ),
  named AS (
    SELECT
      s.repo,
      s.path,
      s.size_bytes,
      s.language,
      s.stem,
      s.is_stub,
      s.is_importable,
      s.stem = '__init__' AND s.is_importable AS is_package,
      CASE WHEN p.root = '' THEN '.' ELSE p.root END AS source_root,
      p.packages = p.levels AS in_packages,
      CASE
        WHEN p.levels = 0 THEN ''
        WHEN p.root_depth = 0 THEN s.folder
        ELSE substr(s.folder, length(p.root) + 2)
      END AS below,
      CASE
        WHEN t.start_depth > p.root_depth AND t.start_depth < p.root_depth + p.levels
          THEN substr(s.folder, length(substring_index(s.folder, '/', t.start_depth)) + 2)
      END AS below_start
    FROM source_files s
    JOIN placed p ON p.repo = s.repo AND p.folder = s.folder
    JOIN package_starts t ON t.repo = s.repo AND t.folder = s.folder
  ),
  dotted AS (
    SELECT
      repo,
      path,
      size_bytes,
      language,
      is_package,
      source_root,
      -- A dot in a folder's name makes the whole dotted path ambiguous.
      CASE WHEN below = '' OR strpos(below, '.') > 0 THEN NULL ELSE replace(below, '/', '.') END
        AS package,
      CASE
        WHEN strpos(below, '.') > 0 OR strpos(stem, '.') > 0 OR NOT is_importable THEN NULL
        WHEN below = '' THEN stem
        WHEN is_package THEN replace(below, '/', '.')
        ELSE replace(below, '/', '.') || '.' || stem
      END AS module,
      CASE
        WHEN strpos(below_start, '.') > 0 OR strpos(stem, '.') > 0 OR is_stub OR NOT is_importable
          THEN NULL
        WHEN is_package THEN replace(below_start, '/', '.')
        ELSE replace(below_start, '/', '.') || '.' || stem
      END AS short_name,
      in_packages,
      is_stub
    FROM named
  ),
  sources AS (
    SELECT DISTINCT repo, source_root, module FROM dotted WHERE NOT is_stub AND module IS NOT NULL
  )
SELECT
  d.repo,
  fact_id(d.repo, d.path) AS file_id,
  d.path,
  d.language,
  d.size_bytes,
  CASE WHEN s.module IS NULL THEN d.module END AS module,
  d.package,
  d.is_package,
  d.source_root,
  d.in_packages AND d.module IS NOT NULL AND s.module IS NULL AS is_regular,
  d.short_name
FROM dotted d
LEFT JOIN sources s
  ON d.is_stub AND s.repo = d.repo AND s.source_root = d.source_root AND s.module = d.module
