-- One row: how one node depends on another: a change of dst may change what src does. Both are
-- nodes.
--
--   calls, references  what a definition's body or head (defaults, annotations, bases), or a file's
--                      top level, uses; of a variable, what stands on the line where it begins and
--                      in the statement that assigns it first
--   inherits           a class, its base
--   decorated_by       a definition, its decorator and what that is given
--   constructs         a class, the methods that calling it calls
--   overridden_by      a method, that of a subclass that may be called in its place
--   contains           a function, one that is defined in it
--   protocol           a class, its methods that the language calls by themselves (`__iter__`)
--   fixture            a test or a fixture, the pytest fixture that is passed to it
--   set_up_by          a test, what is run around it, and the classes that its class is a base of:
--                      it is run as one of theirs
--   same_name          a definition, the classes and functions of its name before it in the same
--                      place: the getter of a property, overloads, what another branch defines, what
--                      `f = wrapped(f)` wraps
--   picks              a function, what it may take by a name that it makes, as in
--                      getattr(self, "visit_" + kind), and what it calls of an object that only
--                      subclasses have
--   imports            a file, one that it imports
--
-- confidence is the best of the evidence; origin is `scip` where the SCIP index says so; evidence
-- is how often it is so; line is the first that shows it, in the file of src, where one does.
-- (`left`, `greatest` and `+ 0` take a column's comment away: the engine wants the same one in all
-- parts of a union.)
WITH
  -- What is meant, and what else may be.
  uses AS (
    SELECT repo, file_id, left(enclosing_def_id, 32) AS enclosing_def_id, left(def_id, 32) AS def_id,
      bstart + 0 AS bstart, line + 0 AS line, greatest(confidence, 0.0) AS confidence,
      resolution = 'scip' AS by_scip
    FROM refs
    WHERE def_id IS NOT NULL
    UNION ALL
    SELECT repo, file_id, left(enclosing_def_id, 32) AS enclosing_def_id, left(def_id, 32) AS def_id,
      bstart + 0 AS bstart, line + 0 AS line, greatest(confidence, 0.0) AS confidence,
      false AS by_scip
    FROM candidates
    WHERE NOT is_chosen
  ),
  -- Of a name that is defined several times in one place, where last.
  last_of_name AS (
    SELECT file_id, coalesce(parent_def_id, '') AS parent, name, max(bstart) AS bstart
    FROM definitions
    WHERE kind <> 'parameter'
    GROUP BY file_id, coalesce(parent_def_id, ''), name
    HAVING count(*) > 1
  ),
  used AS (
    SELECT r.repo, coalesce(h.def_id, r.enclosing_def_id, r.file_id) AS src,
      r.def_id AS dst, 'references' AS kind, r.confidence, r.by_scip, r.line
    FROM uses r
    LEFT JOIN definitions h
      ON h.file_id = r.file_id AND coalesce(h.parent_def_id, '') = coalesce(r.enclosing_def_id, '')
      AND h.kind IN ('class', 'function', 'method') AND h.bstart <= r.bstart AND r.bstart < h.bend
    UNION ALL
    SELECT repo, coalesce(caller_def_id, file_id) AS src, left(callee_def_id, 32) AS dst,
      'calls' AS kind, greatest(confidence, 0.0) AS confidence, resolution = 'scip' AS by_scip,
      line + 0 AS line
    FROM calls
    WHERE callee_def_id IS NOT NULL
    UNION ALL
    SELECT d.repo, left(d.def_id, 32) AS src, r.def_id AS dst, 'references' AS kind,
      r.confidence, r.by_scip, r.line
    FROM definitions d
    JOIN uses r ON r.file_id = d.file_id
      AND coalesce(r.enclosing_def_id, '') = coalesce(d.parent_def_id, '')
    WHERE d.kind = 'variable'
      AND (r.line = d.line OR (d.bstart <= r.bstart AND r.bstart < d.bend))
    UNION ALL
    SELECT repo, left(def_id, 32) AS src, left(related_def_id, 32) AS dst,
      CASE kind WHEN 'base' THEN 'inherits' WHEN 'override' THEN 'overridden_by'
        WHEN 'decorator' THEN 'decorated_by' WHEN 'decorator_argument' THEN 'decorated_by'
        WHEN 'set_up' THEN 'set_up_by'
        WHEN 'fixture' THEN 'fixture' WHEN 'pick' THEN 'picks'
        WHEN 'hook' THEN 'picks' ELSE 'constructs' END AS kind,
      greatest(confidence, 0.0) AS confidence, false AS by_scip, CAST(NULL AS BIGINT) AS line
    FROM relations
    UNION ALL
    SELECT d.repo, left(d.parent_def_id, 32) AS src, left(d.def_id, 32) AS dst, 'contains' AS kind,
      CAST(1 AS DOUBLE) AS confidence, false AS by_scip, d.line + 0 AS line
    FROM definitions d
    JOIN definitions p ON p.def_id = d.parent_def_id
    WHERE p.kind IN ('function', 'method') AND d.kind IN ('function', 'class')
    UNION ALL
    SELECT d.repo, left(d.parent_def_id, 32) AS src, left(d.def_id, 32) AS dst, 'protocol' AS kind,
      CAST(0.6 AS DOUBLE) AS confidence, false AS by_scip, d.line + 0 AS line
    FROM definitions d
    JOIN definitions p ON p.def_id = d.parent_def_id
    WHERE p.kind = 'class' AND d.kind = 'method'
      AND left(d.name, 2) = '__' AND right(d.name, 2) = '__' AND length(d.name) >= 4
    UNION ALL
    SELECT e.repo, left(l.def_id, 32) AS src, left(e.def_id, 32) AS dst, 'same_name' AS kind,
      CAST(0.6 AS DOUBLE) AS confidence, false AS by_scip, e.line + 0 AS line
    FROM last_of_name n
    JOIN definitions l
      ON l.file_id = n.file_id AND coalesce(l.parent_def_id, '') = n.parent AND l.name = n.name
      AND l.kind <> 'parameter' AND l.bstart = n.bstart
    JOIN definitions e
      ON e.file_id = n.file_id AND coalesce(e.parent_def_id, '') = n.parent AND e.name = n.name
      AND e.kind IN ('class', 'function', 'method') AND e.bstart < n.bstart
    UNION ALL
    SELECT repo, left(importer_file_id, 32) AS src, left(imported_file_id, 32) AS dst,
      'imports' AS kind, CAST(1 AS DOUBLE) AS confidence, false AS by_scip, line + 0 AS line
    FROM imports_resolved
    WHERE imported_file_id IS NOT NULL
  )
SELECT
  repo,
  md5(repo || kind || src || dst) AS edge_id,
  kind,
  src,
  dst,
  max(confidence) AS confidence,
  CASE WHEN bool_or(by_scip) THEN 'scip' ELSE 'code' END AS origin,
  count(*) AS evidence,
  min(line) AS line
FROM used
WHERE src <> dst
GROUP BY repo, kind, src, dst
