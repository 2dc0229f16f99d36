-- One row: a reference on whose name the SCIP index has a symbol, with the definition of it; null
-- for a symbol from outside the repository. Where the index has several symbols, they have to agree.
--
-- In a document that is partly stale, only a range at its symbol's name speaks: others may have
-- moved onto the names of something else.
WITH
  uses AS (
    SELECT
      repo,
      file_id,
      o['symbol'] AS symbol,
      CASE WHEN starts_with(o['symbol'], 'local ') THEN file_id ELSE '' END AS local_file_id,
      o['bstart'] AS bstart,
      o['bend'] AS bend
    FROM (
      SELECT repo, file_id, s['fit'] AS fit, unnest(s['occurrences']) AS o FROM scip_facts
    )
    WHERE o['roles'] % 2 = 0 AND (coalesce(fit, '') <> 'partial' OR o['lands'])
  ),
  known AS (
    SELECT
      repo, symbol, def_id, CASE WHEN is_local THEN file_id ELSE '' END AS local_file_id
    FROM symbols
    WHERE def_id IS NOT NULL OR is_external
  ),
  meant AS (
    SELECT u.file_id, u.bstart, u.bend, coalesce(k.def_id, '') AS def_id
    FROM known k
    JOIN uses u
      ON u.repo = k.repo AND u.symbol = k.symbol AND u.local_file_id = k.local_file_id
  )
SELECT r.r['ref_id'] AS ref_id, nullif(min(m.def_id), '') AS def_id
FROM meant m
JOIN (SELECT file_id, unnest(f['refs']) AS r FROM facts) r
  ON r.file_id = m.file_id AND r.r['bstart'] = m.bstart AND r.r['bend'] = m.bend
GROUP BY r.r['ref_id']
HAVING min(m.def_id) = max(m.def_id)
