#pragma once

#include <filesystem>
#include <string>

#include "alluvium/catalog/introspection.h"
#include "alluvium/session/session.h"

namespace alluvium::observe {

/// Appends the session's catalog (tables and columns, with the snapshot's hash) to the Delta table
/// `schema_snapshots` in `folder`. Returns the snapshot. Opt-in: nothing is recorded unless asked.
/// Errors: as `delta::write`.
introspection::CatalogSnapshot record_schema_snapshots(const Session& session,
                                                       const std::filesystem::path& folder);

}  // namespace alluvium::observe
