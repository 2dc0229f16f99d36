-- One row: what one symbol is to another, as the SCIP index has it. Local symbols are told apart by
-- their file.
SELECT DISTINCT
  repo,
  r['symbol'] AS symbol,
  r['related_symbol'] AS related_symbol,
  r['is_reference'] AS is_reference,
  r['is_implementation'] AS is_implementation,
  r['is_type_definition'] AS is_type_definition,
  r['is_definition'] AS is_definition,
  CASE
    WHEN starts_with(r['symbol'], 'local ') OR starts_with(r['related_symbol'], 'local ')
      THEN file_id
  END
    AS file_id
FROM (SELECT repo, file_id, unnest(s['relationships']) AS r FROM scip_facts)
