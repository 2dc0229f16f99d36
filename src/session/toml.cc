#include "session/toml_internal.h"

namespace alluvium {

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out += '"';
}

std::string toml_number(std::uint64_t value) {
  constexpr std::uint64_t kMaxToml = std::numeric_limits<std::int64_t>::max();
  return value <= kMaxToml ? std::to_string(value) : toml_string(std::to_string(value));
}

}  // namespace alluvium
