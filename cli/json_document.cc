#include "cli/json_document.h"

namespace alluvium::cli {

std::string indented_json(const JsonDocument& document) {
  return document.dump(2, ' ', false, JsonDocument::error_handler_t::replace) + "\n";
}

std::string one_line_json(const JsonDocument& document) {
  return document.dump(-1, ' ', false, JsonDocument::error_handler_t::replace);
}

}  // namespace alluvium::cli
