#include "alluvium/delta/alter.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/delta/provider.h"
#include "delta/commit_protocol_internal.h"
#include "delta/property_check_internal.h"
#include "delta/type_check_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

CommitReport alter(const Session& session, const TableRequest& table, const Plan& plan,
                   const Interrupt& interrupt) {
  const Target target{.table_uri = table.table_uri,
                      .storage_options = table.storage_options,
                      .commit = table.commit,
                      .effect = Effect::KeepsRows};
  return commit_change(session, target, [&](const TableState&) { return plan; }, interrupt);
}

}  // namespace

CommitReport add_constraints(const Session& session, const TableRequest& table,
                             const std::map<std::string, Condition>& constraints,
                             const Interrupt& interrupt) {
  if (constraints.empty()) refuse("no constraint was given");
  ConditionEncoder conditions;
  json body = json::object();
  for (const auto& [name, check] : constraints) body[name] = conditions.add(check);
  return alter(session, table,
               {.operation = {{"add_constraints", std::move(body)}}, .nodes = conditions.nodes()},
               interrupt);
}

CommitReport drop_constraint(const Session& session, const TableRequest& table,
                             const std::string& name, const Interrupt& interrupt) {
  return alter(session, table,
               {.operation = {{"drop_constraint", {{"name", name}, {"if_exists", false}}}}},
               interrupt);
}

CommitReport add_columns(const Session& session, const TableRequest& table, const Schema& columns,
                         const Interrupt& interrupt) {
  if (columns.fields.empty()) refuse("no column was given");
  for (const Field& field : columns.fields) {
    if (!field.nullable) {
      refuse("column `" + field.name +
             "` can't be NOT NULL: the rows that are there have no value");
    }
  }
  check_types(columns);
  return alter(session, table,
               {.operation = {{"add_columns", json::object()}}, .schema = storable(columns)},
               interrupt);
}

CommitReport drop_not_null(const Session& session, const TableRequest& table,
                           const std::string& column, const Interrupt& interrupt) {
  return alter(session, table, {.operation = {{"drop_not_null", {{"column", column}}}}}, interrupt);
}

CommitReport set_properties(const Session& session, const TableRequest& table,
                            const std::map<std::string, std::string>& properties,
                            const Interrupt& interrupt) {
  if (properties.empty()) refuse("no property was given");
  check_properties(properties);
  check_features(properties, snapshot(session, {.table_uri = table.table_uri,
                                                .storage_options = table.storage_options})
                                 .writer_features);
  return alter(session, table, {.operation = {{"set_properties", json(properties)}}}, interrupt);
}

CommitReport add_features(const Session& session, const TableRequest& table,
                          const FeatureRequest& request, const Interrupt& interrupt) {
  if (request.features.empty()) refuse("no feature was given");
  return alter(
      session, table,
      {.operation = {{"add_features",
                      {{"names", request.features}, {"raise_protocol", request.raise_protocol}}}}},
      interrupt);
}

CommitReport set_field_metadata(const Session& session, const TableRequest& table,
                                const std::string& column,
                                const std::map<std::string, std::string>& metadata,
                                const Interrupt& interrupt) {
  return alter(
      session, table,
      {.operation = {{"set_field_metadata", {{"column", column}, {"metadata", json(metadata)}}}}},
      interrupt);
}

CommitReport set_table_metadata(const Session& session, const TableRequest& table,
                                const TableMetadata& metadata, const Interrupt& interrupt) {
  if (!metadata.name && !metadata.description) refuse("neither a name nor a description was given");
  const auto or_null = [](const auto& text) { return text ? json(*text) : json(nullptr); };
  return alter(session, table,
               {.operation = {{"set_table_metadata",
                               {{"name", or_null(metadata.name)},
                                {"description", or_null(metadata.description)}}}}},
               interrupt);
}

}  // namespace alluvium::delta
