#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "alluvium/error.h"
#include "delta/type_check_internal.h"

namespace alluvium::delta {
namespace {

using Id = DataType::Id;

// The widest decimal that Delta has, of the same scale. `format` is `d:precision,scale,bits`.
std::string decimal128_like(std::string_view format) {
  const auto comma = format.find(',');
  const auto bits = format.rfind(',');
  int precision = 38;
  std::from_chars(format.data() + 2, format.data() + comma, precision);
  return fmt::format("Decimal128({}, {})", std::min(precision, 38),
                     format.substr(comma + 1, bits - comma - 1));
}

// The type, as `arrow_cast` reads it, that keeps the most of a type that Delta doesn't have; empty
// when Delta has it.
std::string replacement(const DataType& type) {
  switch (type.id()) {
    case Id::Time32:
    case Id::Time64:
    case Id::Duration:
      return "Int64";
    case Id::IntervalYearMonth:
    case Id::IntervalDayTime:
    case Id::IntervalMonthDayNano:
      return "Utf8";
    case Id::Float16:
      return "Float32";
    case Id::Decimal256:
      return decimal128_like(type.format());
    case Id::Other:
      break;
    default:
      return "";
  }
  const std::string& format = type.format();
  if (format.starts_with("+v")) return "";  // list views are stored as lists
  if (format.starts_with("d:")) return decimal128_like(format);
  if (format == "+r" && type.children().size() == 2) return type.children()[1].type.to_string();
  return "Utf8";
}

void check_type(const DataType& type, const std::string& path, bool is_top) {
  const std::string better = replacement(type);
  if (!better.empty()) {
    // Inside a nested type a cast can't be put on the part alone.
    const std::string way_out =
        is_top ? fmt::format("write arrow_cast({}, '{}') instead", path, better)
               : fmt::format("rebuild the value with that part as {}", better);
    throw Error(ErrorCode::Unsupported,
                fmt::format("column `{}`: Delta tables can't store {}; {}", path, type.to_string(),
                            way_out),
                false, {{"column", path}, {"type", type.to_string()}});
  }
  if (type.id() == Id::Dictionary) return check_type(type.children().at(1).type, path, is_top);
  for (const Field& child : type.children()) {
    check_type(child.type, fmt::format("{}.{}", path, child.name), false);
  }
}

}  // namespace

void check_types(const Schema& schema) {
  for (const Field& field : schema.fields) check_type(field.type, field.name, true);
}

}  // namespace alluvium::delta
