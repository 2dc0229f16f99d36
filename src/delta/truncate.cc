#include <nlohmann/json.hpp>

#include "alluvium/delta/maintain.h"
#include "alluvium/error.h"
#include "delta/request_internal.h"
#include "session/session_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

RemovedFiles removed(const json& files) {
  return {.files = files.at("files").get<std::uint64_t>(),
          .bytes = files.at("bytes").get<std::uint64_t>()};
}

// A lake's tables are its own to change.
void check_owner(const Session& session, const TruncateRequest& request,
                 const Interrupt& interrupt) {
  const MutationPolicy policy =
      request.mutation.value_or(session.profile().delta_policies.mutation);
  if (policy.allow_managed_tables || request.dry_run) return;
  const Snapshot table = snapshot(
      session, {.table_uri = request.table_uri, .storage_options = request.storage_options},
      interrupt);
  const auto managed = table.configuration.find("alluvium.managed");
  if (managed == table.configuration.end() || managed->second != "true") return;
  throw Error(ErrorCode::PolicyViolation,
              "`" + request.table_uri + "`: it belongs to a lake, whose history `alluvium gc` cuts",
              false, {{"table", request.table_uri}});
}

}  // namespace

TruncateReport truncate(const Session& session, const TruncateRequest& request,
                        const Interrupt& interrupt) {
  if (request.table_uri.empty()) {
    throw Error(ErrorCode::InvalidArgument, "table_uri is empty; give a path or a URL");
  }
  if (request.first_version < 0) {
    throw Error(ErrorCode::InvalidArgument, "first_version is negative");
  }
  check_owner(session, request, interrupt);
  const std::string document = open_document({.table_uri = request.table_uri,
                                              .storage_options = request.storage_options,
                                              .version = request.first_version},
                                             true);
  const auto report = json::parse(
      bridge::delta_truncate(*session.state()->session, document, request.dry_run, interrupt));
  return {.first_version = report.at("first_version").get<std::int64_t>(),
          .version = report.at("version").get<std::int64_t>(),
          .data = removed(report.at("data")),
          .changes = removed(report.at("changes")),
          .log = removed(report.at("log"))};
}

}  // namespace alluvium::delta
