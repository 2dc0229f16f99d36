-- The rows of `calls` as the rules have them, with what the SCIP index says of the callee's
-- reference ranked above, as in refs_by_scip.sql.
SELECT
  c.* EXCEPT (callee_def_id, resolution, confidence),
  CASE
    WHEN t.def_id IS NOT NULL THEN t.def_id
    WHEN t.ref_id IS NULL OR c.resolution <> 'name_only' THEN c.callee_def_id
  END AS callee_def_id,
  CASE
    WHEN t.def_id IS NOT NULL THEN 'scip'
    WHEN t.ref_id IS NOT NULL AND c.resolution = 'name_only' THEN 'external'
    ELSE c.resolution
  END AS resolution,
  CASE
    WHEN t.def_id IS NOT NULL OR (t.ref_id IS NOT NULL AND c.resolution = 'name_only') THEN 1.0
    ELSE c.confidence
  END AS confidence
FROM scip_targets t
RIGHT JOIN calls_by_rules c ON c.callee_ref_id = t.ref_id
