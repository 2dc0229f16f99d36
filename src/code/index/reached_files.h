#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "code/index/changed_files.h"
#include "code/resolve/link_graph.h"
#include "code/resolve/resolved_names.h"

namespace alluvium::code {

/// The files whose names changes of files can reach.
struct ReachedFiles {
  LinkGraph::Files files;
  std::vector<ChangedFile> changed;  ///< How those changed that did.
};

/// Those that changed or were added, those whose imports may find an added one, and of the files
/// that look into one of these, directly or not, those that use a name of what differs or of what
/// is made of that: or all, where it is used without being named. Returns nothing where that can't
/// be told.
std::optional<ReachedFiles> find_reached(const ChangedFiles& files);

/// Adds the files that ask for a name, of which nothing else is known, that means something else
/// now that the files reached so far have `names`. Returns whether there were some.
bool add_who_asks(const LinkGraph& before, const ResolvedNames& names, ReachedFiles& reached);

/// Whether so many of all files are most of them, where it matters: then their names are as well
/// resolved all.
bool are_most_files(std::size_t files, std::size_t all);

}  // namespace alluvium::code
