#pragma once

#include <map>
#include <string>

#include "alluvium/delta/provider.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// A lake table as it is created.
struct TableDeclaration {
  std::string name;
  std::string description;
  /// Column comments are in the fields' metadata, under `comment`.
  Schema schema;
  bool change_data_feed = false;
  /// The column in whose order rows lie, and the only one with statistics: those of the others
  /// would rule out no data file, and be most of the log. Empty for statistics of all.
  std::string ordered_by = {};
  /// The column that alone tells rows apart, or empty.
  std::string id = {};
};

/// A column of a declaration.
Field table_column(std::string name, DataType type, std::string comment, bool nullable = true);

/// Creates the table, partitioned by `repo` and marked as the lake's own, where it isn't there yet.
/// Returns whether this call created it. Errors: as `delta::create`.
bool create_if_missing(const Session& session, const LakeLayout& lake,
                       const TableDeclaration& table, const Interrupt& interrupt);

/// How a lake's own runs change its tables: runs of other repositories may commit to the same ones.
delta::MutationPolicy of_lake();

/// Fails with Unsupported when a table is of a newer format than this program knows, and with
/// InvalidArgument when it is no lake table at all.
void check_format(const delta::Snapshot& snapshot);

}  // namespace alluvium::code
