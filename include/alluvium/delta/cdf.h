#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/provider.h"

namespace alluvium::delta {

/// Which part of a table's change data feed. A start version or timestamp, and an end; both ends
/// belong to it. Without a start, from version 0; without an end, up to the version that is current
/// when the feed is opened.
struct CdfOptions {
  std::optional<std::int64_t> starting_version = std::nullopt;
  std::optional<std::int64_t> ending_version = std::nullopt;
  std::optional<std::string> starting_timestamp = std::nullopt;  ///< RFC 3339.
  std::optional<std::string> ending_timestamp = std::nullopt;
  /// A range beyond the table's versions is empty instead of an error.
  bool allow_out_of_range = false;
  /// These columns alone; all when empty.
  std::vector<std::string> columns = {};
  /// The rows for which this holds; it may use any column of the feed.
  std::optional<Expr> predicate = std::nullopt;
};

/// The change feed of a table. The table's `version` or `timestamp` decides the schema, and the end
/// when the options have none.
struct DeltaCdfRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  std::optional<std::int64_t> version = std::nullopt;
  std::optional<std::string> timestamp = std::nullopt;
  CdfOptions options = {};
  std::optional<FeatureGate> gate = std::nullopt;
};

/// Opens the change feed: the table's columns, `_change_type` (`insert`, `delete`,
/// `update_preimage`, `update_postimage`), `_commit_version`, `_commit_timestamp`.
/// Errors: Unsupported (the feed was not on; a table with column mapping; a version that adds or
/// removes a whole file with a deletion vector, or changes one of several row groups by it),
/// NotFound (a version out of range), and those of `provider_from_session`.
ProviderBundle cdf_provider(const Session& session, const DeltaCdfRequest& request,
                            const Interrupt& interrupt = {});

}  // namespace alluvium::delta
