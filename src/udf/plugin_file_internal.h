#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "alluvium/error.h"
#include "alluvium/udf/plugin_abi.h"
#include "alluvium/udf/plugin_library.h"

namespace alluvium {

/// Refuses the plug-in `file` of a profile.
[[noreturn]] void refuse_plugin(std::string_view file, ErrorCode code, std::string_view why,
                                Error::Details details = {});

/// Brings the plug-in into the process, if it isn't there, and returns what its entry point does.
/// The version and the struct's size are checked, nothing else. Errors: as `load_plugin`.
const AlluviumPlugin& open_plugin(const std::filesystem::path& folder, const PluginPin& pin);

/// `sha256:` and 64 hex digits.
std::string content_hash(std::string_view bytes);

}  // namespace alluvium
