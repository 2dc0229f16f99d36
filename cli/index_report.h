#pragma once

#include <filesystem>
#include <string>

#include "alluvium/code/index.h"
#include "cli/json_document.h"

namespace alluvium::cli {

/// What a run did, for people, with what to type next. It took `seconds`, here and below.
std::string report_text(const code::IndexReport& report, const std::filesystem::path& lake,
                        double seconds);
/// As a JSON document.
JsonDocument report_document(const code::IndexReport& report, const std::filesystem::path& lake,
                             double seconds);

/// One line, of a run among those of a watched folder.
std::string watched_text(const code::IndexReport& report, double seconds);
/// One line, of a run among those of a range of commits.
std::string commit_text(const code::IndexReport& report, double seconds);

}  // namespace alluvium::cli
