#include "code/repository/source_path.h"

#include <cstddef>

namespace alluvium::code {
namespace {

unsigned char byte_at(std::string_view bytes, std::size_t position) {
  return position < bytes.size() ? static_cast<unsigned char>(bytes[position]) : 0;
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// The value of an upper-case hex digit, or -1.
int hex_value(unsigned char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_escape(std::string_view text) {
  return byte_at(text, 0) == '%' && hex_value(byte_at(text, 1)) >= 0 &&
         hex_value(byte_at(text, 2)) >= 0;
}

void append_escaped(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  out += '%';
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0xFU];
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view bytes) {
  const unsigned char first = byte_at(bytes, 0);
  const unsigned char second = byte_at(bytes, 1);
  if (bytes.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_continuation(second) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    // No overlong forms, no surrogates.
    const bool valid = is_continuation(second) && is_continuation(byte_at(bytes, 2)) &&
                       !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second > 0x9F);
    return valid ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool valid = is_continuation(second) && is_continuation(byte_at(bytes, 2)) &&
                       is_continuation(byte_at(bytes, 3)) && !(first == 0xF0 && second < 0x90) &&
                       !(first == 0xF4 && second > 0x8F);
    return valid ? 4 : 0;
  }
  return 0;
}

std::string escape_source_path(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence_length(bytes);
    if (length == 0 || is_escape(bytes)) {
      append_escaped(text, byte_at(bytes, 0));
      bytes.remove_prefix(1);
    } else {
      text.append(bytes.substr(0, length));
      bytes.remove_prefix(length);
    }
  }
  return text;
}

std::string unescape_source_path(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    if (is_escape(text)) {
      bytes += static_cast<char>(hex_value(byte_at(text, 1)) * 16 + hex_value(byte_at(text, 2)));
      text.remove_prefix(3);
    } else {
      bytes += text.front();
      text.remove_prefix(1);
    }
  }
  return bytes;
}

bool is_inner_path(std::string_view bytes) {
  if (bytes.empty() || bytes.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = bytes.find('/');
    const std::string_view component = bytes.substr(0, slash);
    if (component.empty() || component == "." || component == "..") return false;
    if (slash == std::string_view::npos) return true;
    bytes.remove_prefix(slash + 1);
  }
}

}  // namespace alluvium::code
