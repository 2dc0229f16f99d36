#pragma once

#include <string>

#include "alluvium/delta/provider.h"

namespace alluvium::delta {

/// The document by which a table is opened or asked about.
std::string open_document(const ProviderRequest& request, bool metadata_only);

/// The document that asks where a table stands, for the transactions of `app_id` if it is given.
std::string state_document(const std::string& table_uri, const StorageOptions& storage_options,
                           const std::optional<std::string>& app_id = std::nullopt);

}  // namespace alluvium::delta
