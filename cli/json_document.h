#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace alluvium::cli {

/// A document that keeps the order in which its members were given.
using JsonDocument = nlohmann::ordered_json;

/// `document` as text of several lines, with a line end. Bytes that aren't UTF-8 become U+FFFD:
/// names and messages may hold anything.
std::string indented_json(const JsonDocument& document);
/// Likewise on one line, without a line end.
std::string one_line_json(const JsonDocument& document);

}  // namespace alluvium::cli
