#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How Delta tables are written, changed, kept and reached: values of a profile, which a call can
/// override one by one. Thread-safety: plain values.
namespace alluvium::delta {

/// Options of an object store, as delta-rs names them (`aws_region`, `azure_storage_account_key`,
/// ...). Their values are never printed but for those that can't be secrets.
using StorageOptions = std::map<std::string, std::string>;

/// The value of a store's option as it may be shown: `***` unless `key` is known to hold no secret
/// (regions, endpoints, sizes, times, switches).
std::string printable_option(std::string_view key, std::string_view value);

/// How data files are encoded. What is not set is as Parquet's writer has it.
struct WriterPolicy {
  /// `snappy` (the default), `zstd`, `gzip`, `brotli`, `lz4_raw` or `uncompressed`.
  std::optional<std::string> compression = std::nullopt;
  std::optional<int> compression_level = std::nullopt;
  /// Rows of a row group at most.
  std::optional<std::uint64_t> max_row_group_rows = std::nullopt;
  /// Rows that are encoded at a time; a data file may end after each time, so wide rows need fewer
  /// for files of about the target size. 1024 when not set. Of writes alone.
  std::optional<std::uint64_t> rows_at_a_time = std::nullopt;
  /// Columns with a Bloom filter, by dotted name, and its share of false positives.
  std::vector<std::string> bloom_filter_columns = {};
  std::optional<double> bloom_filter_fpp = std::nullopt;
  /// Columns that are (true) or aren't (false) dictionary-encoded.
  std::map<std::string, bool> dictionary = {};
  /// Encodings of columns by Parquet's names, such as `DELTA_BINARY_PACKED`; such a column must
  /// have its dictionary off.
  std::map<std::string, std::string> encodings = {};
  /// Columns without statistics in the files' footers.
  std::vector<std::string> without_statistics = {};

  /// This policy where it says something, else `defaults`.
  [[nodiscard]] WriterPolicy over(const WriterPolicy& defaults) const;
};

/// How a write may change the table's schema. A table with column mapping can't be changed.
enum class SchemaMode {
  Strict,     ///< Not at all.
  Merge,      ///< New columns are added.
  Overwrite,  ///< It is replaced (with `SaveMode::Overwrite`).
};

/// How a table's columns are found in its data files (table property `delta.columnMapping.mode`).
/// Columns of a mapped table have physical names and ids of their own. A table gets its mode when
/// it is made: none can be turned on later. Mapped tables can be appended to, overwritten, merged
/// into, updated and deleted from; they can't be optimized, given columns, or asked for their
/// change feed.
enum class ColumnMapping {
  None,  ///< By their names.
  Name,  ///< By physical names.
  Id,    ///< By Parquet field ids.
};

/// The mode as the table property has it: `none`, `name` or `id`.
std::string_view to_string(ColumnMapping mapping);
/// The mode spelled `name`. Errors: InvalidArgument.
ColumnMapping column_mapping_from_name(std::string_view name);

/// Of data files that are written.
struct WritePolicy {
  WriterPolicy writer = {};
  /// Bytes of a data file; the table's property or 100 MiB when not set.
  std::optional<std::uint64_t> target_file_size = std::nullopt;
};

/// Of changes.
struct MutationPolicy {
  /// How often a commit that lost against another writer is tried.
  int max_attempts = 8;
  /// Rows are only added: what would change or remove some is refused.
  bool append_only = false;
  /// Lets tables of a lake be changed, whose rows belong to its runs.
  bool allow_managed_tables = false;
};

/// Of tables' schemas.
struct SchemaPolicy {
  SchemaMode mode = SchemaMode::Strict;
  /// Of new tables.
  ColumnMapping column_mapping = ColumnMapping::None;
};

/// What follows a commit by itself; nothing unless set. A failure of it is reported and leaves the
/// commit as it is.
struct MaintenancePolicy {
  /// A checkpoint after each so many versions of the table.
  std::optional<std::int64_t> checkpoint_after_commits = std::nullopt;
  /// An optimize after each so many versions.
  std::optional<std::int64_t> compact_after_commits = std::nullopt;
  /// An optimize when the table has so many small files.
  std::optional<std::int64_t> compact_after_small_files = std::nullopt;
  /// Bytes below which a file is small.
  std::int64_t small_file_size = std::int64_t{16} << 20;
};

/// Of the object stores. delta-rs keeps data and log of a table in one store, so both sets of
/// options reach it; those of the log (its lock table, say) come over those of the data, and those
/// of a call over both.
struct StorePolicy {
  StorageOptions options = {};
  StorageOptions log_options = {};
};

struct Policies {
  WritePolicy write = {};
  MutationPolicy mutation = {};
  SchemaPolicy schema = {};
  MaintenancePolicy maintenance = {};
  StorePolicy store = {};
};

}  // namespace alluvium::delta
