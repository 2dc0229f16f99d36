#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "code/datasets/datasets.h"

namespace alluvium::code {

/// One promise of a dataset's declaration, as a query for the rows that break it.
struct TableCheck {
  std::string_view kind;  ///< As `BrokenPromise::check`.
  std::string meaning;    ///< What the rows have wrong, in words.
  /// The tables that the query reads beside the dataset's own.
  std::vector<std::string_view> others;
  /// Of the columns `shown`, which tell a row.
  std::string query;
  std::vector<std::string> shown;
};

/// The promises that tables alone can be held to: keys, references and spans.
std::vector<TableCheck> table_checks(const Dataset& dataset);

/// The names that are written in files. The queries read the table `unchanged_files` (file_id,
/// path) of one repository and call `text_at` (see `text_at_function`).
std::vector<TableCheck> text_checks(const Dataset& dataset);

}  // namespace alluvium::code
