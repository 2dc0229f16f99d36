#include "alluvium/delta/merge.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/error.h"
#include "delta/commit_protocol_internal.h"
#include "delta/table_policy_internal.h"
#include "delta/type_check_internal.h"
#include "delta/write_source_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;
using When = Merge::Clause::When;

const char* name_of(When when) {
  switch (when) {
    case When::MatchedUpdate:
      return "matched_update";
    case When::MatchedDelete:
      return "matched_delete";
    case When::NotMatchedInsert:
      return "not_matched_insert";
    case When::NotMatchedBySourceUpdate:
      return "not_matched_by_source_update";
    case When::NotMatchedBySourceDelete:
      return "not_matched_by_source_delete";
  }
  return "matched_update";
}

bool deletes(When when) {
  return when == When::MatchedDelete || when == When::NotMatchedBySourceDelete;
}

bool only_inserts(const Merge& request) {
  return std::all_of(request.clauses.begin(), request.clauses.end(),
                     [](const auto& clause) { return clause.when == When::NotMatchedInsert; });
}

void check_request(const Merge& request) {
  if (request.clauses.empty()) refuse("a merge without a clause does nothing; add a when_...()");
  if (request.source_alias.empty() || request.target_alias.empty() ||
      request.source_alias == request.target_alias) {
    refuse("source_alias and target_alias must be two different names");
  }
  for (const Merge::Clause& clause : request.clauses) {
    if (deletes(clause.when) != clause.set.empty()) {
      refuse(std::string("a clause ") + name_of(clause.when) +
             (clause.set.empty() ? " must set a column" : " sets no column"));
    }
  }
}

void check_columns(const Session& session, const Merge& request, const DataFrame& source,
                   const TableState& state) {
  const Schema added = request.merge_schema ? source.schema() : Schema{};
  for (const Merge::Clause& clause : request.clauses) {
    check_assigned_columns(session, request.table_uri, request.storage_options, state, clause.set,
                           added);
  }
}

Plan plan_merge(const Merge& request, const WriterPolicy& writer, DataFrame frame) {
  ConditionEncoder conditions;
  json clauses = json::array();
  for (const Merge::Clause& clause : request.clauses) {
    clauses.push_back({{"when", name_of(clause.when)},
                       {"condition", conditions.add(clause.condition)},
                       {"set", conditions.add(clause.set)}});
  }
  json body = {{"predicate", conditions.add(request.on)}, {"source_alias", request.source_alias},
               {"target_alias", request.target_alias},    {"clauses", std::move(clauses)},
               {"merge_schema", request.merge_schema},    {"safe_cast", request.safe_cast},
               {"streaming", request.streaming},          {"writer", writer_to_json(writer)}};
  return {.operation = {{"merge", std::move(body)}},
          .nodes = conditions.nodes(),
          .source = std::move(frame)};
}

Merge& add(Merge& merge, When when, std::vector<Assignment> set,
           std::optional<Condition> condition) {
  merge.clauses.push_back({.when = when, .condition = std::move(condition), .set = std::move(set)});
  return merge;
}

}  // namespace

Merge& Merge::when_matched_update(std::vector<Assignment> set, std::optional<Condition> condition) {
  return add(*this, When::MatchedUpdate, std::move(set), std::move(condition));
}

Merge& Merge::when_matched_delete(std::optional<Condition> condition) {
  return add(*this, When::MatchedDelete, {}, std::move(condition));
}

Merge& Merge::when_not_matched_insert(std::vector<Assignment> set,
                                      std::optional<Condition> condition) {
  return add(*this, When::NotMatchedInsert, std::move(set), std::move(condition));
}

Merge& Merge::when_not_matched_by_source_update(std::vector<Assignment> set,
                                                std::optional<Condition> condition) {
  return add(*this, When::NotMatchedBySourceUpdate, std::move(set), std::move(condition));
}

Merge& Merge::when_not_matched_by_source_delete(std::optional<Condition> condition) {
  return add(*this, When::NotMatchedBySourceDelete, {}, std::move(condition));
}

CommitReport merge(const Session& session, const WriteSource& source, const Merge& request,
                   const Interrupt& interrupt) {
  check_request(request);
  const Target target{.table_uri = request.table_uri,
                      .storage_options = request.storage_options,
                      .commit = request.commit,
                      .effect = only_inserts(request) ? Effect::AddsRows : Effect::ChangesRows};
  return commit_change(
      session, target,
      [&](const TableState& state) {
        DataFrame frame = plan_source(source, session);
        check_types(frame.schema());
        check_current(source, frame, request.table_uri, state);
        check_columns(session, request, frame, state);
        return plan_merge(request, writer_of(session, request.writer), storable(frame));
      },
      [&](const Plan& plan, const Error& conflict) {
        check_replannable(source, plan, request.table_uri, conflict);
      },
      interrupt);
}

}  // namespace alluvium::delta
