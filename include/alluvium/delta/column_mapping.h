#pragma once

#include <string_view>

namespace alluvium::delta {

/// How a table's columns are found in its data files (table property `delta.columnMapping.mode`).
/// Columns of a mapped table have physical names and ids of their own. A table gets its mode when
/// it is made: none can be turned on later. Mapped tables can be appended to, overwritten, merged
/// into, updated and deleted from; they can't be optimized, given columns, or asked for their
/// change feed.
enum class ColumnMapping {
  None,  ///< By their names.
  Name,  ///< By physical names.
  Id,    ///< By Parquet field ids.
};

/// The mode as the table property has it: `none`, `name` or `id`.
std::string_view to_string(ColumnMapping mapping);

/// The mode spelled `name`. Errors: InvalidArgument.
ColumnMapping column_mapping_from_name(std::string_view name);

}  // namespace alluvium::delta
