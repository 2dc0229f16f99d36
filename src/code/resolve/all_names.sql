-- One row: a name that a module's `__all__` lists, with what it takes from others' lists
-- (`__all__ = sub.__all__ + [...]`) followed to the end.
--
-- The recursion is a UNION, so a row that is already there is not followed again: modules that take
-- each other's lists end it. A list is taken from the module that the name is imported as, else
-- from the submodule of that name (`from .sub import *` makes one), else from that absolute name.
WITH RECURSIVE
  borrowed AS (
    SELECT m.repo, m.file_id, m.package, regexp_replace(a.source, '\.__all__$', '') AS source
    FROM file_modules m
    JOIN (SELECT file_id, unnest(f['all_from']) AS source FROM interfaces) a
      ON a.file_id = m.file_id
  ),
  borrowings AS (
    SELECT DISTINCT
      b.repo,
      b.file_id,
      coalesce(i.object_file_id, submodule.file_id, absolute.file_id) AS source_file_id
    FROM borrowed b
    LEFT JOIN import_targets i
      ON i.file_id = b.file_id AND i.bound_name = b.source AND i.scope_def_id IS NULL
      AND i.object_file_id IS NOT NULL
    LEFT JOIN module_index submodule
      ON submodule.repo = b.repo AND submodule.module = b.package || '.' || b.source
    LEFT JOIN module_index absolute
      ON absolute.repo = b.repo AND absolute.module = b.source
  ),
  listed AS (
    SELECT repo, file_id, unnest(f['all_names']) AS name FROM interfaces
    UNION
    SELECT b.repo, b.file_id, l.name
    FROM borrowings b
    JOIN listed l ON l.file_id = b.source_file_id
  )
SELECT repo, file_id, name FROM listed
