#include "code/publish/run_rows.h"

#include <cstdint>
#include <map>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {
namespace {

DataType text_to_int64() {
  const Field entries{"entries",
                      struct_({Field{"key", utf8(), false}, Field{"value", int64(), true}}), false};
  return DataType("+m", {entries});
}

Expr text_or_null(const std::string& text) { return text.empty() ? lit_null(utf8()) : lit(text); }

/// The parameters `$name_key_0`, `$name_value_0`, ... and the SQL of the map that they make.
std::string map_sql(const std::string& name, const std::map<std::string, std::int64_t>& values,
                    SqlParameters& parameters) {
  std::string keys;
  std::string items;
  std::size_t number = 0;
  for (const auto& [key, value] : values) {
    const std::string suffix = std::to_string(number++);
    const std::string separator = keys.empty() ? "$" : ", $";
    keys += separator + name + "_key_" + suffix;
    items += separator + name + "_value_" + suffix;
    parameters.emplace(name + "_key_" + suffix, lit(key));
    parameters.emplace(name + "_value_" + suffix, lit(value));
  }
  return "MAP(make_array(" + keys + "), make_array(" + items + ")) AS " + name;
}

std::map<std::string, std::int64_t> read_map(const ColumnView& keys, const ColumnView& values,
                                             std::int64_t row) {
  std::map<std::string, std::int64_t> map;
  const auto [key, end] = keys.list_range(row);
  const std::int64_t value = values.list_range(row).begin;
  for (std::int64_t i = 0; key + i < end; ++i) {
    map.emplace(keys.child(0).bytes(key + i), values.child(0).int64(value + i));
  }
  return map;
}

/// Registers `provider` under `name` for as long as this lives.
class Registered {
 public:
  Registered(const Session& session, std::string name, const TableProvider& provider)
      : adapter_(session), name_(std::move(name)) {
    adapter_.register_delta_table_provider(name_, provider);
  }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered() {
    try {
      adapter_.deregister(name_);
    } catch (const Error&) {
      // The session is being shut down; there is nothing left to undo.
    }
  }

 private:
  IoAdapter adapter_;
  std::string name_;
};

/// `rows` of a table of `schema`, in the form that `read_run` reads.
std::string readable(const Schema& schema, std::string_view rows, std::string_view order) {
  // A lake of format 1 lacks the column.
  const std::string_view reason =
      schema.index_of("rebuild_reason") < 0 ? "''" : "coalesce(rebuild_reason, '')";
  return R"sql(
SELECT
  repo, run_id, coalesce(parent_run_id, '') AS parent_run_id, kind, coalesce(ref, '') AS ref,
  coalesce(source_revision, '') AS source_revision, dirty,
  CAST(started_at AS BIGINT) AS started_at, CAST(finished_at AS BIGINT) AS finished_at,
  format_version, settings_hash,
  map_keys(versions) AS version_keys, map_values(versions) AS version_values,
  map_keys(counts) AS count_keys, map_values(counts) AS count_values,
  )sql" + std::string(reason) +
         " AS rebuild_reason FROM (" + std::string(rows) + ") ORDER BY " + std::string(order);
}

Run read_run(const RecordBatch& batch, std::int64_t row) {
  const auto text = [&](std::string_view name) {
    return std::string(batch.column(name).bytes(row));
  };
  const auto number = [&](std::string_view name) { return batch.column(name).int64(row); };
  return {.repo = text("repo"),
          .run_id = text("run_id"),
          .parent_run_id = text("parent_run_id"),
          .kind = text("kind"),
          .ref = text("ref"),
          .source_revision = text("source_revision"),
          .dirty = number("dirty") != 0,
          .started_at = utc_text(number("started_at")),
          .finished_at = utc_text(number("finished_at")),
          .format_version = number("format_version"),
          .settings_hash = text("settings_hash"),
          .rebuild_reason = text("rebuild_reason"),
          .versions = read_map(batch.column("version_keys"), batch.column("version_values"), row),
          .counts = read_map(batch.column("count_keys"), batch.column("count_values"), row)};
}

}  // namespace

TableDeclaration runs_declaration() {
  return {.name = "runs",
          .description = "One row: a published run of one repository",
          .schema = {
              .fields = {
                  table_column("repo", utf8(), "The repository", false),
                  table_column("run_id", utf8(), "32 hex digits; later runs sort later"),
                  table_column("parent_run_id", utf8(), "The run that this one started from"),
                  table_column("kind", utf8(), "worktree, commit or maintenance"),
                  table_column("ref", utf8(), "The git branch"),
                  table_column("source_revision", utf8(), "The git commit that HEAD was"),
                  table_column("dirty", boolean(), "Sources differed from that commit"),
                  table_column("started_at", utc_type(), "When the run began"),
                  table_column("finished_at", utc_type(), "When it was published"),
                  table_column("format_version", int64(), "The format of the lake's tables"),
                  table_column("settings_hash", utf8(),
                               "Of all settings and makers' versions that can change rows"),
                  table_column("versions", text_to_int64(), "Table to the Delta version to read"),
                  table_column("counts", text_to_int64(), "Table to rows of this repository"),
                  table_column("rebuild_reason", utf8(),
                               "Why all tables were made anew; null where only what changed "
                               "was")}}};
}

std::vector<Run> read_run_rows(const Session& session, const delta::ProviderBundle& table,
                               std::string_view rows, std::string_view order,
                               const Interrupt& interrupt) {
  const std::string query = readable(table.snapshot.schema, rows, order);
  const Registered registered(session, "published_runs", table.provider);
  std::vector<Run> runs;
  for (const RecordBatch& batch : session.sql(query, {}, interrupt).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      runs.push_back(read_run(batch, row));
    }
  }
  return runs;
}

DataFrame run_row(const Session& session, const Run& run, const Interrupt& interrupt) {
  SqlParameters values = {{"repo", lit(run.repo)},
                          {"run_id", lit(run.run_id)},
                          {"parent_run_id", text_or_null(run.parent_run_id)},
                          {"kind", lit(run.kind)},
                          {"ref", text_or_null(run.ref)},
                          {"source_revision", text_or_null(run.source_revision)},
                          {"dirty", lit(run.dirty)},
                          {"started_at", lit_integer(utc_micros(run.started_at), utc_type())},
                          {"finished_at", lit_integer(utc_micros(run.finished_at), utc_type())},
                          {"format_version", lit(run.format_version)},
                          {"rebuild_reason", text_or_null(run.rebuild_reason)},
                          {"settings_hash", lit(run.settings_hash)}};
  const std::string versions = map_sql("versions", run.versions, values);
  const std::string counts = map_sql("counts", run.counts, values);
  const std::string query =
      "SELECT $repo AS repo, $run_id AS run_id, $parent_run_id AS parent_run_id, $kind AS kind, "
      "$ref AS ref, $source_revision AS source_revision, $dirty AS dirty, "
      "$started_at AS started_at, $finished_at AS finished_at, "
      "$format_version AS format_version, $settings_hash AS settings_hash, " +
      versions + ", " + counts + ", $rebuild_reason AS rebuild_reason";
  return session.sql(query, values, interrupt);
}

}  // namespace alluvium::code
