#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

Field stored_field(Field field);

DataType stored_type(const DataType& type) {
  switch (type.id()) {
    case Id::UInt8:
      return int16();
    case Id::UInt16:
      return int32();
    case Id::UInt32:
    case Id::UInt64:
      return int64();
    case Id::Timestamp:
      // The zone begins after the unit and a colon.
      return type.format().size() > 4 ? timestamp(TimeUnit::Micro, "UTC") : type;
    default:
      break;
  }
  std::vector<Field> children = type.children();
  // Of a dictionary, only the values are stored.
  const std::size_t first = type.id() == Id::Dictionary ? 1 : 0;
  for (std::size_t i = first; i < children.size(); ++i) {
    children[i] = stored_field(std::move(children[i]));
  }
  return {type.format(), std::move(children)};
}

Field stored_field(Field field) {
  field.type = stored_type(field.type);
  field.metadata.erase("PARQUET:field_id");
  field.metadata.erase("parquet.field.id");
  return field;
}

}  // namespace

Schema storable(Schema schema) {
  for (Field& field : schema.fields) field = stored_field(std::move(field));
  return schema;
}

DataFrame storable(const DataFrame& rows) {
  const Schema given = rows.schema();
  const Schema stored = storable(given);
  if (stored.fields == given.fields) return rows;
  std::vector<Expr> columns;
  for (std::size_t i = 0; i < stored.fields.size(); ++i) {
    const Field& field = stored.fields[i];
    const Expr column = col(field.name);
    columns.push_back(field == given.fields[i] ? column
                                               : column.conform_to(field).alias(field.name));
  }
  return rows.select(columns);
}

void check_types(const Schema& schema) {
  for (const Field& field : schema.fields) check_type(field.type, field.name, true);
}

}  // namespace alluvium::delta
