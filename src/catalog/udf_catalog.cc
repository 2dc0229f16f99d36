#include "alluvium/catalog/udf_catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "alluvium/catalog/introspection.h"
#include "alluvium/error.h"
#include "bridge/handles.h"

namespace alluvium {
namespace {

// A routine as information_schema tells of it.
struct Routine {
  std::set<std::string> kinds;  // SCALAR, AGGREGATE, WINDOW, TABLE
  std::string description;
  bool deterministic = false;
  std::vector<std::string> parameters;
};
using Routines = std::map<std::string, Routine>;

Routines routines_of(const Session& session) {
  Routines routines;
  const DataFrame rows = session.sql(
      "SELECT routine_name, function_type, is_deterministic, description "
      "FROM information_schema.routines");
  for (const RecordBatch& batch : rows.stream().read_all()) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      Routine& routine = routines[std::string(batch.column(0).bytes(row))];
      routine.kinds.emplace(batch.column(1).bytes(row));
      routine.deterministic = batch.column(2).int64(row) != 0;
      if (!batch.column(3).is_null(row)) routine.description = batch.column(3).bytes(row);
    }
  }
  const DataFrame parameters = session.sql(
      "SELECT DISTINCT specific_name, ordinal_position, parameter_name "
      "FROM information_schema.parameters WHERE parameter_mode = 'IN' "
      "AND parameter_name IS NOT NULL ORDER BY specific_name, ordinal_position, parameter_name");
  for (const RecordBatch& batch : parameters.stream().read_all()) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      routines[std::string(batch.column(0).bytes(row))].parameters.emplace_back(
          batch.column(2).bytes(row));
    }
  }
  return routines;
}

// The engine's own functions: those of a session that was given none.
const Routines& engine_routines() {
  static const Routines routines = routines_of(RuntimeProfile{}.open_session());
  return routines;
}

std::string kind_in_catalog(const FunctionEntry& entry) {
  std::string kind = entry.kind;
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  return kind;
}

void compare(const FunctionEntry& entry, const std::string& name, const Routines& found,
             std::vector<std::string>& lines) {
  const auto at = found.find(name);
  if (at == found.end()) {
    lines.push_back("- " + name);
    return;
  }
  if (entry.kind == "alias") return;
  const Routine& routine = at->second;
  const auto differ = [&](std::string_view what, std::string_view is, std::string_view wanted) {
    lines.push_back(fmt::format("~ {}: {} is {} instead of {}", name, what, is, wanted));
  };
  if (!routine.kinds.contains(kind_in_catalog(entry))) {
    differ("the kind", fmt::format("{}", fmt::join(routine.kinds, ", ")), kind_in_catalog(entry));
  }
  if (entry.kind == "table") return;  // the catalog tells no more of them
  if (routine.deterministic != (entry.volatility == "immutable")) {
    differ("is_deterministic", routine.deterministic ? "true" : "false", entry.volatility);
  }
  if (routine.description != entry.documentation.description) {
    differ("the description", routine.description, entry.documentation.description);
  }
  std::vector<std::string> names;
  for (const FunctionEntry::Argument& argument : entry.arguments) names.push_back(argument.name);
  if (routine.parameters != names) {
    differ("the list of parameters", fmt::format("({})", fmt::join(routine.parameters, ", ")),
           fmt::format("({})", fmt::join(names, ", ")));
  }
}

[[noreturn]] void refuse(std::string_view what, const std::vector<std::string>& lines) {
  throw Error(ErrorCode::SchemaMismatch, fmt::format("{}:\n{}", what, fmt::join(lines, "\n")));
}

}  // namespace

std::vector<std::string> UdfCatalog::drift(const Session& session) const {
  const Routines found = routines_of(session);
  std::vector<std::string> lines;
  std::set<std::string> wanted;
  for (const FunctionEntry& entry : wanted_.entries) {
    if (entry.kind == "operator") continue;
    compare(entry, entry.name, found, lines);
    wanted.insert(entry.name);
    for (const std::string& alias : entry.aliases) {
      compare(entry, alias, found, lines);
      wanted.insert(alias);
    }
  }
  for (const auto& [name, routine] : found) {
    if (!wanted.contains(name) && !engine_routines().contains(name)) lines.push_back("+ " + name);
  }
  return lines;
}

void UdfCatalog::validate(const Session& session) const {
  const std::vector<std::string> lines = drift(session);
  if (!lines.empty()) refuse("the session's functions are not those that it should have", lines);
}

std::vector<std::string> called_functions(const DataFrame& frame) {
  return bridge::plan_functions(*frame.handle());
}

void require_functions(const FunctionSnapshot& made_with, const Session& session,
                       const DataFrame& frame) {
  const FunctionSnapshot now = snapshot(session.profile().functions);
  FunctionSnapshot called;
  FunctionSnapshot known;
  for (const std::string& name : called_functions(frame)) {
    if (const FunctionEntry* entry = now.find(name)) called.entries.push_back(*entry);
    if (const FunctionEntry* entry = made_with.find(name)) known.entries.push_back(*entry);
  }
  const std::vector<std::string> lines = differences(called, known);
  if (!lines.empty()) {
    refuse("the plan calls functions that its snapshot doesn't have as they are", lines);
  }
}

}  // namespace alluvium
