#include "cli/column_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "alluvium/error.h"

namespace alluvium::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// What is between the brackets of `MAP<...>` or `MAP(...)`; empty when the type is no map.
std::string_view map_arguments(std::string_view type) {
  constexpr std::string_view kName = "MAP";
  const bool is_map = type.size() > kName.size() &&
                      std::equal(kName.begin(), kName.end(), type.begin(),
                                 [](char upper, char c) { return upper == (c & ~0x20); });
  if (!is_map) return {};
  const std::string_view rest = trimmed(type.substr(kName.size()));
  const bool closed = (rest.starts_with('<') && rest.ends_with('>')) ||
                      (rest.starts_with('(') && rest.ends_with(')'));
  return closed ? rest.substr(1, rest.size() - 2) : std::string_view();
}

// The first comma outside of brackets.
std::size_t first_comma(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' || text[i] == '(') ++depth;
    if (text[i] == '>' || text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) return i;
  }
  return std::string_view::npos;
}

// A type as SQL has it; maps too, which the engine's SQL can't spell.
DataType type_of(const Session& session, std::string_view text) {
  const std::string_view arguments = map_arguments(trimmed(text));
  if (const std::size_t comma = first_comma(arguments); comma != std::string_view::npos) {
    const Field entries{
        .name = "entries",
        .type = struct_({{.name = "key",
                          .type = type_of(session, arguments.substr(0, comma)),
                          .nullable = false},
                         {.name = "value", .type = type_of(session, arguments.substr(comma + 1))}}),
        .nullable = false};
    return {"+m", {entries}};
  }
  const DataFrame planned =
      session.sql(fmt::format("SELECT CAST(NULL AS {})", text), SqlOptions::read_only());
  return planned.schema().fields.at(0).type;
}

// `NAME TYPE [NOT NULL]`.
Field column_of(const Session& session, const std::string& text) {
  std::string rest = text;
  const std::string not_null = " NOT NULL";
  const bool nullable = !rest.ends_with(not_null);
  if (!nullable) rest.resize(rest.size() - not_null.size());
  const std::size_t blank = rest.find(' ');
  if (blank == std::string::npos || blank == 0) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("`{}` is no column", text), false,
                {{"hint", "write \"NAME TYPE\" or \"NAME TYPE NOT NULL\""}});
  }
  return {.name = rest.substr(0, blank),
          .type = type_of(session, std::string_view(rest).substr(blank + 1)),
          .nullable = nullable};
}

}  // namespace

Schema columns_of(const Session& session, const std::vector<std::string>& texts) {
  Schema schema;
  for (const std::string& text : texts) schema.fields.push_back(column_of(session, text));
  return schema;
}

}  // namespace alluvium::cli
