-- One row: a dotted module name of the repository, with the one file that it names.
--
-- Where files of several source roots claim a name, regular packages win, then the shorter root,
-- then a package over a module, then the path.
SELECT repo, module, file_id
FROM (
  SELECT
    repo,
    module,
    file_id,
    row_number() OVER (
      PARTITION BY repo, module
      ORDER BY is_regular DESC, length(source_root), is_package DESC, path
    ) AS place
  FROM file_modules
  WHERE module IS NOT NULL
)
WHERE place = 1
