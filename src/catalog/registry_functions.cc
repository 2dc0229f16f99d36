#include <string>
#include <utility>

#include "alluvium/catalog/udf_catalog.h"
#include "alluvium/frame/record_batch.h"

namespace alluvium {
namespace {

DataType list_of(std::vector<Field> fields) { return list(struct_(std::move(fields))); }

void append_all(ColumnBuilder column, const std::vector<std::string>& values) {
  for (const std::string& value : values) column.child(0).append(value);
  column.finish_element();
}

void append_or_null(ColumnBuilder column, const std::string& value) {
  if (value.empty()) {
    column.append_null();
  } else {
    column.append(value);
  }
}

const Schema& registry_schema() {
  static const Schema schema{
      .fields = {{.name = "name", .type = utf8(), .nullable = false},
                 {.name = "kind", .type = utf8(), .nullable = false},
                 {.name = "aliases", .type = list(utf8()), .nullable = false},
                 {.name = "arguments",
                  .type = list_of({{.name = "name", .type = utf8(), .nullable = false},
                                   {.name = "type", .type = utf8(), .nullable = false},
                                   {.name = "default", .type = utf8()},
                                   {.name = "constant", .type = boolean(), .nullable = false}}),
                  .nullable = false},
                 {.name = "variadic", .type = boolean(), .nullable = false},
                 {.name = "volatility", .type = utf8(), .nullable = false},
                 {.name = "returns", .type = utf8(), .nullable = false},
                 {.name = "nullable", .type = boolean(), .nullable = false},
                 {.name = "traits", .type = list(utf8()), .nullable = false}}};
  return schema;
}

void append_registry(RecordBatchBuilder& rows, const FunctionEntry& entry) {
  rows.column(0).append(entry.name);
  rows.column(1).append(entry.kind);
  append_all(rows.column(2), entry.aliases);
  ColumnBuilder arguments = rows.column(3);
  for (const FunctionEntry::Argument& argument : entry.arguments) {
    ColumnBuilder each = arguments.child(0);
    each.child(0).append(argument.name);
    each.child(1).append(argument.type);
    append_or_null(each.child(2), argument.default_value);
    each.child(3).append(argument.constant);
    each.finish_element();
  }
  arguments.finish_element();
  rows.column(4).append(entry.variadic);
  append_or_null(rows.column(5), entry.volatility.empty() ? "immutable" : entry.volatility);
  rows.column(6).append(entry.returns);
  rows.column(7).append(entry.nullable);
  append_all(rows.column(8), entry.traits);
}

const Schema& docs_schema() {
  static const Schema schema{
      .fields = {{.name = "name", .type = utf8(), .nullable = false},
                 {.name = "kind", .type = utf8(), .nullable = false},
                 {.name = "category", .type = utf8(), .nullable = false},
                 {.name = "syntax", .type = utf8(), .nullable = false},
                 {.name = "description", .type = utf8(), .nullable = false},
                 {.name = "arguments",
                  .type = list_of({{.name = "name", .type = utf8(), .nullable = false},
                                   {.name = "description", .type = utf8(), .nullable = false}}),
                  .nullable = false},
                 {.name = "example", .type = utf8()},
                 {.name = "example_result", .type = utf8()}}};
  return schema;
}

void append_docs(RecordBatchBuilder& rows, const FunctionEntry& entry) {
  rows.column(0).append(entry.name);
  rows.column(1).append(entry.kind);
  rows.column(2).append(entry.documentation.category);
  rows.column(3).append(entry.syntax);
  rows.column(4).append(entry.documentation.description);
  ColumnBuilder arguments = rows.column(5);
  for (const FunctionEntry::Argument& argument : entry.arguments) {
    ColumnBuilder each = arguments.child(0);
    each.child(0).append(argument.name);
    each.child(1).append(argument.description);
    each.finish_element();
  }
  arguments.finish_element();
  append_or_null(rows.column(6), entry.documentation.example);
  append_or_null(rows.column(7), entry.documentation.example_result);
}

// A table with a row for each function of the session.
TableFunction listing(std::string name, std::string description, const Schema& schema,
                      void (*append)(RecordBatchBuilder&, const FunctionEntry&)) {
  std::string example = "SELECT name FROM " + name + "() ORDER BY name LIMIT 3";
  return {.name = std::move(name),
          .plan =
              [&schema, append](const Session& session, std::span<const ColumnView> /*arguments*/,
                                const Interrupt& /*interrupt*/) {
                RecordBatchBuilder rows(schema);
                for (const FunctionEntry& entry : snapshot(session.profile().functions).entries) {
                  append(rows, entry);
                }
                std::vector<RecordBatch> batches;
                batches.push_back(rows.finish());
                return session.read(RecordBatchReader::of(schema, std::move(batches)));
              },
          .documentation = {.category = "table",
                            .description = std::move(description),
                            .example = std::move(example)}};
}

}  // namespace

FunctionSet registry_functions() {
  return {.tables = {
              listing("udf_registry", "The native functions of the session, with their signatures.",
                      registry_schema(), append_registry),
              listing("udf_docs", "The documentation of the session's native functions.",
                      docs_schema(), append_docs)}};
}

}  // namespace alluvium
