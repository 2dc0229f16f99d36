#pragma once

#include "alluvium/session/delta_policy.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// How the columns of a lake's table are encoded in its data files. Parquet's writers try a
/// dictionary of each column first, which helps where values come again:
///
///   - whole numbers are kept as differences (DELTA_BINARY_PACKED): places in a file come in order;
///   - ids that no two rows share are kept as they are.
///
/// A lake of Django is a tenth smaller so, and takes less time to write and to read.
delta::WriterPolicy column_encodings(const TableDeclaration& table);

}  // namespace alluvium::code
