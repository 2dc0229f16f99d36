#include "alluvium/delta/maintain.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/error.h"
#include "delta/commit_protocol_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

template <typename T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <typename Request>
CommitReport maintain(const Session& session, const Request& request, const char* operation,
                      json body, Effect effect, const Interrupt& interrupt) {
  const Target target{.table_uri = request.table_uri,
                      .storage_options = request.storage_options,
                      .commit = request.commit,
                      .effect = effect,
                      .verify = std::string_view(operation) != "restore"};
  Plan plan{.operation = {{operation, std::move(body)}}};
  return commit_change(session, target, [&](const TableState&) { return plan; }, interrupt);
}

json as_json(const std::vector<PartitionFilter>& filters) {
  json all = json::array();
  for (const PartitionFilter& filter : filters) {
    all.push_back(json::array({filter.column, filter.op, filter.values}));
  }
  return all;
}

DataFrame rows_at(const Session& session, const OptimizeRequest& request, std::int64_t version) {
  return session.read(provider_from_session(session, {.table_uri = request.table_uri,
                                                      .storage_options = request.storage_options,
                                                      .version = version})
                          .provider);
}

// The rows with how often each is there, as rows of a set.
DataFrame counted(const DataFrame& rows) {
  std::vector<Expr> columns;
  for (const Field& field : rows.schema().fields) columns.push_back(col(field.name));
  return rows.aggregate(columns, {call("count", {lit(1)}).alias("alluvium_times")});
}

// Throws unless the version that an optimize made has the rows of the version that it read. (That
// their number is the same is checked before the commit.)
void check_rows(const Session& session, const OptimizeRequest& request, const CommitReport& report,
                const Interrupt& interrupt) {
  const DataFrame before = rows_at(session, request, report.read_version);
  const DataFrame after = rows_at(session, request, report.version);
  const std::uint64_t rows_before = before.count(interrupt);
  const std::uint64_t rows_after = after.count(interrupt);
  const bool same =
      rows_before == rows_after && counted(before).except(counted(after)).count(interrupt) == 0;
  if (same) return;
  throw Error(
      ErrorCode::Corruption,
      fmt::format("optimize changed the rows of `{}`: {} at version {}, {} at version {}; "
                  "restore version {}",
                  request.table_uri, rows_before, report.read_version, rows_after, report.version,
                  report.read_version),
      false,
      {{"table", request.table_uri}, {"restore_version", std::to_string(report.read_version)}});
}

}  // namespace

CommitReport optimize(const Session& session, const OptimizeRequest& request,
                      const Interrupt& interrupt) {
  const WriterPolicy zstd{.compression = "zstd", .compression_level = 4};
  const Policies& policies = session.profile().delta_policies;
  const WriterPolicy writer = request.writer.over(policies.write.writer);
  const auto size = request.target_size ? request.target_size : policies.write.target_file_size;
  CommitReport report = maintain(session, request, "optimize",
                                 {{"z_order", request.z_order},
                                  {"filters", as_json(request.filters)},
                                  {"target_size", or_null(size)},
                                  {"max_concurrent_tasks", or_null(request.max_concurrent_tasks)},
                                  {"writer", writer_to_json(writer.over(zstd))}},
                                 Effect::KeepsRows, interrupt);
  if (report.committed && request.verify_rows) check_rows(session, request, report, interrupt);
  return report;
}

CommitReport vacuum(const Session& session, const VacuumRequest& request,
                    const Interrupt& interrupt) {
  if (request.retention_hours && *request.retention_hours < 0) {
    refuse("retention_hours is negative");
  }
  return maintain(session, request, "vacuum",
                  {{"retention_hours", or_null(request.retention_hours)},
                   {"dry_run", request.dry_run},
                   {"full", request.full},
                   {"enforce_retention", request.enforce_retention},
                   {"keep_versions", request.keep_versions}},
                  request.dry_run ? Effect::Nothing : Effect::KeepsRows, interrupt);
}

CommitReport restore(const Session& session, const RestoreRequest& request,
                     const Interrupt& interrupt) {
  if (request.version.has_value() == request.timestamp.has_value()) {
    refuse("give a version or a timestamp to restore, one of the two");
  }
  return maintain(session, request, "restore",
                  {{"version", or_null(request.version)},
                   {"timestamp", or_null(request.timestamp)},
                   {"filters", as_json(request.filters)},
                   {"ignore_missing_files", request.ignore_missing_files},
                   {"allow_protocol_downgrade", request.allow_protocol_downgrade}},
                  Effect::Repairs, interrupt);
}

CommitReport checkpoint(const Session& session, const TableRequest& request,
                        const Interrupt& interrupt) {
  return maintain(session, request, "checkpoint", json::object(), Effect::KeepsRows, interrupt);
}

CommitReport clean_log(const Session& session, const TableRequest& request,
                       const Interrupt& interrupt) {
  return maintain(session, request, "clean_log", json::object(), Effect::KeepsRows, interrupt);
}

CommitReport check_files(const Session& session, const FileCheckRequest& request,
                         const Interrupt& interrupt) {
  return maintain(session, request, "file_check", {{"dry_run", request.dry_run}},
                  request.dry_run ? Effect::Nothing : Effect::Repairs, interrupt);
}

CommitReport write_symlink_manifest(const Session& session, const TableRequest& request,
                                    const Interrupt& interrupt) {
  return maintain(session, request, "symlink_manifest", json::object(), Effect::KeepsRows,
                  interrupt);
}

}  // namespace alluvium::delta
