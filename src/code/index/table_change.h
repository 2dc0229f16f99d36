#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "alluvium/frame/data_frame.h"
#include "code/index/file_ids.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// One table with the rows that a run has for it.
struct TableChange {
  TableDeclaration table;
  /// The column that names the file that a row belongs to.
  std::string file_column;
  /// About how many bytes a data file has. Rows come in order of their source file's id, so that
  /// this is about what a change of one source file has to write again.
  std::uint64_t data_file_bytes;
  DataFrame rows;
  /// The files whose rows may differ from those of the run before; the others' are not in `rows`
  /// and stay. Without it, `rows` are all that the repository has.
  std::optional<FileIds> files = std::nullopt;
  /// With `files`: how many rows the repository has then.
  std::int64_t rows_after = 0;
};

}  // namespace alluvium::code
