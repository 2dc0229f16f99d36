-- One row: a place where a symbol occurs, as the SCIP index has it, in bytes of the file as stored.
SELECT
  repo,
  file_id,
  o['symbol'] AS symbol,
  o['bstart'] AS bstart,
  o['bend'] AS bend,
  o['roles'] AS roles,
  o['line'] AS line,
  o['column'] AS "column",
  o['enclosing_bstart'] AS enclosing_bstart,
  o['enclosing_bend'] AS enclosing_bend,
  o['syntax_kind'] AS syntax_kind,
  o['override_documentation'] AS override_documentation
FROM (SELECT repo, file_id, unnest(s['occurrences']) AS o FROM scip_facts)
