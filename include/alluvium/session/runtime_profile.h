#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/session/delta_policy.h"
#include "alluvium/session/sql_options.h"
#include "alluvium/udf/function_set.h"
#include "alluvium/udf/plugin_library.h"

namespace alluvium {

class Session;

/// How joins are planned.
enum class JoinPolicy {
  PreferSortMerge,  ///< Bounded: a sort-merge join can spill.
  PreferHash,       ///< Faster when the build side fits the memory limit; can't spill.
};

/// Everything that decides how a session plans, runs and is confined. The only way to make one.
///
/// An aggregate: set what differs from the defaults with designated initializers.
/// Thread-safety: a plain value.
struct RuntimeProfile {
  bool enable_information_schema = true;
  /// Lower-cases unquoted SQL identifiers. Off: Delta's columns are case-sensitive.
  bool enable_ident_normalization = false;
  /// Lets SQL name files as tables (`FROM 'a.parquet'`), within the allowed roots.
  bool enable_url_table = false;
  /// Tables that SQL creates or writes must be Delta tables.
  bool require_delta = false;
  /// Reads strings as Arrow view types, which saves copies.
  bool enable_view_types = true;
  bool enable_dynamic_filters = true;
  std::string time_zone = "+00:00";
  /// Parallelism of a plan; 0 is one for each processor.
  std::size_t target_partitions = 0;
  /// Rows in a batch.
  std::size_t batch_size = 8192;
  JoinPolicy join_policy = JoinPolicy::PreferHash;

  /// Bytes that the operators of all queries of the session may hold; 0 is half of the machine's.
  std::uint64_t memory_limit = 0;
  /// Where operators spill; empty is a folder of the system's temporary folder, made and removed
  /// with the session.
  std::filesystem::path spill_folder = {};
  /// Bytes that may be spilled at one time.
  std::uint64_t spill_limit = std::uint64_t{100} << 30;
  /// The longest that one query may run; zero is no limit.
  std::chrono::milliseconds query_timeout{0};
  /// The longest SQL text, in bytes.
  std::size_t max_sql_bytes = 1 << 20;

  /// Folders (or object store URLs) that the session may touch. Nothing else can be read or
  /// written, whatever SQL or a path says. Empty allows everything: for trusted programs only.
  std::vector<std::string> allowed_roots = {};
  /// Confines to `allowed_roots` even when that is empty: then nothing outside of memory is
  /// reachable.
  bool confine = false;

  SqlPolicy sql_policy = SqlPolicy::ReadOnly;
  std::string default_catalog = "alluvium";
  std::string default_schema = "main";
  /// Native functions beside the engine's own.
  FunctionSet functions = {};
  /// The hash of the snapshot that `functions` must have (`snapshot(functions).hash`), checked
  /// before a session opens; empty takes any.
  std::string function_snapshot = {};
  /// How Delta tables are written, changed, kept and reached.
  delta::Policies delta_policies = {};
  /// Further engine settings by their `datafusion.` names. Errors at `open_session`.
  std::map<std::string, std::string> settings = {};
  /// The folder of `plugins`. A plug-in is native code: it can do all that the process can,
  /// whatever the profile allows SQL.
  std::filesystem::path plugin_folder = {};
  /// Shared libraries whose functions are added to `functions`; see `docs/plugins.md`.
  std::vector<PluginPin> plugins = {};

  /// For SQL that came from outside: read-only, confined to `roots`, at most `memory_limit` bytes
  /// and `query_timeout`.
  static RuntimeProfile untrusted(std::vector<std::string> roots, std::uint64_t memory_limit,
                                  std::chrono::milliseconds query_timeout);
  /// For a program's own pipelines: everything allowed.
  static RuntimeProfile trusted();
  /// Reads a profile from a TOML file whose keys are the field names above; policies go by the
  /// names `read_only`, `write`, `admin` and `prefer_hash`, `prefer_sort_merge`, `query_timeout` in
  /// milliseconds, `settings` as a table of strings, `delta_policies` as tables `[delta.write]`,
  /// `[delta.mutation]`, `[delta.schema]`, `[delta.maintenance]` and `[delta.store]`, `plugins` as
  /// tables `[[plugins]]` of `name` and `hash`. `functions` can't be given. Errors: NotFound,
  /// InvalidArgument (names the key and the line).
  static RuntimeProfile load(const std::filesystem::path& toml);

  /// Opens a session. Errors: InvalidArgument for a field that can't be used, naming it; those of
  /// `load_plugins`.
  [[nodiscard]] Session open_session() const;

  /// The profile as TOML, in a fixed order; `load` reads it back, but for the values of store
  /// options that may be secrets, which are `***`.
  [[nodiscard]] std::string to_string() const;
  /// 32 hex digits that are equal for equal profiles (by fields, function signatures and the names
  /// of secrets).
  [[nodiscard]] std::string hash() const;
};

}  // namespace alluvium
