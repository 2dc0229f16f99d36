#pragma once

#include "code/index/changed_files.h"
#include "code/index/reached_files.h"
#include "code/resolve/resolved_names.h"

namespace alluvium::code {

/// Whether the names of the reached files, resolved with the part of the program that these look
/// into, are all that differs: nothing depends on what the part doesn't have. That isn't so where
///
/// - added files change what others are called, or where they are,
/// - classes are made of themselves (`ClassHierarchy::circles`),
/// - modules are imported from outside of the repository that weren't, or are no more,
/// - a class that was there has other bases,
/// - a fixture is for the tests of all files that wasn't, or is no more,
/// - what derived classes have is asked for in another way than before, or has other answers, or
///   rows that tell of it have to be written.
bool is_enough(const ResolvedNames& names, const ChangedFiles& files, const ReachedFiles& reached);

}  // namespace alluvium::code
