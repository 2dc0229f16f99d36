-- The rows of `candidates` as the rules have them, but of references on which the SCIP index speaks:
-- what that says is not one of several.
SELECT c.*
FROM candidates_by_rules c
LEFT ANTI JOIN scip_targets t ON c.ref_id = t.ref_id
