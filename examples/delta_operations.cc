// One table through each operation: every change is one commit, and reports what it did.

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/pruning.h"
#include "alluvium/delta/query.h"
#include "alluvium/delta/update.h"
#include "alluvium/delta/write.h"
#include "alluvium/frame/ipc.h"

namespace delta = alluvium::delta;

namespace {

void tell(const delta::CommitReport& report) {
  std::cout << (report.committed ? report.operation : "nothing to do") << " (version "
            << report.version << ")\n";
}

alluvium::DataFrame readings(const alluvium::Session& session, int first, int last) {
  return session.sql(
      "SELECT value AS id, value % 3 AS sensor, value / 2.0 AS reading "
      "FROM generate_series(0, 999) WHERE value BETWEEN $first AND $last",
      {{"first", alluvium::lit(first)}, {"last", alluvium::lit(last)}});
}

// Rows as an Arrow IPC stream, as another process would send them.
std::vector<std::byte> ipc_of(const alluvium::DataFrame& frame) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  alluvium::write_ipc(frame.stream(), ::fileno(file.get()));
  std::fseek(file.get(), 0, SEEK_END);
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::ftell(file.get())));
  std::fseek(file.get(), 0, SEEK_SET);
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  return bytes;
}

void change_rows(const alluvium::Session& session, const std::string& uri) {
  tell(delta::create(session,
                     {.table_uri = uri,
                      .schema = {{{"id", alluvium::int64(), true, {{"comment", "counts up"}}},
                                  {"sensor", alluvium::int64(), true},
                                  {"reading", alluvium::float64(), true}}},
                      .partition_by = {"sensor"},
                      .configuration = {{"delta.enableChangeDataFeed", "true"}}}));
  // The same application transaction again does nothing.
  const delta::CommitOptions once{.metadata = {{"why", "first load"}},
                                  .transaction = {{.app_id = "loader", .version = 1}}};
  for (int attempt = 0; attempt < 2; ++attempt) {
    tell(delta::write(session, readings(session, 0, 99), {.table_uri = uri, .commit = once}));
  }
  tell(delta::write_ipc(session, ipc_of(readings(session, 100, 109)),
                        {.table_uri = uri, .writer = {.compression = "zstd"}}));
  tell(delta::write(session,
                    readings(session, 0, 49).filter(alluvium::col("sensor") == alluvium::lit(0)),
                    {.table_uri = uri,
                     .mode = delta::SaveMode::Overwrite,
                     .replace_where = "sensor = 0 AND id < 50"}));
  tell(delta::merge(
      session, readings(session, 105, 114),
      delta::Merge{.table_uri = uri, .on = "target.id = source.id"}
          .when_matched_update({{"reading", "source.reading + 1"}})
          .when_not_matched_insert(
              {{"id", "source.id"}, {"sensor", "source.sensor"}, {"reading", "source.reading"}})));
  tell(delta::update(
      session,
      {.table_uri = uri, .where = "reading > 50", .set = {{.column = "reading", .value = "50"}}}));
  tell(delta::delete_rows(session, {.table_uri = uri, .where = "id % 10 = 9"}));
}

void change_metadata(const alluvium::Session& session, const std::string& uri) {
  const delta::TableRequest table{.table_uri = uri};
  tell(delta::add_constraints(session, table, {{"sane", "reading >= 0"}}));
  tell(delta::drop_constraint(session, table, "sane"));
  tell(delta::add_columns(session, table, {{{"unit", alluvium::utf8(), true}}}));
  tell(delta::set_field_metadata(session, table, "unit", {{"comment", "SI"}}));
  tell(delta::set_table_metadata(session, table, {.description = "Readings of three sensors"}));
  tell(delta::set_properties(session, table, {{"delta.logRetentionDuration", "interval 60 days"}}));
}

void maintain(const alluvium::Session& session, const std::string& uri) {
  tell(delta::optimize(session, {.table_uri = uri, .verify_rows = true}));
  tell(delta::optimize(session, {.table_uri = uri, .z_order = {"id"}}));
  tell(delta::checkpoint(session, {.table_uri = uri}));
  const delta::CommitReport would_delete =
      delta::vacuum(session, {.table_uri = uri, .retention_hours = 0, .enforce_retention = false});
  std::cout << "a vacuum would delete " << would_delete.files.size() << " files\n";
  std::cout << "missing files: " << delta::check_files(session, {.table_uri = uri}).files.size()
            << '\n';
  tell(delta::restore(session, {.table_uri = uri, .version = 1}));
}

void look(const alluvium::Session& session, const std::string& uri) {
  std::cout << delta::history(session, {.table_uri = uri}).size() << " commits, "
            << delta::files(session, {.table_uri = uri}).count() << " files\n";
  const alluvium::DataFrame rows =
      session.read(delta::provider_from_session(session, {.table_uri = uri}).provider)
          .filter(alluvium::col("sensor") == alluvium::lit(1));
  for (const delta::PruningReport& scan : delta::pruning(rows)) {
    std::cout << "one sensor: " << scan.files_kept << " of " << scan.files_total << " files\n";
  }
  std::cout << delta::query_delta_sql("SELECT count(*) AS rows, max(reading) AS most FROM t",
                                      {{"t", {.table_uri = uri}}})
                   .to_string()
            << '\n';
}

void convert(const alluvium::Session& session, const std::string& uri) {
  readings(session, 0, 9).write_parquet(uri);
  tell(delta::convert_to_delta(session, {.table_uri = uri}));
}

}  // namespace

int main() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "alluvium_example_operations";
  std::filesystem::remove_all(folder);
  const alluvium::Session session = alluvium::RuntimeProfile::trusted().open_session();
  const std::string uri = (folder / "readings").string();
  change_rows(session, uri);
  change_metadata(session, uri);
  maintain(session, uri);
  look(session, uri);
  convert(session, (folder / "parquet").string());
  std::filesystem::remove_all(folder);
}
