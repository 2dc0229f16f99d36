#pragma once

#include <string>

#include "alluvium/delta/provider.h"

namespace alluvium::delta {

/// Refuses to change a table on S3 whose options give up what makes a commit exclusive.
/// Errors: PolicyViolation, naming the option and the ways out; InvalidArgument (a locking provider
/// that there isn't).
void check_commit_lock(const std::string& table_uri, const StorageOptions& storage_options);

}  // namespace alluvium::delta
