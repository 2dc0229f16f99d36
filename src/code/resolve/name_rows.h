#pragma once

#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/resolve/file_choice.h"
#include "code/resolve/outcome_digests.h"
#include "code/resolve/program.h"

namespace alluvium::code {

/// What `modules` says of each file.
void digest_modules(const Program& program, OutcomeDigests& digests);

/// The rows of `imports_resolved`: one import, resolved (a row of `imports`, by import_id).
///
/// With resolution `internal`, the distinct (importer_module, imported_module, line) between
/// modules whose `modules.is_regular` is true are exactly grimp's import graph; the distinct
/// (importer_file_id, imported_file_id) of statements that are not (`is_from` false and
/// imported_name not null) are `ruff analyze graph`.
///
///   imported_module  the module's own name: the import may have used another
///                    (`ModuleName::short_name`).
///   imported_name    what is taken from the imported module; null where the module itself is
///                    meant.
///   line             the line of the statement, as grimp has it; `imports.line` is that of the
///                    name.
std::vector<RecordBatch> imports_resolved_rows(const Program& program, const FileChoice& files);
void digest_imports(const Program& program, OutcomeDigests& digests);

/// An import of a module of the standard library or of another distribution.
struct OutsideImport {
  ProgramIndex file = kNowhere;
  NameId module = kNoName;
  bool is_stdlib = false;
};
std::vector<OutsideImport> outside_imports(const Program& program);

/// The rows of `outside_modules`: what the imports of all files lead to in the standard library or
/// in other distributions, each module once. Columns: repo, module, is_stdlib.
std::vector<RecordBatch> outside_modules_rows(const Program& program);

/// The rows of `exports`: a name that a module offers to importers (`OfferedName`), and what only
/// its `__all__` names. Modules without a dotted name have none.
///
///   def_id         the definition at the end of all re-exports; null for modules and for what
///                  comes from outside the repository.
///   via            all (listed in `__all__`), else definition (made here), else reexport.
///   is_public      what `from module import *` takes.
///   target_module  the module that the name stands for, or that it comes from when it is not of
///                  this repository (then with the name: `os.path`).
std::vector<RecordBatch> exports_rows(const Program& program, const FileChoice& files);
void digest_exports(const Program& program, OutcomeDigests& digests);

}  // namespace alluvium::code
