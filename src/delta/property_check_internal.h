#pragma once

#include <map>
#include <string>

namespace alluvium::delta {

/// Checks the values of the table properties that Delta defines; delta-rs stores any text, and
/// fails or falls back to a default when it is read. Others are the user's own. Errors:
/// InvalidArgument; names the property and what it may be.
void check_properties(const std::map<std::string, std::string>& properties);

}  // namespace alluvium::delta
