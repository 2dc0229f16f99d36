-- One row: a module of the standard library or of another distribution that the repository imports.
SELECT
  repo,
  module,
  split_part(module, '.', 1) AS top_level_module,
  origin,
  CASE WHEN origin = 'distribution' THEN i['distribution'] END AS distribution,
  CASE WHEN origin = 'distribution' THEN i['version'] END AS version,
  CASE WHEN origin = 'distribution' THEN i['offered_by'] END AS offered_by
FROM (
  SELECT
    repo,
    module,
    i,
    CASE WHEN is_stdlib THEN 'stdlib' WHEN i IS NULL THEN 'unknown' ELSE 'distribution' END
      AS origin
  FROM (
    SELECT repo, module, is_stdlib, installed_module(module) AS i
    FROM outside_modules
  )
)
