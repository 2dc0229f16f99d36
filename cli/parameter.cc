#include "cli/parameter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "alluvium/error.h"

namespace alluvium::cli {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("--param {}: {}", text, why), false,
              {{"hint", "write name=value or name:type=value, for instance k=5 or k:text=5"}});
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Only what starts like a number is one: `inf` and `nan` are words.
bool looks_numeric(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '.');
}

Expr untyped(std::string_view text, std::string_view value) {
  if (value == "null") return lit_null(null_type());
  if (value == "true") return lit(true);
  if (value == "false") return lit(false);
  if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'') {
    std::string inner(value.substr(1, value.size() - 2));
    for (std::size_t at = 0; (at = inner.find("''", at)) != std::string::npos; ++at) {
      inner.erase(at, 1);
    }
    return lit(std::move(inner));
  }
  if (is_integer(value)) {
    if (const auto integer = number<std::int64_t>(value)) return lit(*integer);
    refuse(text, "doesn't fit 64 bits; give it a type, as in name:text=... or name:double=...");
  }
  if (looks_numeric(value)) {
    if (const auto real = number<double>(value)) return lit(*real);
  }
  return lit(value);
}

Expr typed(std::string_view text, std::string_view type, std::string_view value) {
  const std::string string(value);
  if (type == "text" || type == "string") return lit(string);
  if (type == "int64" || type == "int") {
    if (const auto integer = number<std::int64_t>(value)) return lit(*integer);
    refuse(text, "is no 64-bit integer");
  }
  if (type == "double") {
    if (const auto real = number<double>(value)) return lit(*real);
    refuse(text, "is no number");
  }
  if (type == "bool") {
    if (value == "true" || value == "false") return lit(value == "true");
    refuse(text, "is neither true nor false");
  }
  if (type == "date") return lit(string, date32());
  if (type == "timestamp") return lit(string, timestamp(TimeUnit::Micro, "UTC"));
  refuse(text, fmt::format("unknown type; there are {}", parameter_types()));
}

}  // namespace

std::string_view parameter_types() { return "text, int64, double, bool, date, timestamp"; }

SqlParameters parse_parameters(const std::vector<std::string>& texts) {
  SqlParameters parameters;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) refuse(text, "has no `=`");
    const std::string_view value = std::string_view(text).substr(equals + 1);
    std::string_view name = std::string_view(text).substr(0, equals);
    std::optional<std::string_view> type;
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
      type = name.substr(colon + 1);
      name = name.substr(0, colon);
    }
    if (name.starts_with('$')) name.remove_prefix(1);  // Written as in the query.
    const auto is_word = [](char c) {
      return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    if (name.empty() || !std::ranges::all_of(name, is_word)) refuse(text, "has no usable name");
    Expr expr = type ? typed(text, *type, value) : untyped(text, value);
    if (!parameters.emplace(std::string(name), std::move(expr)).second) {
      refuse(text, "is given twice");
    }
  }
  return parameters;
}

}  // namespace alluvium::cli
