#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/delta/cdf.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/provider.h"
#include "alluvium/error.h"
#include "alluvium/frame/functions.h"
#include "alluvium/functions/tables.h"
#include "alluvium/observe/caches.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

std::optional<std::int64_t> whole_number(const ColumnView& argument) {
  if (argument.is_null(0)) return std::nullopt;
  return argument.int64(0);
}

std::optional<std::string> text(const ColumnView& argument) {
  if (argument.is_null(0)) return std::nullopt;
  return std::string(argument.bytes(0));
}

// Of which table a call is. A null is refused as no table.
std::string table_uri(const ColumnView& argument) {
  if (argument.is_null(0)) {
    throw Error(ErrorCode::InvalidQuery, "the argument `uri` is null; give a path or a URL", false,
                {{"parameter", "uri"}});
  }
  return std::string(argument.bytes(0));
}

Parameter uri_parameter() {
  return {.name = "uri", .type = utf8(), .description = "A path or a URL.", .constant = true};
}

Parameter optional_parameter(std::string name, const DataType& type, std::string description) {
  return {.name = std::move(name),
          .type = type,
          .description = std::move(description),
          .default_value = lit_null(type),
          .constant = true};
}

Parameter version_parameter() {
  return optional_parameter("version", int64(), "The version to read; the latest when null.");
}

FunctionDocumentation document(std::string description, std::string example) {
  return {.category = "table",
          .description = std::move(description),
          .example = std::move(example),
          .example_result = ""};
}

DataFrame read_delta(const Session& session, Arguments arguments, const Interrupt& interrupt) {
  const auto bundle = delta::provider_from_session(session,
                                                   {.table_uri = table_uri(arguments[0]),
                                                    .version = whole_number(arguments[1]),
                                                    .timestamp = text(arguments[2])},
                                                   interrupt);
  return session.read(bundle.provider);
}

DataFrame read_delta_cdf(const Session& session, Arguments arguments, const Interrupt& interrupt) {
  const auto bundle =
      delta::cdf_provider(session,
                          {.table_uri = table_uri(arguments[0]),
                           .options = {.starting_version = whole_number(arguments[1]),
                                       .ending_version = whole_number(arguments[2]),
                                       .starting_timestamp = text(arguments[3]),
                                       .ending_timestamp = text(arguments[4])}},
                          interrupt);
  return session.read(bundle.provider);
}

DataFrame delta_add_actions(const Session& session, Arguments arguments,
                            const Interrupt& interrupt) {
  return delta::files(session,
                      {.table_uri = table_uri(arguments[0]), .version = whole_number(arguments[1])},
                      interrupt);
}

DataType text_map() {
  return {"+m",
          {{.name = "entries",
            .type = struct_({{.name = "key", .type = utf8(), .nullable = false},
                             {.name = "value", .type = utf8()}}),
            .nullable = false}}};
}

void append(ColumnBuilder column, const std::map<std::string, std::string>& entries) {
  ColumnBuilder pairs = column.child(0);
  for (const auto& [key, value] : entries) {
    pairs.child(0).append(key);
    pairs.child(1).append(value);
    pairs.finish_element();
  }
  column.finish_element();
}

void append(ColumnBuilder column, const std::vector<std::string>& items) {
  for (const std::string& item : items) column.child(0).append(item);
  column.finish_element();
}

void append_columns(ColumnBuilder column, const Schema& schema) {
  ColumnBuilder fields = column.child(0);
  for (const Field& field : schema.fields) {
    fields.child(0).append(field.name);
    fields.child(1).append(field.type.to_string());
    fields.child(2).append(field.nullable);
    fields.finish_element();
  }
  column.finish_element();
}

// How many files the version has, and what they hold.
struct Extent {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> records;
};

