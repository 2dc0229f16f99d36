#pragma once

#include <string>

#include "alluvium/delta/cdf.h"
#include "alluvium/delta/commit.h"

namespace alluvium::delta {

/// The document by which a table is opened or asked about.
std::string open_document(const ProviderRequest& request, bool metadata_only);

/// The document by which a change feed is opened.
std::string feed_document(const DeltaCdfRequest& request);

/// The document that asks where a table stands, whether it has a transaction, and whether what
/// other writers committed is sound.
std::string state_document(const std::string& table_uri, const StorageOptions& storage_options,
                           const std::optional<ApplicationTransaction>& transaction = std::nullopt,
                           bool verify = false);

}  // namespace alluvium::delta
