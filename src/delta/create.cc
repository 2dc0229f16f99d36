#include "alluvium/delta/create.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "delta/commit_protocol_internal.h"
#include "delta/property_check_internal.h"
#include "delta/table_policy_internal.h"
#include "delta/type_check_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

template <typename Request>
CommitReport make_table(const Session& session, const Request& request, const Schema& schema,
                        const json& convert, const std::vector<std::string>& partition_by,
                        const std::map<std::string, std::string>& configuration,
                        const Interrupt& interrupt) {
  check_types(schema);
  const Target target{.table_uri = request.table_uri,
                      .storage_options = request.storage_options,
                      .commit = request.commit,
                      .effect = Effect::AddsRows,
                      .place = Place::Nothing};
  return commit_change(
      session, target,
      [&](const TableState&) {
        return Plan{.operation = {{"create",
                                   {{"convert", convert},
                                    {"partition_by", partition_by},
                                    {"configuration", json(configuration)},
                                    {"name", request.name},
                                    {"description", request.description}}}},
                    .schema = storable(schema)};
      },
      interrupt);
}

}  // namespace

CommitReport create(const Session& session, const CreateRequest& request,
                    const Interrupt& interrupt) {
  if (request.schema.fields.empty()) refuse("a table needs at least one column");
  for (const std::string& column : request.partition_by) {
    if (request.schema.index_of(column) < 0) {
      refuse(fmt::format("partition_by names `{}`, which is no column of the schema", column));
    }
  }
  return make_table(session, request, request.schema, nullptr, request.partition_by,
                    of_new_table(session, request.configuration, request.column_mapping),
                    interrupt);
}

CommitReport convert_to_delta(const Session& session, const ConvertRequest& request,
                              const Interrupt& interrupt) {
  const auto mapping = request.configuration.find("delta.columnMapping.mode");
  if (mapping != request.configuration.end() && mapping->second != "none") {
    throw Error(ErrorCode::Unsupported,
                "a conversion can't have column mapping (delta.columnMapping.mode): the files that "
                "are there have no physical names; convert without, or write a new table");
  }
  const bool hive = request.layout == ConvertRequest::Layout::Hive;
  return make_table(session, request, request.partition_schema, hive ? "hive" : "directory", {},
                    new_table_properties(request.configuration, ColumnMapping::None), interrupt);
}

}  // namespace alluvium::delta
