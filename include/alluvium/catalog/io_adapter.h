#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/session/session.h"

namespace alluvium {

/// A file format that folders of files can be read as.
enum class FileFormat { Parquet, Csv, Json, Arrow };

/// What was registered, as the adapter recorded it.
struct Registration {
  std::string name;
  /// `record_batches`, `stream`, `listing`, `delta`, `delta_cdf`, `view` or `schema`.
  std::string kind;
  std::string location;  ///< Path or URL; empty for data in memory.
  /// Of the catalog right after (see `CatalogSnapshot`); empty when the profile has
  /// `enable_information_schema` off, or the adapter takes none.
  std::string snapshot_hash;
};

/// The one way to make a table known to a session. Names are `table`, `schema.table` or
/// `catalog.schema.table`; a name that is taken gives AlreadyExists.
///
/// Thread-safety: one thread at a time; several adapters of one session may work at once.
class IoAdapter {
 public:
  explicit IoAdapter(Session session);
  /// One that takes no snapshots of the catalog. Each reads the whole of it, so that they take most
  /// of the time where many tables are registered.
  static IoAdapter without_snapshots(Session session);

  /// One partition for each element of `partitions`: the engine reads them side by side.
  void register_record_batches(std::string_view name, Schema schema,
                               std::vector<std::vector<RecordBatch>> partitions);
  void register_record_batches(std::string_view name, std::vector<RecordBatch> batches);
  /// A table that can be read once; a second read fails with InvalidQuery.
  void register_stream(std::string_view name, RecordBatchReader reader);
  /// The files at `location`: a file, or a folder and what lies below.
  void register_listing(std::string_view name, const std::string& location, FileFormat format);
  void register_delta_table_provider(std::string_view name, const TableProvider& provider);
  void register_delta_cdf_provider(std::string_view name, const TableProvider& provider);
  void register_view(std::string_view name, const DataFrame& frame);
  void create_schema(std::string_view name);
  /// Errors: NotFound.
  void deregister(std::string_view name);

  /// All that this adapter registered, oldest first.
  [[nodiscard]] const std::vector<Registration>& registrations() const { return registrations_; }

 private:
  void record(std::string_view name, std::string kind, std::string location);
  Session session_;
  bool takes_snapshots_ = true;
  std::vector<Registration> registrations_;
};

}  // namespace alluvium
