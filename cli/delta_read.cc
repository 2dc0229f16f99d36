// The verbs of `alluvium delta` that read a table, as it is or was.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <optional>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/cdf.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/pruning.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "cli/delta.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/table_layout.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

std::string utc(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     milliseconds % 1000);
}

struct ReadOptions : DeltaOptions {
  std::optional<std::int64_t> version;
  std::optional<std::string> timestamp;
  std::optional<std::string> format;
  std::size_t limit = 0;
};

delta::ProviderRequest request_of(const ReadOptions& options) {
  return {.table_uri = options.table,
          .storage_options = storage_of(options),
          .version = options.version,
          .timestamp = options.timestamp};
}

void add_version_options(CLI::App& verb, ReadOptions& options) {
  CLI::Option* version =
      verb.add_option("--version", options.version, "At this version")->type_name("N");
  verb.add_option("--timestamp", options.timestamp, "At the last version until then (RFC 3339)")
      ->type_name("TIME")
      ->excludes(version);
}

void history(const Program& program, const ReadOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  const auto commits =
      delta::history(session, request_of(options), options.limit, work.interrupt());
  if (program.json) {
    JsonDocument document = JsonDocument::array();
    for (const delta::HistoryEntry& commit : commits) {
      document.push_back({{"version", commit.version},
                          {"timestamp", utc(commit.timestamp)},
                          {"operation", commit.operation},
                          {"parameters", commit.parameters},
                          {"metrics", commit.metrics},
                          {"engine", commit.engine},
                          {"metadata", commit.metadata}});
    }
    return print(indented_json(document));
  }
  std::vector<std::vector<TableCell>> rows;
  rows.reserve(commits.size());
  for (const delta::HistoryEntry& commit : commits) {
    rows.push_back({{std::to_string(commit.version)},
                    {utc(commit.timestamp)},
                    {visible(commit.operation)},
                    {visible(commit.engine)}});
  }
  print(TableLayout::draw({{"version", true}, {"time"}, {"operation"}, {"engine"}}, rows,
                          terminal_of(STDOUT_FILENO)));
}

JsonDocument snapshot_json(const delta::Snapshot& table) {
  JsonDocument columns = JsonDocument::array();
  for (const Field& field : table.schema.fields) {
    columns.push_back({{"name", field.name},
                       {"type", field.type.to_string()},
                       {"nullable", field.nullable},
                       {"metadata", field.metadata}});
  }
  return {{"table", table.table_uri},
          {"version", table.version},
          {"id", table.table_id},
          {"name", table.name},
          {"description", table.description},
          {"columns", std::move(columns)},
          {"partition_columns", table.partition_columns},
          {"properties", table.configuration},
          {"min_reader_version", table.min_reader_version},
          {"min_writer_version", table.min_writer_version},
          {"reader_features", table.reader_features},
          {"writer_features", table.writer_features}};
}

void info(const Program& program, const ReadOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  const delta::Snapshot table = delta::snapshot(session, request_of(options), work.interrupt());
  if (program.json) return print(indented_json(snapshot_json(table)));
  std::string text = fmt::format("{}\n  version      {}\n  id           {}\n", table.table_uri,
                                 table.version, table.table_id);
  if (!table.name.empty()) text += fmt::format("  name         {}\n", visible(table.name));
  if (!table.description.empty()) {
    text += fmt::format("  description  {}\n", visible(table.description));
  }
  text += fmt::format("  protocol     reader {}, writer {}\n", table.min_reader_version,
                      table.min_writer_version);
  if (!table.writer_features.empty()) {
    text += fmt::format("  features     {}\n", fmt::join(table.writer_features, ", "));
  }
  if (!table.partition_columns.empty()) {
    text += fmt::format("  partitioned  {}\n", fmt::join(table.partition_columns, ", "));
  }
  text += "\n" + table.schema.to_string();
  print(text);
}

ResultFormat format_of(const Program& program, const ReadOptions& options) {
  if (!program.json) return result_format_from_name(options.format.value_or("table"));
  if (options.format.value_or("json") == "json") return ResultFormat::Json;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("--json and --format {} exclude each other", *options.format), false,
              {{"hint", "give one"}});
}

// Runs a query over one registered table and prints it.
void print_rows(const Program& program, const ReadOptions& options, const Session& session,
                const std::string& query) {
  const InterruptibleWork work;
  Output output;
  run_query(session, query, {}, format_of(program, options), output, terminal_of(STDOUT_FILENO),
            work.interrupt());
  output.finish();
}

void files(const Program& program, const ReadOptions& options) {
  const Session session = open_delta_session(options);
  IoAdapter(session).register_view("files", delta::files(session, request_of(options)));
  print_rows(program, options, session, "SELECT * FROM files ORDER BY path");
}

struct QueryOptions : ReadOptions {
  std::string query = "SELECT * FROM \"table\"";
  std::string output;
  bool pruning = false;
};

void print_pruning(const Program& program, const DataFrame& frame, const Interrupt& interrupt) {
  auto scans = JsonDocument::array();
  std::string text;
  for (const delta::PruningReport& scan : delta::pruning(frame, interrupt)) {
    scans.push_back({{"table", scan.table_uri},
                     {"version", scan.version},
                     {"files_total", scan.files_total},
                     {"files_kept", scan.files_kept},
                     {"dropped_by_partition", scan.dropped_by_partition},
                     {"dropped_by_statistics", scan.dropped_by_statistics},
                     {"filters", scan.filters}});
    text +=
        fmt::format("{} at version {}: {} of {} files; {} dropped by partition, {} by statistics\n",
                    visible(scan.table_uri), scan.version, scan.files_kept, scan.files_total,
                    scan.dropped_by_partition, scan.dropped_by_statistics);
    for (const std::string& filter : scan.filters) text += fmt::format("  {}\n", visible(filter));
  }
  print(program.json ? indented_json(scans) : text);
}

