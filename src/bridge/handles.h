#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/udf/function_set.h"

/// The engines, as the rest of the library sees them: opaque handles and plain functions. This
/// header is free of the bridge's own types; `src/bridge/*.cc` alone knows those. Options travel as
/// JSON documents (the Rust side refuses unknown keys), data through the Arrow C interfaces. Every
/// function throws `Error`, and every function that takes an `Interrupt` may run long.
namespace alluvium::bridge {

class Frame;
class Session;
class Provider;
class TableCall;
using FramePtr = std::shared_ptr<const Frame>;
using SessionPtr = std::shared_ptr<const Session>;
using ProviderPtr = std::shared_ptr<const Provider>;
using TableCallPtr = std::shared_ptr<const TableCall>;

// --- frame -------------------------------------------------------------------------------------

/// Applies an operation to one frame. `operation` is `{"op": {...}, "nodes": [...]}`.
FramePtr transform(const Frame& frame, const std::string& operation);
/// Applies an operation to two frames of one session.
FramePtr combine(const Frame& left, const Frame& right, const std::string& operation);
void schema(const Frame& frame, ArrowSchema* out);
/// Starts the plan; batches come as they are pulled. Dropping the stream stops the plan.
void stream(const Frame& frame, const Interrupt& interrupt, ArrowArrayStream* out);
std::uint64_t count(const Frame& frame, const Interrupt& interrupt);
std::string to_text(const Frame& frame, const Interrupt& interrupt);
/// The logical plan as text, with the Delta tables that it reads and their versions: equal for
/// equal plans.
std::string plan_text(const Frame& frame);
/// The names of the functions that the plan calls, ordered.
std::vector<std::string> plan_functions(const Frame& frame);
FramePtr stage(const Frame& frame, std::uint64_t memory_bytes, const Interrupt& interrupt);
std::uint64_t write_parquet(const Frame& frame, const std::string& path,
                            const Interrupt& interrupt);

// --- session -----------------------------------------------------------------------------------

SessionPtr open_session(const std::string& profile_json, const FunctionSet& functions);
/// The table function that a call is of, the types of its arguments (one for each parameter, as
/// they are given), and their values as columns of one row, converted to the types of `wanted`.
std::string table_call_function(const TableCall& call);
Schema table_call_types(const TableCall& call);
RecordBatch table_call_row(const TableCall& call, const Schema& wanted);
/// The calls of table functions of one statement whose frames are known.
class ResolvedCalls {
 public:
  ResolvedCalls();
  ~ResolvedCalls();
  ResolvedCalls(const ResolvedCalls&) = delete;
  ResolvedCalls& operator=(const ResolvedCalls&) = delete;
  void add(const TableCall& call, const Frame& frame);

  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};
/// A planned statement: a frame to run; or, when `change` is not empty, a change of a Delta table
/// and the rows that it takes; or, when `call` is not null, a call of a table function that has to
/// be resolved before the statement can be planned. `change` is `{"table", "table_uri",
/// "storage_options", "pinned": n|null, "change": {name: body}}`, its bodies those of the
/// operations of `delta_change`, or
/// `{"insert": {"overwrite": b}}`.
struct PlannedStatement {
  FramePtr frame;
  std::string change;
  TableCallPtr call;
  /// It made, replaced or dropped a macro.
  bool changed_functions = false;
};
/// `parameters` is `{"nodes": [...], "values": {"name": node}}`; `permissions` is
/// `{"ddl": b, "dml": b, "statements": b}`, policy and options already combined. Throws
/// InvalidArgument when one of `calls` has a frame of another session.
PlannedStatement sql(const Session& session, std::string_view query, const std::string& permissions,
                     const std::string& parameters, ResolvedCalls& calls,
                     const Interrupt& interrupt);
FramePtr table(const Session& session, std::string_view name);
bool has_table(const Session& session, std::string_view name);
FramePtr read(const Session& session, const Provider& provider);
/// Reads `stream`, which is taken over, to its end.
FramePtr read_stream(const Session& session, ArrowArrayStream* stream);
/// The rows of an Arrow IPC stream.
FramePtr read_ipc(const Session& session, std::span<const std::byte> bytes);
/// What a cache of the engine holds now: `list_files`, `metadata` or `statistics`.
FramePtr cache_entries(const Session& session, std::string_view cache);
/// The declared constraints of all tables of the catalog, as they are now.
FramePtr constraints(const Session& session, const Interrupt& interrupt);
struct MemoryUse {
  std::uint64_t reserved;
  std::uint64_t peak;
};
MemoryUse memory(const Session& session);
void shutdown(std::uint64_t patience_ms);
/// Of the engines that are linked in; static text.
std::string_view datafusion_version();
std::string_view delta_rs_version();
/// Panics on an engine thread: for the tests of what becomes of a panic.
void provoke_panic();

// --- catalog -----------------------------------------------------------------------------------

/// Takes over the streams in `partitions`, each one partition of record batches of one schema,
/// reads them to the end and registers the batches.
void register_batches(const Session& session, std::string_view name,
                      std::vector<ArrowArrayStream>& partitions);
/// Takes over `stream`.
void register_stream(const Session& session, std::string_view name, ArrowArrayStream* stream);
/// `format` is parquet, csv, json or arrow.
void register_listing(const Session& session, std::string_view name, const std::string& location,
                      std::string_view format);
void register_provider(const Session& session, std::string_view name, const Provider& provider);
/// A provider of what the plan of `frame` gives.
ProviderPtr view(const Frame& frame);
void register_view(const Session& session, std::string_view name, const Frame& frame);
void create_schema(const Session& session, std::string_view name);
void deregister(const Session& session, std::string_view name);

// --- delta -------------------------------------------------------------------------------------

/// An opened table: its provider (null when only metadata was asked for) and a JSON document of
/// its metadata `{"table_uri", "version", "table_id", "name", "description", "partition_columns",
/// "configuration", "min_reader_version", "min_writer_version", "reader_features",
/// "writer_features"}`; its Arrow schema in `schema`.
struct OpenedTable {
  ProviderPtr provider;
  std::string metadata;
};
/// `request` is `{"table_uri", "storage_options", "version", "timestamp", "scan": {...},
/// "gate": {...}, "metadata_only": b}`.
OpenedTable delta_open(const Session& session, const std::string& request,
                       const Interrupt& interrupt, ArrowSchema* schema);
bool delta_is_table(const Session& session, const std::string& request);
/// Puts the latest version of the registered Delta table `name` in its place.
void delta_refresh(const Session& session, std::string_view name, const Interrupt& interrupt);
/// Where a table stands: `{"exists": b, "version": n, "applied_at": n|null, "configuration":
/// {...}}`, after what other writers committed was found sound.
std::string delta_state(const Session& session, const std::string& request,
                        const Interrupt& interrupt);
/// One attempt at a change, planned on version `read_version` (-1: the table must not exist yet).
/// `source` gives the rows of a write or merge, null without; `schema` (taken over) the columns of
/// what creates some. Returns a commit document `{"version": n|null, "read_version", "operation",
/// "metrics": {...}, "files": [...]}`. Throws CommitConflict when another version came first, with
/// nothing visible written.
std::string delta_change(const Session& session, const std::string& request, const Frame* source,
                         ArrowSchema* schema, const Interrupt& interrupt);
/// The latest commits, newest first, as a JSON array of the log's `commitInfo` with `version`.
std::string delta_history(const Session& session, const std::string& request, std::size_t limit,
                          const Interrupt& interrupt);
/// The data files of a version.
FramePtr delta_files(const Session& session, const std::string& request,
                     const Interrupt& interrupt);
/// How many files the scans of Delta tables in the plan of `frame` read: a JSON array of
/// `{"table_uri", "version", "files_total", "files_of_partitions", "files_kept", "filters":
/// [...]}`.
std::string delta_pruning(const Frame& frame, const Interrupt& interrupt);
/// Throws Corruption when another writer's commit after the last of ours is unsound.
void delta_verify(const Session& session, const std::string& request, const Interrupt& interrupt);
/// Removes what only versions before that of `request` (an open document) need, or only counts it:
/// `{"first_version", "version", "data", "changes", "log"}`, the latter `{"files", "bytes"}`.
std::string delta_truncate(const Session& session, const std::string& request, bool dry_run,
                           const Interrupt& interrupt);
/// For tests: arms a fault `{"step": n, "kind": "error" | "error_after" | "torn" | "hang" | "kill"
/// | "kill_after"}`, or none when empty. Returns the steps that were seen since the last call.
std::uint64_t delta_arm_fault(const std::string& document);
/// The lowest version of the Delta table `table_uri` that the plan of `frame` reads; -1 when it
/// does not read it.
std::int64_t read_version(const Frame& frame, const std::string& table_uri);
/// Whether the plan of `frame` reads a source that can be read only once.
bool reads_once(const Frame& frame);
/// The version that carries the commit of `operation_id`, looked for after `after_version`; -1 when
/// the log has none.
std::int64_t delta_find_commit(const Session& session, const std::string& request,
                               const std::string& operation_id, std::int64_t after_version,
                               const Interrupt& interrupt);

}  // namespace alluvium::bridge
