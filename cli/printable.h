#pragma once

#include <string>
#include <vector>

#include "alluvium/frame/data_frame.h"

namespace alluvium::cli {

/// A column of a result as the text formats print it.
struct PrintableColumn {
  std::string name;
  DataType type;         ///< As the frame delivers it.
  bool numeric = false;  ///< A number before it became printable: written without quotes, aligned
                         ///< to the right.
};

/// A query whose columns all have types that `append_json` and `append_text` can print.
struct PrintableQuery {
  DataFrame frame;
  std::vector<PrintableColumn> columns;
};

/// Lets the engine turn dates, times, decimals, intervals and the like into text, as casts in the
/// plan, at any depth of nesting.
PrintableQuery printable(const DataFrame& query);

/// Lets the engine turn types that our writer of Arrow streams can't encode, and older readers
/// can't decode, into their plain layouts: views and dictionaries.
DataFrame with_plain_layouts(const DataFrame& query);

}  // namespace alluvium::cli
