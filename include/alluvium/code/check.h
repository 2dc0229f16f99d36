#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// Something that a lake's tables promise and don't keep.
struct BrokenPromise {
  /// A row as columns with their values as text.
  using Row = std::vector<std::pair<std::string, std::string>>;

  std::string table;
  /// `readable`, `count`, `key`, `reference`, `span`, `kind`, `property`, `range` or `text`.
  std::string check;
  std::string message;     ///< What is wrong, in words.
  std::uint64_t rows = 0;  ///< How many are wrong; 0 where it is no matter of rows.
  std::vector<Row> examples = {};
};

/// What `check` looked at and found.
struct CheckReport {
  std::uint64_t checks = 0;
  std::uint64_t rows = 0;            ///< Read, every value of them.
  std::uint64_t files = 0;           ///< That the runs have.
  std::uint64_t files_compared = 0;  ///< Still on disk as they were indexed: names were compared.
  std::vector<BrokenPromise> broken;
};

/// Holds a lake, at the runs that it is read at, to what its tables promise: every pinned version
/// can be read to the last value and has as many rows as its run counted; keys are different for
/// every two rows; ids that point to other rows find them; spans lie in their files; in
/// the graph every edge ends in a node, and nodes and edges are of the documented kinds, with the
/// properties that their kind requires and a confidence from 0 to 1; and the names of definitions
/// and references are the text at their spans, in those files that are still where they were
/// indexed, with the same bytes (and where these are ASCII: other identifiers are normalised).
/// Nothing is written.
///
/// What can't be read is a broken promise and no error. Errors: Cancelled, ResourceExhausted.
CheckReport check(const Lake& lake, const Interrupt& interrupt = {});

}  // namespace alluvium::code
