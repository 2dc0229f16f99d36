#pragma once

#include <string>
#include <string_view>

#include "alluvium/code/index.h"
#include "code/environment/environment.h"
#include "code/repository/repository.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// The hash of all but the files' content that decides which rows a run makes: the makers of the
/// datasets, the limits, what tells source roots, what was found but is not read, and the SCIP
/// index, and which tables are chosen. `scip` and `environment` may be null. What an environment
/// offers decides only rows that every run makes anew: its hash is a part of its own, after a
/// hyphen.
std::string settings_hash(const IndexRequest& request, const Listing& listing, const ScipFile* scip,
                          const Environment* environment);

/// The part of a `settings_hash` that decides rows of files: where that differs, they are all made
/// anew.
std::string_view settings_of_files(std::string_view settings_hash);

}  // namespace alluvium::code
