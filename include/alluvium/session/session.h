#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/table_provider.h"
#include "alluvium/session/runtime_profile.h"
#include "alluvium/session/sql_options.h"

namespace alluvium {

namespace bridge {
class Session;
}

/// A governed session: a catalog of tables, the functions of its profile, and its caps. Made by
/// `RuntimeProfile::open_session`.
///
/// Thread-safety: all members may be called from many threads. Copies share one session.
class Session {
 public:
  struct State;
  explicit Session(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  /// Plans one SQL statement under the profile's policy and `options`, both of which must allow it.
  /// DDL and statements such as SET take effect here; queries run when the frame is run. Table
  /// functions of the profile are called here, on this thread, within the profile's query timeout.
  /// Errors: InvalidQuery (also for several statements in one text), PolicyViolation.
  [[nodiscard]] DataFrame sql(std::string_view query, const SqlOptions& options,
                              const SqlParameters& parameters = {},
                              const Interrupt& interrupt = {}) const;
  [[nodiscard]] DataFrame sql(std::string_view query, const SqlParameters& parameters = {},
                              const Interrupt& interrupt = {}) const;

  /// The registered table `name` (`table`, `schema.table` or `catalog.schema.table`, never
  /// normalised). Errors: NotFound.
  [[nodiscard]] DataFrame table(std::string_view name) const;
  [[nodiscard]] bool has_table(std::string_view name) const;
  /// A frame over `provider` without registering it.
  [[nodiscard]] DataFrame read(const TableProvider& provider) const;

  /// A frame over `rows`, which are read to their end and kept in memory.
  [[nodiscard]] DataFrame read(RecordBatchReader rows) const;
  /// A frame over the rows of an Arrow IPC stream, which are kept in memory; compressed bodies too.
  /// Errors: InvalidArgument for bytes that are none.
  [[nodiscard]] DataFrame read_ipc(std::span<const std::byte> bytes) const;

  /// The profile as it was opened: its functions are without those of plug-ins.
  [[nodiscard]] const RuntimeProfile& profile() const;
  /// All native functions of the session: the profile's, then those of its plug-ins.
  [[nodiscard]] const FunctionSet& functions() const;
  /// The plug-ins that were loaded, in the profile's order, each with its functions.
  [[nodiscard]] const std::vector<Plugin>& plugins() const;
  /// Bytes that running queries hold now, and the most they ever held.
  struct Memory {
    std::uint64_t reserved;
    std::uint64_t peak;
  };
  [[nodiscard]] Memory memory() const;

  [[nodiscard]] const std::shared_ptr<const State>& state() const { return state_; }

 private:
  std::shared_ptr<const State> state_;
};

/// Stops the engine's threads, for programs that unload the library or check for leaks. Running
/// calls are cancelled; later calls fail with Cancelled. Idempotent.
void shutdown(std::chrono::milliseconds patience = std::chrono::seconds(5));

}  // namespace alluvium
