#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/commit.h"

namespace alluvium::delta {

struct UpdateRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// Which rows; all without one.
  std::optional<Condition> where = std::nullopt;
  std::vector<Assignment> set;
  /// A value that doesn't fit its column becomes null instead of failing.
  bool safe_cast = false;
  WriterPolicy writer = {};
  CommitOptions commit = {};
};

/// Changes rows in place, in one commit; none when no row matches. Generated columns follow those
/// that are set. Errors: those of every change.
CommitReport update(const Session& session, const UpdateRequest& request,
                    const Interrupt& interrupt = {});

struct DeleteRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// Which rows; all without one.
  std::optional<Condition> where = std::nullopt;
  WriterPolicy writer = {};
  CommitOptions commit = {};
};

/// Deletes rows, in one commit; none when no row matches. Errors: those of every change.
CommitReport delete_rows(const Session& session, const DeleteRequest& request,
                         const Interrupt& interrupt = {});

}  // namespace alluvium::delta
