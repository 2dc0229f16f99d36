#pragma once

#include <span>
#include <vector>

#include "code/resolve/all_names.h"
#include "code/resolve/import_targets.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// A name that a star import brings into a module.
struct StarName {
  ProgramIndex file = kNowhere;
  NameId name = kNoName;
  ProgramIndex star = kNowhere;    ///< In `facts.imports`.
  ProgramIndex origin = kNowhere;  ///< A module at the far end of the stars that binds it itself.
};

/// What star imports bring, each name of a module once: of several stars that bring it the last one
/// in the file binds it. (Those that the module binds itself too, which go before all stars.)
///
/// The names `bound` travel along chains of star imports as far as each module on the way passes
/// them on (`AllNames::is_public`). Of several origins that one star brings a name from, the
/// smallest file_id is named.
std::vector<StarName> star_names(const NameFacts& facts, std::span<const ImportTarget> targets,
                                 const AllNames& all, std::span<const ModuleMember> bound);

}  // namespace alluvium::code
