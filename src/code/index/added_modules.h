#pragma once

#include <optional>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/identity/name_set.h"
#include "code/index/file_ids.h"

namespace alluvium::code {

/// By what files can notice that others were added.
struct AddedModules {
  NameSet sought;     ///< Dotted names that imports may find now, or another module by them.
  NameSet mentioned;  ///< Names of modules as attributes of their packages.
};

/// Those of the files `added`, by `file_modules`, a table of the session. Returns nothing where it
/// can't be told: the folder that is a source root became a package.
std::optional<AddedModules> added_modules(const Session& session, const FileIds& added,
                                          const Interrupt& interrupt);

}  // namespace alluvium::code
