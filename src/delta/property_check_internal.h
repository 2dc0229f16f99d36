#pragma once

#include <map>
#include <string>
#include <vector>

#include "alluvium/session/delta_policy.h"

namespace alluvium::delta {

/// Checks the values of the table properties that Delta defines; delta-rs stores any text, and
/// fails or falls back to a default when it is read. Others are the user's own. Errors:
/// InvalidArgument; names the property and what it may be.
void check_properties(const std::map<std::string, std::string>& properties);

/// Checks that a table with the named `features` can have the properties: delta-rs stores those
/// that need a feature without it, and other engines refuse such a table. Errors: Unsupported;
/// names the property and the way out.
void check_features(const std::map<std::string, std::string>& properties,
                    const std::vector<std::string>& features);

/// The checked properties of a new table, with that of `mapping`. Errors: InvalidArgument, also
/// when `properties` ask for another mode; as `check_features` of a table without any.
std::map<std::string, std::string> new_table_properties(
    std::map<std::string, std::string> properties, ColumnMapping mapping);

}  // namespace alluvium::delta
