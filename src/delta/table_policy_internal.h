#pragma once

#include <map>
#include <string>

#include "alluvium/session/session.h"

namespace alluvium::delta {

/// The request's writer policy, with what it leaves open as the session's profile has it.
WriterPolicy writer_of(const Session& session, const WriterPolicy& request);

/// The properties of a new table, with those that the profile's schema policy asks for.
std::map<std::string, std::string> of_new_table(
    const Session& session, const std::map<std::string, std::string>& configuration);

}  // namespace alluvium::delta
