-- One row: a distinct question that references of one repository ask beyond their own file, with
-- its answer. References and calls carry the id of their question, so that two million of them need
-- one join with this table.
--
-- Questions, by `kind` (made by identify_facts):
--   import  what the name bound by import_id stands for, then along the dotted `path`
--   star    what `name` stands for that only a star import can have bound, then along `path`
--   member  `path` on the definition def_id of the same file
--   name    an attribute `name` of an object that nothing is known about
--
-- Answers, by `resolution` (confidence):
--   import     a definition of the repository, by imports alone (1.0)
--   star       a definition of the repository, through a star import of this file (1.0)
--   member     a member found in the body of a known class (0.9: an instance or a subclass may have
--              another)
--   module     a module of the repository; no definition (1.0)
--   external   the way leaves the repository; no definition (1.0)
--   builtin    a builtin that no star import hides; no definition (1.0)
--   name_only  nothing is known but the name, and the repository has exactly one class, function or
--              method so called that can be an attribute (0.3)
--   unresolved (0.0)
WITH
  -- The same name is asked for by many files; every other question belongs to one file.
  questions AS (
    SELECT DISTINCT
      repo,
      q['lookup_id'] AS lookup_id,
      q['kind'] AS kind,
      q['import_id'] AS import_id,
      q['def_id'] AS def_id,
      q['name'] AS name,
      q['path'] AS path,
      CASE WHEN q['kind'] = 'star' THEN file_id END AS file_id
    FROM (SELECT repo, file_id, unnest(f['lookups']) AS q FROM facts)
  ),
  -- Where the first name of each question leads.
  started AS (
    SELECT
      q.lookup_id,
      q.repo,
      q.kind,
      q.path,
      CASE WHEN q.path IS NULL THEN q.name ELSE substring_index(q.path, '.', -1) END AS last,
      CASE q.kind WHEN 'member' THEN q.def_id WHEN 'import' THEN b.def_id WHEN 'star' THEN s.def_id
        END AS start_def_id,
      CASE q.kind WHEN 'import' THEN b.module WHEN 'star' THEN s.module END AS start_module,
      CASE q.kind WHEN 'import' THEN b.module_file_id WHEN 'star' THEN s.module_file_id END
        AS start_file_id,
      CASE q.kind
        WHEN 'member' THEN 'definition'
        WHEN 'import' THEN b.kind
        WHEN 'star' THEN
          coalesce(s.kind, CASE WHEN builtin.name IS NOT NULL THEN 'builtin' ELSE 'unresolved' END)
        ELSE 'unknown'
      END AS start_kind
    FROM questions q
    LEFT JOIN import_bindings b ON b.import_id = q.import_id
    LEFT JOIN name_targets s ON q.kind = 'star' AND s.file_id = q.file_id AND s.name = q.name
    LEFT JOIN builtin_names builtin ON q.kind = 'star' AND builtin.name = q.name
  ),
  -- `m.a.b.c` on a module m: c in the module m.a.b, or c in what b is in the module m.a.
  dotted AS (
    SELECT
      *,
      CASE WHEN start_kind = 'module' AND path IS NOT NULL THEN start_module || '.' || path END
        AS full_name
    FROM started
  ),
  split AS (
    SELECT
      *,
      left(full_name, length(full_name) - length(last) - 1) AS holder,
      CASE WHEN strpos(path, '.') > 0 AND full_name IS NOT NULL
        THEN substring_index(left(path, length(path) - length(last) - 1), '.', -1) END AS middle
    FROM dotted
  ),
  on_module AS (
    SELECT
      p.lookup_id,
      p.repo,
      p.kind,
      p.path,
      p.last,
      p.start_def_id,
      p.start_kind,
      direct.def_id AS direct_def_id,
      direct.kind AS direct_kind,
      whole.module IS NOT NULL AS is_module,
      outer_name.def_id AS middle_def_id,
      outer_name.kind AS middle_kind,
      CASE WHEN outer_name.kind = 'module' THEN outer_name.module END AS middle_module,
      outer_name.module_file_id AS middle_file_id
    FROM split p
    LEFT JOIN module_index holder ON holder.repo = p.repo AND holder.module = p.holder
    LEFT JOIN name_targets direct
      ON direct.name = p.last AND direct.file_id = CASE
        WHEN strpos(p.path, '.') = 0 THEN coalesce(p.start_file_id, holder.file_id)
        ELSE holder.file_id
      END
    LEFT JOIN module_index whole ON whole.repo = p.repo AND whole.module = p.full_name
    LEFT JOIN module_index outer_module
      ON outer_module.repo = p.repo AND outer_module.module
        = left(p.holder, length(p.holder) - length(p.middle) - 1)
    LEFT JOIN name_targets outer_name
      ON outer_name.name = p.middle AND outer_name.file_id = CASE
        WHEN length(p.path) - length(replace(p.path, '.', '')) = 1
          THEN coalesce(p.start_file_id, outer_module.file_id)
        ELSE outer_module.file_id
      END
  ),
  members AS (
    SELECT owner_def_id, name, def_id
    FROM (
      SELECT
        d.parent_def_id AS owner_def_id,
        d.name,
        d.def_id,
        -- The last binding in a class body is the one that stays.
        row_number() OVER (PARTITION BY d.parent_def_id, d.name ORDER BY d.bstart DESC) AS place
      FROM definitions d
      JOIN definitions c ON c.def_id = d.parent_def_id AND c.kind = 'class'
    )
    WHERE place = 1
  ),
  -- Names that exactly one class, function or method has that an attribute can reach. Several
  -- definitions of one qualified name (a property's getter and setter) count as one.
  single_names AS (
    SELECT d.repo, d.name, max(d.def_id) AS def_id
    FROM definitions d
    LEFT JOIN definitions o ON o.def_id = d.parent_def_id
    WHERE d.kind IN ('class', 'function', 'method') AND coalesce(o.kind, 'class') = 'class'
    GROUP BY d.repo, d.name
    HAVING count(DISTINCT d.qualified_name) = 1
  ),
  answered AS (
    SELECT
      o.lookup_id,
      o.repo,
      o.kind,
      o.path,
      o.last,
      o.start_kind,
      o.start_def_id,
      o.direct_def_id,
      o.direct_kind,
      o.is_module,
      o.middle_kind,
      coalesce(member.def_id, through_module.def_id) AS member_def_id,
      member.def_id IS NOT NULL AS is_member
    FROM on_module o
    -- `path` on a class: one name. On a class in a module: the last of several names.
    LEFT JOIN members member
      ON member.name = o.last AND member.owner_def_id = CASE
        WHEN o.start_kind = 'definition' AND strpos(o.path, '.') = 0 THEN o.start_def_id
        ELSE o.middle_def_id
      END
    -- A module that another module imported: `package.alias.name`.
    LEFT JOIN module_index middle ON middle.repo = o.repo AND middle.module = o.middle_module
    LEFT JOIN name_targets through_module
      ON through_module.file_id = coalesce(o.middle_file_id, middle.file_id)
      AND through_module.name = o.last
  ),
  judged AS (
    SELECT
      lookup_id,
      repo,
      last,
      CASE
        WHEN start_kind = 'external' OR direct_kind = 'external' OR middle_kind = 'external'
          THEN 'external'
        WHEN start_kind = 'builtin' THEN 'builtin'
        WHEN path IS NULL AND start_def_id IS NOT NULL THEN kind
        WHEN path IS NULL AND start_kind = 'module' THEN 'module'
        WHEN direct_def_id IS NOT NULL THEN kind
        WHEN is_member THEN 'member'
        WHEN member_def_id IS NOT NULL THEN kind
        WHEN is_module OR direct_kind = 'module' THEN 'module'
        WHEN path IS NULL AND kind <> 'name' THEN 'unresolved'
        ELSE 'name_only'
      END AS resolution,
      CASE
        WHEN path IS NULL THEN start_def_id
        ELSE coalesce(direct_def_id, member_def_id)
      END AS def_id
    FROM answered
  )
SELECT
  j.repo,
  j.lookup_id,
  CASE
    WHEN j.resolution IN ('import', 'star', 'member') THEN j.def_id
    WHEN j.resolution = 'name_only' THEN n.def_id
  END AS def_id,
  CASE WHEN j.resolution = 'name_only' AND n.def_id IS NULL THEN 'unresolved' ELSE j.resolution END
    AS resolution,
  CASE
    WHEN j.resolution = 'member' THEN 0.9
    WHEN j.resolution = 'name_only' AND n.def_id IS NOT NULL THEN 0.3
    WHEN j.resolution IN ('name_only', 'unresolved') THEN 0.0
    ELSE 1.0
  END AS confidence
FROM judged j
LEFT JOIN single_names n
  ON j.resolution = 'name_only' AND n.repo = j.repo AND n.name = j.last
