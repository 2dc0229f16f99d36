#pragma once

#include <map>
#include <optional>
#include <string>

#include "alluvium/session/session.h"

namespace alluvium::delta {

/// The request's writer policy, with what it leaves open as the session's profile has it.
WriterPolicy writer_of(const Session& session, const WriterPolicy& request);

/// The checked properties of a new table, with that of `mapping`, else of the profile's schema
/// policy. Errors: InvalidArgument, also when `configuration` asks for another mode than `mapping`.
std::map<std::string, std::string> of_new_table(
    const Session& session, const std::map<std::string, std::string>& configuration,
    const std::optional<ColumnMapping>& mapping);

}  // namespace alluvium::delta
