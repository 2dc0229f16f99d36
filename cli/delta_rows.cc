// The verbs of `alluvium delta` that put, change and take away rows of a table.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "cli/delta_create.h"
#include "cli/interruption.h"

namespace alluvium::cli {
namespace {

// Where rows come from.
struct SourceOptions {
  std::string from;
  std::string format;
  std::string query;
};

void add_source_options(CLI::App& verb, SourceOptions& options) {
  verb.add_option("--from", options.from, "A file, or a folder of files, of rows")
      ->type_name("FILE")
      ->required();
  verb.add_option("--format", options.format, "How they are written (default: by the extension)")
      ->check(CLI::IsMember(std::vector<std::string>{"parquet", "csv", "json", "arrow", "delta"}))
      ->type_name("NAME");
  verb.add_option("--query", options.query, "SQL over `source` that makes the rows of what is read")
      ->type_name("SQL");
}

std::string format_of(const SourceOptions& options) {
  if (!options.format.empty()) return options.format;
  const std::string extension = std::filesystem::path(options.from).extension().string();
  if (extension == ".csv") return "csv";
  if (extension == ".json" || extension == ".ndjson") return "json";
  if (extension == ".arrow") return "arrow";
  std::error_code ignored;
  const bool is_delta =
      std::filesystem::is_directory(std::filesystem::path(options.from) / "_delta_log", ignored);
  return is_delta ? "delta" : "parquet";
}

DataFrame open_source(const Session& session, const SourceOptions& options) {
  const std::string format = format_of(options);
  IoAdapter adapter(session);
  if (format == "delta") {
    adapter.register_delta_table_provider(
        "source", delta::provider_from_session(session, {.table_uri = options.from}).provider);
  } else {
    const FileFormat kind = format == "csv"     ? FileFormat::Csv
                            : format == "json"  ? FileFormat::Json
                            : format == "arrow" ? FileFormat::Arrow
                                                : FileFormat::Parquet;
    adapter.register_listing("source", options.from, kind);
  }
  if (options.query.empty()) return session.table("source");
  return session.sql(options.query, SqlOptions::read_only());
}

struct WriteOptions : CreateOptions {
  SourceOptions source;
  std::string mode = "append";
  std::string replace_where;
  bool merge_schema = false;
  bool overwrite_schema = false;
  std::uint64_t target_size = 0;
  std::string compression;
};

void write(const Program& program, const WriteOptions& options) {
  const Session session = open_delta_session(options);
  delta::WriteRequest request{.table_uri = options.table,
                              .storage_options = storage_of(options),
                              .partition_by = options.partition_by,
                              .configuration = assignments_of(options.properties),
                              .name = options.name,
                              .description = options.description,
                              .commit = commit_of(options)};
  if (options.mode == "overwrite") request.mode = delta::SaveMode::Overwrite;
  if (options.mode == "error") request.mode = delta::SaveMode::ErrorIfExists;
  if (!options.replace_where.empty()) request.replace_where = options.replace_where;
  if (options.merge_schema) request.schema_mode = delta::SchemaMode::Merge;
  if (options.overwrite_schema) request.schema_mode = delta::SchemaMode::Overwrite;
  if (options.target_size > 0) request.target_file_size = options.target_size;
  if (!options.compression.empty()) request.writer.compression = options.compression;
  const InterruptibleWork work;
  print_report(program, delta::write(session, open_source(session, options.source), request,
                                     work.interrupt()));
}

std::vector<delta::Assignment> set_of(const std::vector<std::string>& texts) {
  std::vector<delta::Assignment> set;
  for (const std::string& text : texts) {
    auto [column, value] = split_assignment(text);
    set.push_back({.column = std::move(column), .value = std::move(value)});
  }
  return set;
}

std::optional<delta::Condition> condition_of(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<delta::Condition>(text);
}

struct MergeOptions : DeltaOptions {
  SourceOptions source;
  std::string on;
  std::vector<std::string> update;
  std::vector<std::string> insert;
  bool update_all = false;
  bool insert_all = false;
  bool delete_matched = false;
  bool delete_unmatched = false;
  std::string update_when;
  std::string insert_when;
  std::string delete_when;
  bool merge_schema = false;
};

// Every column of the source, as it is.
std::vector<delta::Assignment> whole(const DataFrame& source) {
  std::vector<delta::Assignment> set;
  for (const Field& field : source.schema().fields) {
    set.push_back({.column = field.name, .value = col("source", field.name)});
  }
  return set;
}

void merge(const Program& program, const MergeOptions& options) {
  const Session session = open_delta_session(options);
  const DataFrame source = open_source(session, options.source);
  delta::Merge request{.table_uri = options.table,
                       .storage_options = storage_of(options),
                       .on = options.on,
                       .merge_schema = options.merge_schema,
                       .commit = commit_of(options)};
  if (options.delete_matched) request.when_matched_delete(condition_of(options.delete_when));
  if (options.update_all) {
    request.when_matched_update(whole(source), condition_of(options.update_when));
  } else if (!options.update.empty()) {
    request.when_matched_update(set_of(options.update), condition_of(options.update_when));
  }
  if (options.insert_all) {
    request.when_not_matched_insert(whole(source), condition_of(options.insert_when));
  } else if (!options.insert.empty()) {
    request.when_not_matched_insert(set_of(options.insert), condition_of(options.insert_when));
  }
  if (options.delete_unmatched) request.when_not_matched_by_source_delete();
  const InterruptibleWork work;
  print_report(program, delta::merge(session, source, request, work.interrupt()));
}

struct UpdateOptions : DeltaOptions {
  std::vector<std::string> set;
  std::string where;
  bool all = false;
};

void check_where(const UpdateOptions& options) {
  if (options.where.empty() != options.all) {
    throw Error(ErrorCode::InvalidArgument, "which rows?", false,
                {{"hint", "--where SQL, or --all"}});
  }
}

void update(const Program& program, const UpdateOptions& options) {
  check_where(options);
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program, delta::update(session,
                                      {.table_uri = options.table,
                                       .storage_options = storage_of(options),
                                       .where = condition_of(options.where),
                                       .set = set_of(options.set),
                                       .commit = commit_of(options)},
                                      work.interrupt()));
}

void delete_rows(const Program& program, const UpdateOptions& options) {
  check_where(options);
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program, delta::delete_rows(session,
                                           {.table_uri = options.table,
                                            .storage_options = storage_of(options),
                                            .where = condition_of(options.where),
                                            .commit = commit_of(options)},
                                           work.interrupt()));
}

