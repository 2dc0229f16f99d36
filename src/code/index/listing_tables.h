#pragma once

#include <string_view>
#include <vector>

#include "alluvium/session/session.h"
#include "code/environment/environment.h"
#include "code/repository/repository.h"

namespace alluvium::code {

/// Registers what was found in a repository, for the datasets' queries:
///
///     listing(repo, path, size_bytes, language)          its source files
///     markers(repo, path)                                files that tell where source roots are
///     listing_problems(repo, path, severity, code, message, source)  what was found and is not
///     read
///
/// `environment`, which may be null, has problems too.
void register_listing_tables(const Session& session, std::string_view repo, const Listing& listing,
                             const Environment* environment);

/// The rows of `listing`.
std::vector<RecordBatch> listing_batches(std::string_view repo, const Listing& listing);

}  // namespace alluvium::code
