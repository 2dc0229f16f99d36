-- One row: a call site, with the definition that it calls: what its callee's reference means, by
-- the same resolution and confidence. A callee that is no name or attribute (`f()()`) is
-- unresolved.
SELECT
  c.repo,
  c.c['call_id'] AS call_id,
  c.file_id,
  c.c['caller_def_id'] AS caller_def_id,
  c.c['callee_text'] AS callee_text,
  c.c['arg_count'] AS arg_count,
  c.c['bstart'] AS bstart,
  c.c['bend'] AS bend,
  c.c['line'] AS line,
  coalesce(c.c['target_def_id'], l.def_id) AS callee_def_id,
  coalesce(l.resolution, c.c['resolution'], 'unresolved') AS resolution,
  coalesce(l.confidence, CASE coalesce(c.c['resolution'], 'unresolved')
    WHEN 'self' THEN 0.9 WHEN 'unresolved' THEN 0.0 ELSE 1.0 END)
    * CASE WHEN c.c['ambiguous'] THEN 0.5 ELSE 1.0 END AS confidence,
  c.c['callee_ref_id'] AS callee_ref_id,
  c.c['arguments'] AS arguments
-- The small side stands left, where it is collected: the references stream past it.
FROM lookups l
RIGHT JOIN (SELECT repo, file_id, unnest(f['calls']) AS c FROM facts) c
  ON l.lookup_id = c.c['lookup_id']
