// The verbs of `alluvium delta` that put, change and take away rows.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "cli/delta.h"
#include "cli/interruption.h"

namespace alluvium::cli {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw Error(ErrorCode::InvalidArgument, what, false, {{"hint", hint}});
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// What is between the brackets of `MAP<...>` or `MAP(...)`; empty when the type is no map.
std::string_view map_arguments(std::string_view type) {
  constexpr std::string_view kName = "MAP";
  const bool is_map = type.size() > kName.size() &&
                      std::equal(kName.begin(), kName.end(), type.begin(),
                                 [](char upper, char c) { return upper == (c & ~0x20); });
  if (!is_map) return {};
  const std::string_view rest = trimmed(type.substr(kName.size()));
  const bool closed = (rest.starts_with('<') && rest.ends_with('>')) ||
                      (rest.starts_with('(') && rest.ends_with(')'));
  return closed ? rest.substr(1, rest.size() - 2) : std::string_view();
}

// The first comma outside of brackets.
std::size_t first_comma(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' || text[i] == '(') ++depth;
    if (text[i] == '>' || text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) return i;
  }
  return std::string_view::npos;
}

// A type as SQL has it; maps too, which the engine's SQL can't spell.
DataType type_of(const Session& session, std::string_view text) {
  const std::string_view arguments = map_arguments(trimmed(text));
  if (const std::size_t comma = first_comma(arguments); comma != std::string_view::npos) {
    const Field entries{
        .name = "entries",
        .type = struct_({{.name = "key",
                          .type = type_of(session, arguments.substr(0, comma)),
                          .nullable = false},
                         {.name = "value", .type = type_of(session, arguments.substr(comma + 1))}}),
        .nullable = false};
    return {"+m", {entries}};
  }
  const DataFrame planned =
      session.sql(fmt::format("SELECT CAST(NULL AS {})", text), SqlOptions::read_only());
  return planned.schema().fields.at(0).type;
}

// `NAME TYPE [NOT NULL]`.
Field column_of(const Session& session, const std::string& text) {
  std::string rest = text;
  const std::string not_null = " NOT NULL";
  const bool nullable = !rest.ends_with(not_null);
  if (!nullable) rest.resize(rest.size() - not_null.size());
  const std::size_t blank = rest.find(' ');
  if (blank == std::string::npos || blank == 0) {
    refuse(fmt::format("`{}` is no column", text), "write \"NAME TYPE\" or \"NAME TYPE NOT NULL\"");
  }
  return {.name = rest.substr(0, blank),
          .type = type_of(session, std::string_view(rest).substr(blank + 1)),
          .nullable = nullable};
}

Schema columns_of(const Session& session, const std::vector<std::string>& texts) {
  Schema schema;
  for (const std::string& text : texts) schema.fields.push_back(column_of(session, text));
  return schema;
}

struct CreateOptions : DeltaOptions {
  std::vector<std::string> columns;
  std::vector<std::string> partition_by;
  std::vector<std::string> properties;
  std::string name;
  std::string description;
};

void add_layout_options(CLI::App& verb, CreateOptions& options) {
  verb.add_option("--partition-by", options.partition_by, "Partition columns, separated by commas")
      ->delimiter(',')
      ->type_name("COLUMNS");
  verb.add_option("--property", options.properties, "A table property of a new table")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--name", options.name, "The name of a new table")->type_name("TEXT");
  verb.add_option("--description", options.description, "The description of a new table")
      ->type_name("TEXT");
}

void create(const Program& program, const CreateOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program, delta::create(session,
                                      {.table_uri = options.table,
                                       .storage_options = storage_of(options),
                                       .schema = columns_of(session, options.columns),
                                       .partition_by = options.partition_by,
                                       .configuration = assignments_of(options.properties),
                                       .name = options.name,
                                       .description = options.description,
                                       .commit = commit_of(options)},
                                      work.interrupt()));
}

void convert(const Program& program, const CreateOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program,
               delta::convert_to_delta(session,
                                       {.table_uri = options.table,
                                        .storage_options = storage_of(options),
                                        .partition_schema = columns_of(session, options.columns),
                                        .configuration = assignments_of(options.properties),
                                        .name = options.name,
                                        .description = options.description,
                                        .commit = commit_of(options)},
                                       work.interrupt()));
}

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
    refuse("which rows?", "--where SQL, or --all");
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
  const auto created = std::make_shared<CreateOptions>();
  CLI::App* verb = verbs.add("create", "Make an empty table", create, created);
  verb->add_option("--column", created->columns, "A column, in order")
      ->type_name("\"NAME TYPE [NOT NULL]\"")
      ->allow_extra_args(false)
      ->required();
  add_layout_options(*verb, *created);
  DeltaVerbs::add_commit_options(*verb, *created);

  const auto converted = std::make_shared<CreateOptions>();
  verb = verbs.add("convert", "Make a table of the Parquet files in a folder", convert, converted);
  verb->add_option("--partition-column", converted->columns, "A column that folders are named for")
      ->type_name("\"NAME TYPE\"")
      ->allow_extra_args(false);
  add_layout_options(*verb, *converted);
  DeltaVerbs::add_commit_options(*verb, *converted);

  add_write(verbs);
  add_merge(verbs);

  const auto updated = std::make_shared<UpdateOptions>();
  verb = verbs.add("update", "Change rows", update, updated);
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