Extent extent_of(const Session& session, const delta::ProviderRequest& request,
                 const Interrupt& interrupt) {
  namespace fn = functions;
  const DataFrame files = delta::files(session, request, interrupt);
  const bool counted = files.schema().index_of("num_records") >= 0;
  const Expr records = counted ? col("num_records").cast(int64()) : lit_null(int64());
  // The sum of some files' records alone would pass for that of all.
  const Expr all = when(fn::count(records) == fn::count_all(), fn::sum(records)).end();
  const std::vector<RecordBatch> rows =
      files
          .aggregate({},
                     {fn::count_all().alias("files"),
                      fn::coalesce(fn::sum(col("size_bytes").cast(int64())), lit(std::int64_t{0}))
                          .alias("bytes"),
                      all.cast(int64()).alias("records")})
          .collect(interrupt);
  const RecordBatch& row = rows.at(0);
  return {.files = row.column("files").int64(0),
          .bytes = row.column("bytes").int64(0),
          .records = whole_number(row.column("records"))};
}

Schema snapshot_schema() {
  const DataType columns = list(struct_({{.name = "name", .type = utf8(), .nullable = false},
                                         {.name = "type", .type = utf8(), .nullable = false},
                                         {.name = "nullable", .type = boolean()}}));
  return {.fields = {{.name = "table_uri", .type = utf8()},
                     {.name = "version", .type = int64()},
                     {.name = "table_id", .type = utf8()},
                     {.name = "name", .type = utf8()},
                     {.name = "description", .type = utf8()},
                     {.name = "columns", .type = columns},
                     {.name = "partition_columns", .type = list(utf8())},
                     {.name = "properties", .type = text_map()},
                     {.name = "min_reader_version", .type = int32()},
                     {.name = "min_writer_version", .type = int32()},
                     {.name = "reader_features", .type = list(utf8())},
                     {.name = "writer_features", .type = list(utf8())},
                     {.name = "num_files", .type = int64()},
                     {.name = "size_bytes", .type = int64()},
                     {.name = "num_records", .type = int64()}}};
}

DataFrame delta_snapshot(const Session& session, Arguments arguments, const Interrupt& interrupt) {
  delta::ProviderRequest request{.table_uri = table_uri(arguments[0]),
                                 .version = whole_number(arguments[1])};
  const delta::Snapshot snapshot = delta::snapshot(session, request, interrupt);
  request.version = snapshot.version;
  const Extent extent = extent_of(session, request, interrupt);
  const Schema schema = snapshot_schema();
  RecordBatchBuilder row(schema);
  int next = 0;
  const auto column = [&] { return row.column(next++); };
  column().append(snapshot.table_uri);
  column().append(snapshot.version);
  column().append(snapshot.table_id);
  column().append(snapshot.name);
  column().append(snapshot.description);
  append_columns(column(), snapshot.schema);
  append(column(), snapshot.partition_columns);
  append(column(), snapshot.configuration);
  column().append(snapshot.min_reader_version);
  column().append(snapshot.min_writer_version);
  append(column(), snapshot.reader_features);
  append(column(), snapshot.writer_features);
  column().append(extent.files);
  column().append(extent.bytes);
  if (ColumnBuilder records = column(); extent.records) {
    records.append(*extent.records);
  } else {
    records.append_null();
  }
  return session.read(RecordBatchReader::of(schema, {row.finish()}));
}

Schema history_schema() {
  return {.fields = {{.name = "version", .type = int64()},
                     {.name = "timestamp", .type = timestamp(TimeUnit::Milli, "UTC")},
                     {.name = "operation", .type = utf8()},
                     {.name = "parameters", .type = text_map()},
                     {.name = "metrics", .type = text_map()},
                     {.name = "engine", .type = utf8()},
                     {.name = "metadata", .type = text_map()}}};
}

