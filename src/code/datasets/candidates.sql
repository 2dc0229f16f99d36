-- One row: a definition that a reference may mean, where that is one of several.
--
--   rank       1 for the likeliest
--   is_chosen  it is `refs.def_id`; none is where the name alone is known
-- A name that its file binds in several ways halves the confidence, as in `refs`.
SELECT
  r.repo,
  r.r['ref_id'] AS ref_id,
  r.file_id,
  l.def_id,
  l.rank,
  l.is_chosen,
  l.resolution,
  l.confidence * CASE WHEN r.r['ambiguous'] THEN 0.5 ELSE 1.0 END AS confidence,
  r.r['bstart'] AS bstart,
  r.r['line'] AS line,
  r.r['enclosing_def_id'] AS enclosing_def_id
-- The small side stands left, where it is collected: the references stream past it.
FROM lookup_candidates l
JOIN (SELECT repo, file_id, unnest(f['refs']) AS r FROM facts) r
  ON l.lookup_id = r.r['lookup_id']
