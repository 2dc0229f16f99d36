#include <fmt/format.h>

#include <string>
#include <variant>

#include "alluvium/error.h"
#include "frame/expr_internal.h"
#include "udf/syntax_internal.h"

namespace alluvium {
namespace {

bool is_text(const DataType& type) {
  return type.id() == DataType::Id::Utf8 || type.id() == DataType::Id::LargeUtf8 ||
         type.id() == DataType::Id::Utf8View;
}

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

}  // namespace

std::string to_sql(const Expr& literal) {
  const auto& what = literal.node().what;
  if (const auto* integer = std::get_if<Expr::Node::IntegerLiteral>(&what)) {
    return fmt::format("arrow_cast({}, {})", integer->value, sql_text(integer->type.to_string()));
  }
  const auto* value = std::get_if<Expr::Node::Literal>(&what);
  if (value == nullptr) throw Error(ErrorCode::InvalidArgument, "not a literal");
  if (const auto* truth = std::get_if<bool>(&value->value)) return *truth ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value->value)) {
    return is_text(value->type) ? sql_text(*text) : *text;
  }
  return "NULL";
}

std::string syntax_of(std::string_view name, std::span<const Parameter> parameters, bool variadic) {
  std::string out(name);
  out += '(';
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) out += ", ";
    out += parameters[i].name;
    if (parameters[i].default_value) out += " => " + to_sql(*parameters[i].default_value);
  }
  if (variadic) out += "...";
  return out + ")";
}

}  // namespace alluvium