DataFrame delta_history(const Session& session, Arguments arguments, const Interrupt& interrupt) {
  const std::int64_t limit = whole_number(arguments[1]).value_or(0);
  if (limit < 0) {
    throw Error(ErrorCode::InvalidQuery, fmt::format("the limit {} is negative", limit), false,
                {{"parameter", "limit"}});
  }
  const Schema schema = history_schema();
  RecordBatchBuilder rows(schema);
  for (const delta::HistoryEntry& entry :
       delta::history(session, {.table_uri = table_uri(arguments[0])},
                      static_cast<std::size_t>(limit), interrupt)) {
    rows.column(0).append(entry.version);
    rows.column(1).append(entry.timestamp);
    rows.column(2).append(entry.operation);
    append(rows.column(3), entry.parameters);
    append(rows.column(4), entry.metrics);
    rows.column(5).append(entry.engine);
    append(rows.column(6), entry.metadata);
  }
  return session.read(RecordBatchReader::of(schema, {rows.finish()}));
}

TableFunction cache(std::string name, DataFrame (*entries)(const Session&),
                    std::string description) {
  const std::string example = "SELECT * FROM " + name + "()";
  return {.name = std::move(name),
          .parameters = {},
          .plan = [entries](const Session& session, Arguments,
                            const Interrupt&) { return entries(session); },
          .documentation = document(std::move(description), example)};
}

std::vector<TableFunction> delta_functions() {
  return {
      {.name = "read_delta",
       .parameters = {uri_parameter(), version_parameter(),
                      optional_parameter("timestamp", utf8(),
                                         "RFC 3339: the last version committed at or before it.")},
       .plan = read_delta,
       .documentation = document("The rows of a Delta table, as it is or as it was.",
                                 "SELECT * FROM read_delta('/lake/trips', version => 3)")},
      {.name = "read_delta_cdf",
       .parameters =
           {uri_parameter(),
            optional_parameter("starting_version", int64(), "The first version; 0 when null."),
            optional_parameter("ending_version", int64(), "The last; the latest when null."),
            optional_parameter("starting_timestamp", utf8(), "RFC 3339, in place of the version."),
            optional_parameter("ending_timestamp", utf8(), "RFC 3339, in place of the version.")},
       .plan = read_delta_cdf,
       .documentation = document(
           "The change feed of a Delta table: its columns, `_change_type`, `_commit_version` and "
           "`_commit_timestamp`.",
           "SELECT * FROM read_delta_cdf('/lake/trips', starting_version => 3)")},
      {.name = "delta_snapshot",
       .parameters = {uri_parameter(), version_parameter()},
       .plan = delta_snapshot,
       .documentation = document(
           "One row: the metadata and protocol of a Delta table at a version, and how many files, "
           "bytes and records it has (null records where a file doesn't say).",
           "SELECT version, num_files FROM delta_snapshot('/lake/trips')")},
      {.name = "delta_add_actions",
       .parameters = {uri_parameter(), version_parameter()},
       .plan = delta_add_actions,
       .documentation =
           document("The data files of a Delta table at a version, with their statistics.",
                    "SELECT path, size_bytes FROM delta_add_actions('/lake/trips')")},
      {.name = "delta_history",
       .parameters = {uri_parameter(),
                      optional_parameter("limit", int64(),
                                         "At most so many commits; all that the log still has when "
                                         "null or 0.")},
       .plan = delta_history,
       .documentation = document("The commits of a Delta table, newest first.",
                                 "SELECT * FROM delta_history('/lake/trips', limit => 10)")},
  };
}

}  // namespace

FunctionSet table_functions() {
  FunctionSet set{.tables = delta_functions()};
  set.tables.push_back(cache("list_files_cache", observe::list_files_cache,
                             "The folders that the session has listed, one row a file."));
  set.tables.push_back(cache("metadata_cache", observe::metadata_cache,
                             "The files whose metadata (Parquet footers) the session keeps."));
  set.tables.push_back(cache("statistics_cache", observe::statistics_cache,
                             "The files whose statistics the session keeps."));
  return set;
}

}  // namespace alluvium
