#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/commit.h"

/// Changes of a table's metadata. Each is one commit that writes no data file, and gives the errors
/// of every change.
namespace alluvium::delta {

/// Adds CHECK constraints by name. Errors: ConstraintViolation when rows that are there break one.
CommitReport add_constraints(const Session& session, const TableRequest& table,
                             const std::map<std::string, Condition>& constraints,
                             const Interrupt& interrupt = {});

/// Errors: NotFound for an unknown name.
CommitReport drop_constraint(const Session& session, const TableRequest& table,
                             const std::string& name, const Interrupt& interrupt = {});

/// Adds nullable columns at the end.
CommitReport add_columns(const Session& session, const TableRequest& table, const Schema& columns,
                         const Interrupt& interrupt = {});

/// Lets a column have nulls.
CommitReport drop_not_null(const Session& session, const TableRequest& table,
                           const std::string& column, const Interrupt& interrupt = {});

/// Errors: InvalidArgument for a value that Delta doesn't know; Unsupported for one that needs a
/// table feature that the table lacks.
CommitReport set_properties(const Session& session, const TableRequest& table,
                            const std::map<std::string, std::string>& properties,
                            const Interrupt& interrupt = {});

struct FeatureRequest {
  /// By the protocol's names: `changeDataFeed`, `deletionVectors`, ...
  std::vector<std::string> features;
  /// Allows the higher protocol version that a feature needs: older readers or writers are then
  /// shut out for good.
  bool raise_protocol = false;
};
/// Where versions give way to features, all that the versions stood for are added too.
CommitReport add_features(const Session& session, const TableRequest& table,
                          const FeatureRequest& request, const Interrupt& interrupt = {});

/// Merges `metadata` into a column's, such as `comment`.
CommitReport set_field_metadata(const Session& session, const TableRequest& table,
                                const std::string& column,
                                const std::map<std::string, std::string>& metadata,
                                const Interrupt& interrupt = {});

struct TableMetadata {
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> description = std::nullopt;
};
CommitReport set_table_metadata(const Session& session, const TableRequest& table,
                                const TableMetadata& metadata, const Interrupt& interrupt = {});

}  // namespace alluvium::delta
