-- One row: a name that a module offers to importers: what it defines, what it imports (stars
-- included, submodules not), and what only its `__all__` names.
--
--   def_id         the definition at the end of all re-exports; null for modules and for what comes
--                  from outside the repository.
--   via            all (listed in `__all__`), else definition (made here), else reexport.
--   is_public      what `from module import *` takes.
--   target_module  the module that the name stands for, or that it comes from when it is not of
--                  this repository (then with the name: `os.path`).
SELECT
  t.repo,
  m.module,
  t.name,
  t.def_id,
  CASE
    WHEN t.in_all THEN 'all'
    WHEN t.import_id IS NULL AND t.kind = 'definition' THEN 'definition'
    ELSE 'reexport'
  END AS via,
  t.file_id,
  t.is_public,
  t.kind AS target_kind,
  t.module AS target_module,
  t.import_id
FROM name_targets t
JOIN file_modules m ON m.file_id = t.file_id
WHERE m.module IS NOT NULL
UNION ALL
-- Listed in `__all__`, bound by nothing that can be seen (made by `__getattr__` or at run time).
SELECT
  a.repo, m.module, a.name, NULL, 'all', a.file_id, true, 'unresolved', NULL, NULL
FROM all_names a
JOIN file_modules m ON m.file_id = a.file_id
LEFT ANTI JOIN name_targets t ON t.file_id = a.file_id AND t.name = a.name
WHERE m.module IS NOT NULL
