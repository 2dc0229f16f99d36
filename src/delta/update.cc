#include "alluvium/delta/update.h"

#include <nlohmann/json.hpp>

#include "delta/commit_protocol_internal.h"
#include "delta/table_policy_internal.h"

namespace alluvium::delta {

CommitReport update(const Session& session, const UpdateRequest& request,
                    const Interrupt& interrupt) {
  if (request.set.empty()) refuse("an update sets no column");
  const Target target{.table_uri = request.table_uri,
                      .storage_options = request.storage_options,
                      .commit = request.commit,
                      .effect = Effect::ChangesRows};
  return commit_change(
      session, target,
      [&](const TableState& state) {
        check_assigned_columns(session, request.table_uri, request.storage_options, state,
                               request.set);
        ConditionEncoder conditions;
        nlohmann::json body = {{"predicate", conditions.add(request.where)},
                               {"set", conditions.add(request.set)},
                               {"safe_cast", request.safe_cast},
                               {"writer", writer_to_json(writer_of(session, request.writer))}};
        return Plan{.operation = {{"update", std::move(body)}}, .nodes = conditions.nodes()};
      },
      interrupt);
}

CommitReport delete_rows(const Session& session, const DeleteRequest& request,
                         const Interrupt& interrupt) {
  const Target target{.table_uri = request.table_uri,
                      .storage_options = request.storage_options,
                      .commit = request.commit,
                      .effect = Effect::ChangesRows};
  return commit_change(
      session, target,
      [&](const TableState&) {
        ConditionEncoder conditions;
        nlohmann::json body = {{"predicate", conditions.add(request.where)},
                               {"writer", writer_to_json(writer_of(session, request.writer))}};
        return Plan{.operation = {{"delete", std::move(body)}}, .nodes = conditions.nodes()};
      },
      interrupt);
}

}  // namespace alluvium::delta
