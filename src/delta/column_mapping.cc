#include "alluvium/delta/column_mapping.h"

#include <fmt/format.h>

#include "alluvium/error.h"

namespace alluvium::delta {

std::string_view to_string(ColumnMapping mapping) {
  switch (mapping) {
    case ColumnMapping::None:
      return "none";
    case ColumnMapping::Name:
      return "name";
    case ColumnMapping::Id:
      return "id";
  }
  return "none";
}

ColumnMapping column_mapping_from_name(std::string_view name) {
  for (const ColumnMapping mapping :
       {ColumnMapping::None, ColumnMapping::Name, ColumnMapping::Id}) {
    if (to_string(mapping) == name) return mapping;
  }
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("`{}` is no column mapping mode; there are none, name and id", name));
}

}  // namespace alluvium::delta
