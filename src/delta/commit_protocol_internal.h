#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "alluvium/delta/commit.h"
#include "alluvium/error.h"
#include "frame/expr_internal.h"

namespace alluvium::delta {

/// Where a table stands before an attempt.
struct TableState {
  bool exists = false;
  std::int64_t version = -1;
  std::map<std::string, std::string> configuration = {};
};

/// What a change needs of the table's place.
enum class Place {
  Table,           ///< A table must be there.
  TableOrNothing,  ///< A new table is made where none is.
  Nothing,         ///< No table may be there.
};

/// What a change does to the table's rows.
enum class Effect {
  AddsRows,
  ChangesRows,  ///< Also takes some away.
  Repairs,      ///< Brings rows back, or gives those up whose files are gone.
  KeepsRows,    ///< Maintenance, and the table's metadata.
  Nothing,      ///< Only says what it would do.
};

/// The table of a change, and what goes with its commit.
struct Target {
  const std::string& table_uri;
  const StorageOptions& storage_options;
  const CommitOptions& commit;
  Effect effect;
  Place place = Place::Table;
  /// A restore is the way out of an unsound log: it alone goes on without a look at it.
  bool verify = true;
};

/// One attempt, planned.
struct Plan {
  /// The operation as the engine's side reads it: `{name: body}`.
  nlohmann::json operation;
  /// What the operation's expressions refer to.
  nlohmann::json nodes = nlohmann::json::array();
  /// The rows of a write or merge.
  std::optional<DataFrame> source = std::nullopt;
  /// The columns of what creates some.
  Schema schema = {};
  /// The commit only adds files and depends on nothing in the table: it goes after others as it is.
  bool blind = false;
};

/// Makes a change: `plan` is called for each attempt, with where the table stands; `lost`, when
/// another writer was first, throws unless the change may be planned again.
CommitReport commit_change(const Session& session, const Target& target,
                           const std::function<Plan(const TableState&)>& plan,
                           const std::function<void(const Plan&, const Error&)>& lost,
                           const Interrupt& interrupt);

/// The same for changes that may always be planned again.
CommitReport commit_change(const Session& session, const Target& target,
                           const std::function<Plan(const TableState&)>& plan,
                           const Interrupt& interrupt);

/// Throws InvalidQuery when `set` names a column that neither the table nor `added` has: delta-rs
/// would drop such an assignment.
void check_assigned_columns(const Session& session, const std::string& table_uri,
                            const StorageOptions& storage_options, const TableState& state,
                            const std::vector<Assignment>& set, const Schema& added = {});

/// For tests: called in each attempt after the refresh, before the plan is carried out, where
/// another writer may come between. Not for use while several threads commit.
void set_interleaving(std::function<void(int attempt)> between);

/// Encodes an operation's expressions: SQL as it is, an `Expr` as the index of its node.
class ConditionEncoder {
 public:
  [[nodiscard]] nlohmann::json add(const Condition& condition);
  [[nodiscard]] nlohmann::json add(const std::optional<Condition>& condition);
  /// `[{"column", "value"}...]`.
  [[nodiscard]] nlohmann::json add(const std::vector<Assignment>& assignments);
  [[nodiscard]] const nlohmann::json& nodes() const { return encoder_.nodes(); }

 private:
  ExprEncoder encoder_;
};

/// The writer policy as the engine's side reads it.
nlohmann::json writer_to_json(const WriterPolicy& writer);

/// Throws InvalidArgument with `what`.
[[noreturn]] void refuse(std::string what);

}  // namespace alluvium::delta
