// Alluvium's half of the Delta benchmark (bench/delta.py is the other half and runs both).
//
//     delta_changes OPERATION TABLE [SOURCE] [MEMORY]
//
// Makes one change of TABLE, or reads it, and prints the seconds that it took. SOURCE is a folder
// of Parquet files; MEMORY bytes cap the engine.

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/cdf.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "alluvium/error.h"
#include "alluvium/frame/functions.h"

namespace {

using namespace alluvium;

struct Case {
  Session session;
  std::string table;
  std::string source;

  [[nodiscard]] DataFrame rows() const {
    IoAdapter(session).register_listing("source", source, FileFormat::Parquet);
    return session.table("source");
  }
  [[nodiscard]] DataFrame read() const {
    return session.read(delta::provider_from_session(session, {.table_uri = table}).provider);
  }
};

void run_all(const DataFrame& frame) {
  RecordBatchReader reader = frame.stream();
  while (reader.next()) {
  }
}

const std::map<std::string, std::function<void(const Case&)>>& operations() {
  static const std::map<std::string, std::function<void(const Case&)>> all = {
      {"append",
       [](const Case& on) { delta::write(on.session, on.rows(), {.table_uri = on.table}); }},
      {"append_feed",
       [](const Case& on) {
         delta::write(
             on.session, on.rows(),
             {.table_uri = on.table, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
       }},
      {"append_batches",
       [](const Case& on) {
         for (int i = 0; i < 1000; ++i) {
           delta::write(
               on.session,
               on.session.sql("SELECT value AS id, value % 10 AS grp, 0.5 AS value, "
                              "'name' AS name FROM generate_series(" +
                              std::to_string(100 * i) + ", " + std::to_string(100 * i + 99) + ")"),
               {.table_uri = on.table});
         }
       }},
      {"merge",
       [](const Case& on) {
         // As deltalake does it unless told otherwise.
         delta::merge(
             on.session, on.rows(),
             delta::Merge{.table_uri = on.table, .on = "target.id = source.id", .streaming = true}
                 .when_matched_update({{"value", "source.value"}})
                 .when_not_matched_insert({{"id", "source.id"},
                                           {"grp", "source.grp"},
                                           {"value", "source.value"},
                                           {"name", "source.name"}}));
       }},
      {"update",
       [](const Case& on) {
         delta::update(
             on.session,
             {.table_uri = on.table, .where = "id % 100 = 7", .set = {{"value", "value + 1"}}});
       }},
      {"delete",
       [](const Case& on) {
         delta::delete_rows(on.session, {.table_uri = on.table, .where = "id % 100 = 7"});
       }},
      {"optimize", [](const Case& on) { delta::optimize(on.session, {.table_uri = on.table}); }},
      {"feed",
       [](const Case& on) {
         run_all(
             on.session.read(delta::cdf_provider(on.session, {.table_uri = on.table,
                                                              .options = {.starting_version = 0}})
                                 .provider));
       }},
      {"open", [](const Case& on) { (void)delta::snapshot(on.session, {.table_uri = on.table}); }},
      {"point", [](const Case& on) { run_all(on.read().filter(col("id") == lit(54321))); }},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  RuntimeProfile profile = RuntimeProfile::trusted();
  if (argc > 4) profile.memory_limit = std::stoull(argv[4]);
  const Case on{
      .session = profile.open_session(), .table = argv[2], .source = argc > 3 ? argv[3] : ""};
  const auto begin = std::chrono::steady_clock::now();
  try {
    operations().at(argv[1])(on);
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
    shutdown();
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%f\n", took.count());
  shutdown();
  return 0;
}
