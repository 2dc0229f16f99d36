#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::code {

/// What a run has of one file in one dataset: how many rows, and a digest of what they say. Two
/// runs with the same outcome have the same rows of the file, but for a chance of 2^-64 or so.
struct Outcome {
  std::int64_t rows = 0;
  std::uint64_t digest = 0;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// The datasets whose outcomes are kept. Those of `refs`, `candidates` and `calls` are of the
/// file's own facts: what their references mean is the outcome of `lookups`, which has no rows of
/// its own.
inline constexpr std::array<std::string_view, 17> kOutcomeDatasets = {"files",
                                                                      "file_interfaces",
                                                                      "definitions",
                                                                      "imports",
                                                                      "type_exprs",
                                                                      "scopes",
                                                                      "bindings",
                                                                      "diagnostics",
                                                                      "refs",
                                                                      "calls",
                                                                      "modules",
                                                                      "lookups",
                                                                      "candidates",
                                                                      "exports",
                                                                      "relations",
                                                                      "imports_resolved",
                                                                      "external_modules"};

/// Of one file, in the order of `kOutcomeDatasets`.
using OutcomesOfFile = std::array<Outcome, kOutcomeDatasets.size()>;

/// Where a dataset's outcome is. Errors: std::logic_error when none is kept.
constexpr std::size_t outcome_place(std::string_view dataset) {
  const auto* const found = std::ranges::find(kOutcomeDatasets, dataset);
  if (found == kOutcomeDatasets.end()) throw std::logic_error("a dataset has no outcome");
  return static_cast<std::size_t>(found - kOutcomeDatasets.begin());
}

/// By the id of the file; of rows that belong to no file, by what `Dataset::file_column` has
/// instead.
using FileOutcomes = std::map<std::string, OutcomesOfFile, std::less<>>;

/// Appends what `unpack` reads to `bytes`; nothing is said of datasets without an outcome.
void pack(const OutcomesOfFile& outcomes, std::string& bytes);
/// What `pack` wrote, one after another. Errors: Corruption where the bytes are others.
OutcomesOfFile unpack(std::string_view bytes);

/// The files whose outcomes are others in `a` than in `b`, each in order.
struct OutcomeDifferences {
  std::array<std::vector<std::string>, kOutcomeDatasets.size()> by_dataset;
  std::vector<std::string> any;
};
OutcomeDifferences differences(const FileOutcomes& a, const FileOutcomes& b);

}  // namespace alluvium::code
