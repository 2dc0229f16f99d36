-- One row: a symbol that the SCIP index describes or mentions. What a `local` symbol means is its
-- document's alone: it is one row a file. A symbol that is described several times is taken from
-- the first description: documents before the list of external symbols, by path and place.
--
--   def_id       the definition whose name is where the symbol is defined: the first one by path
--                and position, where the index defines it several times.
--   file_id      the file that defines it, else (for a local symbol) the one that has it.
--   is_external  not defined by any document, and listed as external, or of a package of which no
--                document defines a symbol.
WITH
  -- `rank` is another for each row, and smaller for what is taken first. (A part has less than 2^28
  -- bytes, and so fewer symbols, and places below that.)
  mentions AS (
    SELECT
      repo,
      file_id,
      is_document,
      m,
      CASE WHEN m['is_local'] THEN file_id END AS local_file_id,
      CASE WHEN m['has_information'] THEN 0 ELSE 1 END * 4611686018427387904
        + part * 268435456 + m['place'] AS rank
    FROM (
      SELECT repo, file_id, is_document, part, unnest(s['symbols']) AS m FROM scip_facts
    )
  ),
  chosen AS (
    SELECT
      min(rank) AS rank,
      bool_or(m['is_defined']) AS is_defined,
      bool_or(NOT is_document) AS is_listed_external
    FROM mentions
    GROUP BY repo, m['symbol'], local_file_id
  ),
  own_packages AS (
    SELECT DISTINCT repo, coalesce(m['package'], '') AS package
    FROM mentions
    WHERE m['is_defined'] AND NOT m['is_local']
  ),
  definition_places AS (
    SELECT
      repo,
      file_id,
      part,
      o['symbol'] AS symbol,
      CASE WHEN starts_with(o['symbol'], 'local ') THEN file_id ELSE '' END AS local_file_id,
      o['bstart'] AS bstart,
      o['bend'] AS bend
    FROM (SELECT repo, file_id, part, unnest(s['occurrences']) AS o FROM scip_facts)
    WHERE o['roles'] % 2 = 1
  ),
  placed AS (
    SELECT
      p.repo,
      p.symbol,
      p.local_file_id,
      p.file_id,
      d.def_id,
      CASE WHEN d.def_id IS NULL THEN 1 ELSE 0 END * 4611686018427387904
        + p.part * 268435456 + p.bstart AS rank
    FROM definition_places p
    LEFT JOIN definitions d
      ON d.file_id = p.file_id AND d.name_bstart = p.bstart AND d.name_bend = p.bend
  ),
  defined AS (
    SELECT
      repo,
      symbol,
      local_file_id,
      first_value(file_id ORDER BY rank, def_id) AS file_id,
      first_value(def_id ORDER BY rank, def_id) AS def_id
    FROM placed
    GROUP BY repo, symbol, local_file_id
  )
SELECT
  s.repo,
  s.m['symbol'] AS symbol,
  s.m['kind'] AS kind,
  s.m['display_name'] AS display_name,
  d.def_id,
  coalesce(d.file_id, s.local_file_id) AS file_id,
  s.m['documentation'] AS documentation,
  s.m['signature'] AS signature,
  s.m['enclosing_symbol'] AS enclosing_symbol,
  s.m['package'] AS package,
  s.m['package_version'] AS package_version,
  s.m['is_local'] AS is_local,
  NOT c.is_defined AND NOT s.m['is_local'] AND (c.is_listed_external OR own.package IS NULL)
    AS is_external,
  s.m['has_information'] AS has_information
FROM mentions s
JOIN chosen c ON c.rank = s.rank
LEFT JOIN defined d
  ON d.repo = s.repo AND d.symbol = s.m['symbol']
  AND d.local_file_id = coalesce(s.local_file_id, '')
LEFT JOIN own_packages own
  ON own.repo = s.repo AND own.package = coalesce(s.m['package'], '')
