// Makes one change of a table with a fault armed, and tells how it ended.
//
//     fault_driver TABLE OPERATION KIND STEP
//
// Prints one JSON object: `steps` that were seen, and `committed`, or `code` of the error.
// OPERATION is `prepare` (makes the table: 30 rows in 3 files; no fault), or one of those below.

#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "alluvium/error.h"
#include "bridge/handles.h"

namespace {

using namespace alluvium;
using delta::CommitReport;

DataFrame rows(const Session& session, int first, int count) {
  return session.sql(
      "SELECT value AS n, CAST(value AS VARCHAR) AS s FROM generate_series(0, 999) "
      "WHERE value >= $first AND value < $end",
      {{"first", lit(first)}, {"end", lit(first + count)}});
}

CommitReport prepare(const Session& session, const std::string& table, const Interrupt&) {
  CommitReport report;
  for (int i = 0; i < 3; ++i) {
    report = delta::write(
        session, rows(session, 10 * i, 10),
        {.table_uri = table, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  }
  return report;
}

using Operation = std::function<CommitReport(const Session&, const std::string&, const Interrupt&)>;

const std::map<std::string, Operation>& operations() {
  static const std::map<std::string, Operation> all = {
      {"append",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::write(session, rows(session, 100, 3), {.table_uri = table}, interrupt);
       }},
      {"overwrite",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::write(session, rows(session, 100, 3),
                             {.table_uri = table, .mode = delta::SaveMode::Overwrite}, interrupt);
       }},
      {"merge",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::merge(session, rows(session, 25, 10),
                             delta::Merge{.table_uri = table, .on = "target.n = source.n"}
                                 .when_matched_update({{"s", lit("merged")}})
                                 .when_not_matched_insert({{"n", "source.n"}, {"s", "source.s"}}),
                             interrupt);
       }},
      {"update",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::update(
             session, {.table_uri = table, .where = "n < 15", .set = {{"s", lit("updated")}}},
             interrupt);
       }},
      {"delete",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::delete_rows(session, {.table_uri = table, .where = "n % 2 = 0"}, interrupt);
       }},
      {"optimize",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::optimize(session, {.table_uri = table}, interrupt);
       }},
      {"restore",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::restore(session, {.table_uri = table, .version = 1}, interrupt);
       }},
      {"vacuum",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::vacuum(session,
                              {.table_uri = table,
                               .dry_run = false,
                               .retention_hours = 0,
                               .enforce_retention = false},
                              interrupt);
       }},
      {"add_columns",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::add_columns(session, {.table_uri = table},
                                   {.fields = {{.name = "more", .type = int64()}}}, interrupt);
       }},
      {"checkpoint",
       [](const Session& session, const std::string& table, const Interrupt& interrupt) {
         return delta::checkpoint(session, {.table_uri = table}, interrupt);
       }},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string table = argv[1];
  const std::string name = argv[2];
  const std::string kind = argv[3];
  const Session session = RuntimeProfile::trusted().open_session();
  if (name == "prepare") {
    prepare(session, table, {});
    shutdown();
    return 0;
  }
  nlohmann::json outcome;
  bridge::delta_arm_fault(nlohmann::json{{"step", std::stoull(argv[4])}, {"kind", kind}}.dump());
  try {
    // A step that hangs is ended by the deadline.
    const Interrupt interrupt =
        kind == "hang" ? Interrupt::after(std::chrono::milliseconds(500)) : Interrupt{};
    outcome["committed"] = operations().at(name)(session, table, interrupt).committed;
  } catch (const Error& error) {
    outcome["code"] = to_string(error.code());
    outcome["message"] = error.message();
  }
  outcome["steps"] = bridge::delta_arm_fault("");
  std::puts(outcome.dump().c_str());
  std::fflush(stdout);
  shutdown(std::chrono::milliseconds(200));
  std::_Exit(0);
}
