#include "alluvium/delta/write.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/error.h"
#include "delta/commit_protocol_internal.h"
#include "delta/property_check_internal.h"
#include "delta/table_policy_internal.h"
#include "delta/type_check_internal.h"
#include "delta/write_source_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

// The request with what it leaves open as the profile has it.
WriteRequest by_policy(const Session& session, const WriteRequest& request) {
  const Policies& policies = session.profile().delta_policies;
  WriteRequest whole = request;
  if (!whole.schema_mode) {
    // A policy of replacing schemas is about the writes that replace rows.
    const bool keeps = request.mode == SaveMode::Append || request.replace_where;
    const bool fits = policies.schema.mode != SchemaMode::Overwrite || !keeps;
    whole.schema_mode = fits ? policies.schema.mode : SchemaMode::Strict;
  }
  whole.writer = writer_of(session, request.writer);
  if (!whole.target_file_size) whole.target_file_size = policies.write.target_file_size;
  whole.configuration = of_new_table(session, request.configuration, request.column_mapping);
  return whole;
}

void check_request(const WriteRequest& request) {
  check_properties(request.configuration);
  if (request.schema_mode == SchemaMode::Overwrite && request.mode == SaveMode::Append) {
    refuse("SchemaMode::Overwrite can't keep the old rows: it goes with SaveMode::Overwrite");
  }
  if (request.replace_where && request.mode != SaveMode::Overwrite) {
    refuse("replace_where replaces rows: it goes with SaveMode::Overwrite");
  }
  if (request.target_file_size && *request.target_file_size == 0) {
    refuse("target_file_size is zero");
  }
}

const char* mode_name(SaveMode mode) {
  // Where no table may be, there is nothing to overwrite.
  return mode == SaveMode::Overwrite ? "overwrite" : "append";
}

const char* schema_mode_name(SchemaMode mode) {
  switch (mode) {
    case SchemaMode::Strict:
      return "strict";
    case SchemaMode::Merge:
      return "merge";
    case SchemaMode::Overwrite:
      return "overwrite";
  }
  return "strict";
}

Plan plan_write(const WriteRequest& request, DataFrame frame) {
  ConditionEncoder conditions;
  json body = {{"mode", mode_name(request.mode)},
               {"schema_mode", schema_mode_name(request.schema_mode.value_or(SchemaMode::Strict))},
               {"replace_where", conditions.add(request.replace_where)},
               {"target_file_size",
                request.target_file_size ? json(*request.target_file_size) : json(nullptr)},
               {"writer", writer_to_json(request.writer)},
               {"partition_by", json(request.partition_by)},
               {"configuration", json(request.configuration)},
               {"column_mapping",
                request.column_mapping ? json(to_string(*request.column_mapping)) : json(nullptr)},
               {"name", request.name},
               {"description", request.description}};
  const bool blind = request.mode == SaveMode::Append &&
                     request.schema_mode == SchemaMode::Strict &&
                     !reads_table(frame, request.table_uri);
  return {.operation = {{"write", std::move(body)}},
          .nodes = conditions.nodes(),
          .source = std::move(frame),
          .blind = blind};
}

}  // namespace

CommitReport write(const Session& session, const WriteSource& source, const WriteRequest& given,
                   const Interrupt& interrupt) {
  check_request(given);
  const WriteRequest request = by_policy(session, given);
  const Target target{
      .table_uri = request.table_uri,
      .storage_options = request.storage_options,
      .commit = request.commit,
      .effect = request.mode == SaveMode::Overwrite ? Effect::ChangesRows : Effect::AddsRows,
      .place = request.mode == SaveMode::ErrorIfExists ? Place::Nothing : Place::TableOrNothing};
  return commit_change(
      session, target,
      [&](const TableState& state) {
        DataFrame frame = plan_source(source, session);
        check_types(frame.schema());
        check_current(source, frame, request.table_uri, state);
        return plan_write(request, storable(frame));
      },
      [&](const Plan& plan, const Error& conflict) {
        check_replannable(source, plan, request.table_uri, conflict);
      },
      interrupt);
}

CommitReport write_ipc(const Session& session, std::span<const std::byte> ipc,
                       const WriteRequest& request, const Interrupt& interrupt) {
  return write(session, session.read_ipc(ipc), request, interrupt);
}

}  // namespace alluvium::delta