void add_where_options(CLI::App& verb, UpdateOptions& options) {
  verb.add_option("--where", options.where, "Which rows")->type_name("SQL");
  verb.add_flag("--all", options.all, "All rows");
}

void add_merge(DeltaVerbs& verbs) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App* verb = verbs.add("merge", "Merge rows into a table", merge, options);
  add_source_options(*verb, options->source);
  verb->add_option("--on", options->on, "Which rows of `source` and `target` belong together")
      ->type_name("SQL")
      ->required();
  verb->add_flag("--update-all", options->update_all, "Set all columns of rows that are there");
  verb->add_option("--update", options->update, "Set a column of rows that are there")
      ->type_name("COLUMN=SQL")
      ->allow_extra_args(false);
  verb->add_option("--update-when", options->update_when, "Only of these")->type_name("SQL");
  verb->add_flag("--insert-all", options->insert_all, "Insert rows that are not there");
  verb->add_option("--insert", options->insert, "A column of rows that are inserted")
      ->type_name("COLUMN=SQL")
      ->allow_extra_args(false);
  verb->add_option("--insert-when", options->insert_when, "Only of these")->type_name("SQL");
  verb->add_flag("--delete-matched", options->delete_matched, "Delete rows that are in the source");
  verb->add_option("--delete-when", options->delete_when, "Only of these")->type_name("SQL");
  verb->add_flag("--delete-unmatched", options->delete_unmatched,
                 "Delete rows that are not in the source");
  verb->add_flag("--merge-schema", options->merge_schema, "Add columns that the table lacks");
  DeltaVerbs::add_commit_options(*verb, *options);
}

void add_write(DeltaVerbs& verbs) {
  const auto options = std::make_shared<WriteOptions>();
  CLI::App* verb =
      verbs.add("write", "Append rows to a table, or replace its rows", write, options);
  add_source_options(*verb, options->source);
  verb->add_option("--mode", options->mode, "What happens to the rows that are there")
      ->check(CLI::IsMember(std::vector<std::string>{"append", "overwrite", "error"}))
      ->type_name("NAME")
      ->capture_default_str();
  verb->add_option("--replace-where", options->replace_where, "The rows that overwrite replaces")
      ->type_name("SQL");
  verb->add_flag("--merge-schema", options->merge_schema, "Add columns that the table lacks");
  verb->add_flag("--overwrite-schema", options->overwrite_schema, "Replace the table's columns");
  verb->add_option("--target-size", options->target_size, "Of a data file, such as 64MiB")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->type_name("SIZE");
  verb->add_option("--compression", options->compression, "snappy, zstd, gzip, brotli, lz4_raw")
      ->type_name("NAME");
  add_layout_options(*verb, *options);
  DeltaVerbs::add_commit_options(*verb, *options);
}

}  // namespace

void add_delta_rows(DeltaVerbs& verbs) {
  add_write(verbs);
  add_merge(verbs);

  const auto updated = std::make_shared<UpdateOptions>();
  CLI::App* verb = verbs.add("update", "Change rows", update, updated);
  verb->add_option("--set", updated->set, "A column's new value")
      ->type_name("COLUMN=SQL")
      ->allow_extra_args(false)
      ->required();
  add_where_options(*verb, *updated);
  DeltaVerbs::add_commit_options(*verb, *updated);

  const auto deleted = std::make_shared<UpdateOptions>();
  verb = verbs.add("delete", "Delete rows", delete_rows, deleted);
  add_where_options(*verb, *deleted);
  DeltaVerbs::add_commit_options(*verb, *deleted);
}

}  // namespace alluvium::cli
