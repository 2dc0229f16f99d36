#include "cli/printable.h"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "alluvium/error.h"

namespace alluvium::cli {
namespace {

using Id = DataType::Id;

bool is_number(const DataType& type) {
  switch (type.id()) {
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
    case Id::Decimal128:
    case Id::Decimal256:
      return true;
    case Id::Dictionary:
      return is_number(type.children().at(1).type);
    default:
      return false;
  }
}

// Applies `change` to the types of the children.
DataType with_children(const DataType& type, std::string format,
                       const std::function<DataType(const DataType&)>& change) {
  std::vector<Field> children = type.children();
  for (Field& child : children) child.type = change(child.type);
  return DataType(std::move(format), std::move(children));
}

DataType printable_type(const DataType& type) {
  switch (type.id()) {
    case Id::Bool:
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
    case Id::Utf8:
    case Id::LargeUtf8:
    case Id::Utf8View:
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
    case Id::FixedSizeBinary:
      return type;
    case Id::Dictionary: {
      const DataType& value = type.children().at(1).type;
      DataType printable_value = printable_type(value);
      const bool is_scalar = value.children().empty();
      return is_scalar && printable_value == value ? type : printable_value;
    }
    case Id::FixedSizeList:
    case Id::List:
    case Id::LargeList:
    case Id::Struct:
    case Id::Map:
      return with_children(type, type.format(), printable_type);
    default:
      return utf8();
  }
}

DataType plain_type(const DataType& type) {
  switch (type.id()) {
    case Id::Utf8View:
      return utf8();
    case Id::BinaryView:
      return binary();
    case Id::Dictionary:
      return plain_type(type.children().at(1).type);
    default:
      return type.children().empty() ? type : with_children(type, type.format(), plain_type);
  }
}

DataFrame with_types(const DataFrame& query, const Schema& schema,
                     const std::vector<DataType>& types) {
  std::map<std::string, int> count;
  for (const Field& field : schema.fields) ++count[field.name];
  DataFrame result = query;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Field& field = schema.fields[i];
    if (types[i] == field.type) continue;
    if (count[field.name] > 1) {
      // A column is chosen by its name: casting one of two that share it isn't possible.
      throw Error(ErrorCode::InvalidQuery,
                  fmt::format("two columns of the result are called {}", field.name), false,
                  {{"hint", "give one another name, as in SELECT a.x, b.x AS b_x"}});
    }
    result = result.with_column(field.name, col(field.name).cast(types[i]));
  }
  return result;
}

}  // namespace

PrintableQuery printable(const DataFrame& query) {
  const Schema schema = query.schema();
  std::vector<DataType> types;
  std::vector<PrintableColumn> columns;
  for (const Field& field : schema.fields) {
    types.push_back(printable_type(field.type));
    columns.push_back({field.name, types.back(), is_number(field.type)});
  }
  return {with_types(query, schema, types), std::move(columns)};
}

DataFrame with_plain_layouts(const DataFrame& query) {
  const Schema schema = query.schema();
  std::vector<DataType> types;
  types.reserve(schema.fields.size());
  for (const Field& field : schema.fields) types.push_back(plain_type(field.type));
  return with_types(query, schema, types);
}

}  // namespace alluvium::cli
