#pragma once

#include <filesystem>
#include <string>

#include "alluvium/code/index.h"

namespace alluvium::cli {

/// What a run did, for people, with what to type next. It took `seconds`, here and below.
std::string report_text(const code::IndexReport& report, const std::filesystem::path& lake,
                        double seconds);
/// As a JSON document. `indent` is that of JSON's dump: -1 for one line.
std::string report_json(const code::IndexReport& report, const std::filesystem::path& lake,
                        double seconds, int indent);

/// One line, of a run among those of a watched folder.
std::string watched_text(const code::IndexReport& report, double seconds);
/// One line, of a run among those of a range of commits.
std::string commit_text(const code::IndexReport& report, double seconds);

}  // namespace alluvium::cli
