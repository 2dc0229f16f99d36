-- One row: a use of a name (or of an attribute), with the definition that it means.
--
-- `resolution` says how that was found; def_id is null where there is none in the repository.
--   definition  a definition of the same file (1.0)
--   self        a member of the class around it or its bases, through `self` or `cls` (0.9)
--   local       a local variable of a function, which is no row of `definitions` (1.0)
--   builtin     a builtin, or an attribute of one (1.0)
--   import, star, member, super, annotated, inferred, attribute, module, external, name_only,
--   unresolved: see lookups.h
-- A name that its file binds in several ways (`is_ambiguous`: the last is taken) halves the
-- confidence.
SELECT
  r.repo,
  r.r['ref_id'] AS ref_id,
  r.file_id,
  r.r['name'] AS name,
  r.r['context'] AS context,
  r.r['bstart'] AS bstart,
  r.r['bend'] AS bend,
  r.r['line'] AS line,
  r.r['enclosing_def_id'] AS enclosing_def_id,
  coalesce(r.r['target_def_id'], l.def_id) AS def_id,
  coalesce(l.resolution, r.r['resolution']) AS resolution,
  coalesce(l.confidence, CASE r.r['resolution']
    WHEN 'self' THEN 0.9 WHEN 'unresolved' THEN 0.0 ELSE 1.0 END)
    * CASE WHEN r.r['ambiguous'] THEN 0.5 ELSE 1.0 END AS confidence,
  r.r['kind'] AS kind,
  r.r['qualifier'] AS qualifier,
  r.r['ambiguous'] AS is_ambiguous
-- The small side stands left, where it is collected: the references stream past it.
FROM lookups l
RIGHT JOIN (SELECT repo, file_id, unnest(f['refs']) AS r FROM facts) r
  ON l.lookup_id = r.r['lookup_id']
