#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/data_frame.h"
#include "code/index/file_ids.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// The rows of one file in one table, as a bag: how many, and the sum of their hashes.
struct RowDigest {
  std::int64_t rows = 0;
  StableId sum;

  friend bool operator==(const RowDigest&, const RowDigest&) = default;
};

/// By the id of the file.
using RowDigests = std::map<std::string, RowDigest, std::less<>>;

/// Digests of `rows`, all of one repository, by their column `file_column`. Two frames whose
/// digests are equal have the same rows, in any order and in any columns' order, but for a chance
/// of 2^-64 or so.
///
/// Columns are text, whole numbers, floats, booleans, or lists and structs of those.
/// Errors: Internal for another type; what running `rows` gives.
RowDigests row_digests(const DataFrame& rows, std::string_view file_column,
                       const Interrupt& interrupt);

/// All rows that are counted.
std::int64_t row_count(const RowDigests& digests);

}  // namespace alluvium::code
