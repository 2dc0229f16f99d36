#include "code/publish/runs_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "code/publish/table_properties.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {
namespace {

DataType text_to_int64() {
  const Field entries{"entries",
                      struct_({Field{"key", utf8(), false}, Field{"value", int64(), true}}), false};
  return DataType("+m", {entries});
}

/// Each run is a data file at first, and every run reads them all.
constexpr std::int64_t kRunsToCompact = 32;

DataType instant() { return timestamp(TimeUnit::Micro, "UTC"); }

Field column(std::string name, DataType type, std::string comment, bool nullable = true) {
  return {std::move(name), std::move(type), nullable, {{"comment", std::move(comment)}}};
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

/// Without those of maintenance, which have the pins of another one.
constexpr std::string_view kAllRuns = "SELECT * FROM published_runs WHERE kind <> 'maintenance'";

/// Of each repository the newest run of a commit, the newest of maintenance, and the newest other
/// one.
constexpr std::string_view kNewestRuns = R"sql(
SELECT * FROM (
  SELECT *, row_number() OVER (
    PARTITION BY repo, kind = 'commit', kind = 'maintenance'
    ORDER BY finished_at DESC, run_id DESC) AS place
  FROM published_runs)
WHERE place = 1)sql";

void put(const Run& run, std::vector<Run>& runs) {
  std::erase_if(runs, [&](const Run& before) { return before.repo == run.repo; });
  runs.push_back(run);
  std::ranges::sort(runs, {}, &Run::repo);
}

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

std::vector<Run> read_query(const Session& session, const delta::ProviderBundle& table,
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

DataFrame row_of(const Session& session, const Run& run, const Interrupt& interrupt) {
  SqlParameters values = {{"repo", lit(run.repo)},
                          {"run_id", lit(run.run_id)},
                          {"parent_run_id", text_or_null(run.parent_run_id)},
                          {"kind", lit(run.kind)},
                          {"ref", text_or_null(run.ref)},
                          {"source_revision", text_or_null(run.source_revision)},
                          {"dirty", lit(run.dirty)},
                          {"started_at", lit_integer(utc_micros(run.started_at), instant())},
                          {"finished_at", lit_integer(utc_micros(run.finished_at), instant())},
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

}  // namespace

TableDeclaration runs_declaration() {
  return {.name = "runs",
          .description = "One row: a published run of one repository",
          .schema = {
              .fields = {column("repo", utf8(), "The repository", false),
                         column("run_id", utf8(), "32 hex digits; later runs sort later"),
                         column("parent_run_id", utf8(), "The run that this one started from"),
                         column("kind", utf8(), "worktree, commit or maintenance"),
                         column("ref", utf8(), "The git branch"),
                         column("source_revision", utf8(), "The git commit that HEAD was"),
                         column("dirty", boolean(), "Sources differed from that commit"),
                         column("started_at", instant(), "When the run began"),
                         column("finished_at", instant(), "When it was published"),
                         column("format_version", int64(), "The format of the lake's tables"),
                         column("settings_hash", utf8(),
                                "Of all settings and makers' versions that can change rows"),
                         column("versions", text_to_int64(), "Table to the Delta version to read"),
                         column("counts", text_to_int64(), "Table to rows of this repository"),
                         column("rebuild_reason", utf8(),
                                "Why all tables were made anew; null where only what changed "
                                "was")}}};
}

TableDeclaration repos_declaration() {
  return {.name = "repos",
          .description = "One row: a repository that the lake knows",
          .schema = {.fields = {column("repo", utf8(), "Its name in all tables", false),
                                column("root", utf8(), "The folder that was indexed"),
                                column("origin", utf8(),
                                       "Where it comes from: the normalised URL of its remote, "
                                       "else its folder")}}};
}

const Run* PublishedRuns::find(std::string_view repo) const {
  for (const Run& run : current) {
    if (run.repo == repo) return &run;
  }
  return nullptr;
}

const Run* PublishedRuns::find_last(std::string_view repo) const {
  const auto found = std::ranges::find(last, repo, &Run::repo);
  return found == last.end() ? nullptr : &*found;
}

UtcMicros PublishedRuns::end_of_next(std::string_view repo, UtcMicros now) const {
  const auto newest = newest_row.find(repo);
  return newest == newest_row.end() ? now : std::max(now, newest->second + 1);
}

void PublishedRuns::add(const Run& run, std::int64_t published_as) {
  if (published_as != version + 1) return;
  version = published_as;
  newest_row[run.repo] = utc_micros(run.finished_at);
  put(run, last);
  const Run* const before = find(run.repo);
  const bool is_older = run.kind == "commit" && before != nullptr && before->kind != "commit";
  if (!is_older) put(run, current);
}

PublishedRuns read_runs(const Session& session, const LakeLayout& lake,
                        const Interrupt& interrupt) {
  const delta::ProviderBundle table =
      delta::provider_from_session(session, {.table_uri = lake.uri("runs")}, interrupt);
  check_format(table.snapshot);
  PublishedRuns runs;
  runs.version = table.snapshot.version;
  // Of each repository, beside maintenance, at most two: the newest of a commit, then the newest of
  // a work tree.
  for (Run& run : read_query(session, table, kNewestRuns, "repo, kind <> 'commit'", interrupt)) {
    UtcMicros& newest = runs.newest_row[run.repo];
    newest = std::max(newest, utc_micros(run.finished_at));
    if (run.kind == "maintenance") continue;
    check_run_format(lake, run);
    if (runs.current.empty() || runs.current.back().repo != run.repo) {
      runs.last.push_back(run);
      runs.current.push_back(std::move(run));
      continue;
    }
    if (runs.last.back().finished_at <= run.finished_at) runs.last.back() = run;
    runs.current.back() = std::move(run);
  }
  return runs;
}

bool is_latest(const LakeLayout& lake, std::int64_t version) {
  const auto is_there = [&](std::int64_t commit, std::error_code& failure) {
    return std::filesystem::exists(
        lake.table("runs") / "_delta_log" / fmt::format("{:020}.json", commit), failure);
  };
  std::error_code failure;
  // gc may have removed both: it takes the log from its beginning.
  return !is_there(version + 1, failure) && !failure && is_there(version, failure);
}

std::vector<Run> read_history(const Session& session, const LakeLayout& lake, std::int64_t version,
                              const Interrupt& interrupt) {
  const delta::ProviderBundle table = delta::provider_from_session(
      session, {.table_uri = lake.uri("runs"), .version = version}, interrupt);
  check_format(table.snapshot);
  return read_query(session, table, kAllRuns, "finished_at, run_id", interrupt);
}

void check_run_format(const LakeLayout& lake, const Run& run) {
  if (run.format_version <= kLakeFormat) return;
  throw Error(ErrorCode::Unsupported,
              "the run " + run.run_id + " of `" + run.repo + "` in `" + lake.folder().string() +
                  "` was made by a newer alluvium (format " + std::to_string(run.format_version) +
                  "); update alluvium",
              false, {{"repo", run.repo}});
}

std::int64_t append_run(const Session& session, const LakeLayout& lake, const Run& run,
                        const Interrupt& interrupt) {
  return delta::write(
             session, row_of(session, run, interrupt),
             {.table_uri = lake.uri("runs"),
              // The table of an older format lacks columns.
              .schema_mode = delta::SchemaMode::Merge,
              .commit = {.metadata = {{"alluvium.run", run.run_id}, {"alluvium.repo", run.repo}},
                         .mutation = of_lake(),
                         .maintenance =
                             delta::MaintenancePolicy{.compact_after_commits = kRunsToCompact}}},
             interrupt)
      .version;
}

Expr is_before(const std::vector<Run>& runs) {
  std::optional<Expr> before;
  for (const Run& run : runs) {
    const Expr older = col("repo") == lit(run.repo) &&
                       col("finished_at") < lit_integer(utc_micros(run.finished_at), instant());
    before = before ? *before || older : older;
  }
  return before ? *before : lit(false);
}

std::int64_t remove_runs(const Session& session, const LakeLayout& lake,
                         const std::vector<Run>& oldest_kept, const std::vector<Run>& maintenance,
                         const Interrupt& interrupt) {
  std::string replaced;
  for (const Run& run : oldest_kept) {
    replaced += (replaced.empty() ? "" : " OR ") + rows_of(run.repo);
  }
  // Planned anew on what is there, should another program publish meanwhile.
  const auto rows = [&](const Session& planning) {
    std::vector<Expr> repos;
    for (const Run& run : oldest_kept) repos.push_back(lit(run.repo));
    DataFrame left =
        planning
            .read(delta::provider_from_session(planning, {.table_uri = lake.uri("runs")}, interrupt)
                      .provider)
            .filter(col("repo").in_list(repos) && !is_before(oldest_kept) &&
                    col("kind") != lit("maintenance"));
    for (const Run& run : maintenance) {
      left = left.union_by_name(row_of(planning, run, interrupt));
    }
    return left;
  };
  return delta::write(session, rows,
                      {.table_uri = lake.uri("runs"),
                       .mode = delta::SaveMode::Overwrite,
                       .schema_mode = delta::SchemaMode::Merge,
                       .replace_where = replaced,
                       .commit = {.mutation = of_lake()}},
                      interrupt)
      .version;
}

std::vector<KnownRepository> read_repos(const Session& session, const LakeLayout& lake,
                                        const Interrupt& interrupt) {
  std::vector<KnownRepository> repositories;
  if (!delta::is_table(session, lake.uri("repos"))) return repositories;
  const delta::ProviderBundle table =
      delta::provider_from_session(session, {.table_uri = lake.uri("repos")}, interrupt);
  check_format(table.snapshot);
  const DataFrame rows = session.read(table.provider).select({"repo", "root", "origin"});
  for (const RecordBatch& batch : rows.collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      repositories.push_back({std::string(batch.column("repo").bytes(row)),
                              std::string(batch.column("root").bytes(row)),
                              std::string(batch.column("origin").bytes(row))});
    }
  }
  return repositories;
}

void record_repository(const Session& session, const LakeLayout& lake,
                       const KnownRepository& repository, const Interrupt& interrupt) {
  const DataFrame row = session.sql("SELECT $repo AS repo, $root AS root, $origin AS origin",
                                    {{"repo", lit(repository.repo)},
                                     {"root", lit(repository.root)},
                                     {"origin", lit(repository.origin)}},
                                    interrupt);
  delta::write(session, row,
               {.table_uri = lake.uri("repos"),
                .mode = delta::SaveMode::Overwrite,
                .replace_where = rows_of(repository.repo),
                .commit = {.mutation = of_lake()}},
               interrupt);
}

std::string rows_of(std::string_view repo) {
  std::string predicate = "repo = '";
  for (const char c : repo) {
    if (c == '\'') predicate += '\'';
    predicate += c;
  }
  return predicate + "'";
}

}  // namespace alluvium::code
