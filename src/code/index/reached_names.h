#pragma once

#include <memory>

#include "code/index/changed_files.h"
#include "code/resolve/resolved_names.h"

namespace alluvium::code {

/// Resolves the names of the files alone that the changes can reach (`find_reached`,
/// `add_who_asks`), with the part of the program that these look into.
///
/// Returns null where that is not enough (`is_enough`), or would be most files: then the names of
/// all files are to be resolved. Otherwise it comes to the same.
///
/// What differs can be told by names, since values reach a file by these alone: what it imports,
/// and attributes of what it has. Sets of values have no other source than what the file itself
/// says and what it looks into, so that the part has the same ones as the whole program; and files
/// outside of it that look into a reached one use nothing of it that differs.
std::unique_ptr<ResolvedNames> resolve_reached(const ChangedFiles& files);

}  // namespace alluvium::code
