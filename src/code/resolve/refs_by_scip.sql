-- The rows of `refs` as the rules have them, with what the SCIP index says ranked above: a
-- definition that it names is the target (`scip`, 1.0), and a target that was guessed by its name
-- alone is none when the symbol comes from outside the repository (`external`, 1.0).
SELECT
  r.* EXCEPT (def_id, resolution, confidence),
  CASE
    WHEN t.def_id IS NOT NULL THEN t.def_id
    WHEN t.ref_id IS NULL OR r.resolution <> 'name_only' THEN r.def_id
  END AS def_id,
  CASE
    WHEN t.def_id IS NOT NULL THEN 'scip'
    WHEN t.ref_id IS NOT NULL AND r.resolution = 'name_only' THEN 'external'
    ELSE r.resolution
  END AS resolution,
  CASE
    WHEN t.def_id IS NOT NULL OR (t.ref_id IS NOT NULL AND r.resolution = 'name_only') THEN 1.0
    ELSE r.confidence
  END AS confidence
FROM scip_targets t
RIGHT JOIN refs_by_rules r ON r.ref_id = t.ref_id
