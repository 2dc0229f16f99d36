-- One row: a module: a source file that can be imported by a dotted name.
--
--   package      the package it is in (itself, for a package); null at the top of a source root.
--   source_root  the folder that the name starts from; `.` for the top of the repository.
--   is_regular   every folder from there down to the file has an `__init__.py`.
SELECT repo, module, file_id, package, is_package, source_root, is_regular, short_name
FROM file_modules
WHERE module IS NOT NULL
