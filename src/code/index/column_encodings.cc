#include "code/index/column_encodings.h"

#include <string>

namespace alluvium::code {
namespace {

void add_numbers(const std::string& path, const DataType& type, delta::WriterPolicy& encodings) {
  switch (type.id()) {
    case DataType::Id::Int64:
      encodings.dictionary[path] = false;
      encodings.encodings[path] = "DELTA_BINARY_PACKED";
      return;
    case DataType::Id::List:
      // As the format calls the items, whatever Arrow does.
      add_numbers(path + ".list.element", type.children().front().type, encodings);
      return;
    case DataType::Id::Struct:
      for (const Field& field : type.children()) {
        add_numbers(path + "." + field.name, field.type, encodings);
      }
      return;
    default:
      return;
  }
}

}  // namespace

delta::WriterPolicy column_encodings(const TableDeclaration& table) {
  delta::WriterPolicy encodings;
  for (const Field& field : table.schema.fields) add_numbers(field.name, field.type, encodings);
  if (!table.id.empty()) encodings.dictionary[table.id] = false;
  return encodings;
}

}  // namespace alluvium::code