void read(const Program& program, const QueryOptions& options) {
  const ResultFormat format = format_of(program, options);
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  IoAdapter(session).register_delta_table_provider(
      "table",
      delta::provider_from_session(session, request_of(options), work.interrupt()).provider);
  if (options.pruning) return print_pruning(program, session.sql(options.query), work.interrupt());
  if (format == ResultFormat::Parquet) {
    if (options.output.empty()) {
      throw Error(ErrorCode::InvalidArgument, "Parquet needs a file to be written to", false,
                  {{"hint", "--output FILE"}});
    }
    return run_query_to_parquet(session, options.query, {}, options.output, work.interrupt());
  }
  std::optional<Output> file;
  Output standard;
  if (!options.output.empty()) file.emplace(options.output);
  Output& output = file ? *file : standard;
  run_query(session, options.query, {}, format, output,
            file ? Terminal{} : terminal_of(STDOUT_FILENO), work.interrupt());
  output.finish();
}

struct CdfVerbOptions : ReadOptions {
  delta::CdfOptions range;
};

void cdf(const Program& program, const CdfVerbOptions& options) {
  const Session session = open_delta_session(options);
  IoAdapter(session).register_delta_cdf_provider(
      "feed", delta::cdf_provider(session, {.table_uri = options.table,
                                            .storage_options = storage_of(options),
                                            .options = options.range})
                  .provider);
  print_rows(program, options, session, "SELECT * FROM feed ORDER BY _commit_version");
}

struct ExportOptions : ReadOptions {
  std::string to;
};

// Copies one version into a table of its own, with its metadata.
void export_snapshot(const Program& program, const ExportOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  const delta::ProviderBundle source =
      delta::provider_from_session(session, request_of(options), work.interrupt());
  std::map<std::string, std::string> configuration;
  for (const auto& [key, value] : source.snapshot.configuration) {
    // What a lake says of its own tables isn't true of a copy, which is a plain table.
    if (key.starts_with("alluvium.") || delta::needs_feature(key, value)) continue;
    configuration.emplace(key, value);
  }
  print_report(program,
               delta::write(session, session.read(source.provider),
                            {.table_uri = options.to,
                             .storage_options = storage_of(options),
                             .mode = delta::SaveMode::ErrorIfExists,
                             .partition_by = source.snapshot.partition_columns,
                             .configuration = std::move(configuration),
                             .name = source.snapshot.name,
                             .description = source.snapshot.description,
                             .commit = {.metadata = {{"alluvium.source", source.snapshot.table_uri},
                                                     {"alluvium.sourceVersion",
                                                      std::to_string(source.snapshot.version)}}}},
                            work.interrupt()));
}

}  // namespace

void add_delta_reading(DeltaVerbs& verbs) {
  const auto past = std::make_shared<ReadOptions>();
  CLI::App* verb = verbs.add("history", "List the commits, newest first", history, past);
  verb->add_option("--limit", past->limit, "At most so many")->type_name("N");

  const auto told = std::make_shared<ReadOptions>();
  verb = verbs.add("info", "Tell a table's columns, protocol and properties", info, told);
  add_version_options(*verb, *told);

  const auto asked = std::make_shared<QueryOptions>();
  verb = verbs.add("read", "Print a table's rows, or what a query makes of them", read, asked);
  add_version_options(*verb, *asked);
  verb->add_option("--query", asked->query, "SQL over `table`")->type_name("SQL");
  verb->add_option("--format", asked->format, "How rows are written")
      ->check(CLI::IsMember(result_format_names()))
      ->type_name("NAME");
  verb->add_option("--output", asked->output, "Write to this file, once all is there")
      ->type_name("FILE");
  verb->add_flag("--pruning", asked->pruning,
                 "Say how many data files the query reads, and why not the others");

  const auto listed = std::make_shared<ReadOptions>();
  verb = verbs.add("files", "List the data files with their statistics", files, listed);
  add_version_options(*verb, *listed);
  verb->add_option("--format", listed->format, "How rows are written")
      ->check(CLI::IsMember(std::vector<std::string>{"table", "csv", "json", "ndjson"}))
      ->type_name("NAME");

  const auto changed = std::make_shared<CdfVerbOptions>();
  verb = verbs.add("cdf", "Print the change feed", cdf, changed);
  verb->add_option("--from-version", changed->range.starting_version, "The first version")
      ->type_name("N");
  verb->add_option("--to-version", changed->range.ending_version, "The last version")
      ->type_name("N");
  verb->add_option("--from-time", changed->range.starting_timestamp, "From then on (RFC 3339)")
      ->type_name("TIME");
  verb->add_option("--to-time", changed->range.ending_timestamp, "Until then")->type_name("TIME");
  verb->add_option("--format", changed->format, "How rows are written")
      ->check(CLI::IsMember(std::vector<std::string>{"table", "csv", "json", "ndjson"}))
      ->type_name("NAME");

  const auto exported = std::make_shared<ExportOptions>();
  verb = verbs.add("export-snapshot", "Copy a version into a table of its own", export_snapshot,
                   exported);
  add_version_options(*verb, *exported);
  verb->add_option("--to", exported->to, "The new table")->type_name("DIR")->required();
}

}  // namespace alluvium::cli
