#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "delta/commit_protocol_internal.h"
#include "delta/table_policy_internal.h"
#include "delta/type_check_internal.h"
#include "delta/write_source_internal.h"
#include "session/session_internal.h"
#include "session/table_change_internal.h"

// SQL statements that change a Delta table, as the operations of this room.
namespace alluvium {
namespace {

using nlohmann::json;

// A statement that the session planned, for the table that it is about.
class Statement {
 public:
  Statement(const Session& session, const PlanStatement& plan, const std::string& change,
            const Interrupt& interrupt)
      : session_(session), plan_(plan), interrupt_(interrupt) {
    const auto document = json::parse(change);
    document.at("table").get_to(table_);
    document.at("table_uri").get_to(table_uri_);
    document.at("storage_options").get_to(storage_options_);
    if (!document.at("pinned").is_null()) pinned_ = document["pinned"].get<std::int64_t>();
    change_ = document.at("change");
  }

  delta::CommitReport run() const {
    check_current();
    const std::string& kind = change_.begin().key();
    delta::CommitReport report = kind == "insert" ? insert() : change_rows(kind);
    // What this session reads next has its own change in it.
    refresh();
    return report;
  }

 private:
  void check_current() const {
    if (!pinned_) return;
    throw Error(
        ErrorCode::Unsupported,
        fmt::format("`{}` is registered as it was at version {}; register the table without "
                    "a version to change it",
                    table_, *pinned_),
        false, {{"table", table_}});
  }

  void refresh() const { bridge::delta_refresh(*session_.state()->session, table_, interrupt_); }

  // The statement's rows, over the table as it is now.
  [[nodiscard]] DataFrame rows() const {
    refresh();
    return DataFrame(plan_(interrupt_).frame);
  }

  [[nodiscard]] delta::CommitReport insert() const {
    const bool overwrite = change_.at("insert").at("overwrite").get<bool>();
    return delta::write(
        session_, [this](const Session&) { return rows(); },
        {.table_uri = table_uri_,
         .storage_options = storage_options_,
         .mode = overwrite ? delta::SaveMode::Overwrite : delta::SaveMode::Append,
         .schema_mode = delta::SchemaMode::Strict},
        interrupt_);
  }

  [[nodiscard]] delta::CommitReport change_rows(const std::string& kind) const {
    json body = change_.at(kind);
    body["writer"] = delta::writer_to_json(delta::writer_of(session_, {}));
    if (kind != "delete") body["safe_cast"] = false;
    if (kind == "merge") {
      body["merge_schema"] = false;
      body["streaming"] = false;
    }
    const delta::Plan plan{.operation = {{kind, std::move(body)}}};
    const delta::CommitOptions commit;
    const delta::Target target{.table_uri = table_uri_,
                               .storage_options = storage_options_,
                               .commit = commit,
                               .effect = delta::Effect::ChangesRows};
    return delta::commit_change(
        session_, target,
        [&](const delta::TableState&) {
          delta::Plan attempt = plan;
          if (kind == "merge") {
            const DataFrame source = rows();
            delta::check_types(source.schema());
            attempt.source = delta::storable(source);
          }
          return attempt;
        },
        interrupt_);
  }

  const Session& session_;
  const PlanStatement& plan_;
  const Interrupt& interrupt_;
  std::string table_;
  std::string table_uri_;
  delta::StorageOptions storage_options_;
  std::optional<std::int64_t> pinned_;
  json change_;
};

// The rows that a commit is about, by the metrics of its operation.
std::int64_t count_of(const delta::CommitReport& report) {
  static constexpr std::string_view kCounts[] = {
      "num_added_rows",           "num_deleted_rows",        "num_updated_rows",
      "num_target_rows_inserted", "num_target_rows_updated", "num_target_rows_deleted"};
  std::int64_t count = 0;
  for (const std::string_view name : kCounts) {
    const auto metric = report.metrics.find(std::string(name));
    if (metric != report.metrics.end()) count += std::stoll(metric->second);
  }
  return count;
}

}  // namespace

DataFrame run_table_change(const Session& session, const PlanStatement& plan,
                           const std::string& change, const Interrupt& interrupt) {
  const delta::CommitReport report = Statement(session, plan, change, interrupt).run();
  return session.sql("SELECT CAST($count AS BIGINT) AS count, CAST($version AS BIGINT) AS version",
                     SqlOptions::read_only(),
                     {{"count", lit(count_of(report))}, {"version", lit(report.version)}});
}

}  // namespace alluvium
