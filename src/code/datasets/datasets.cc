#include "code/datasets/datasets.h"

#include <algorithm>
#include <array>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "code/datasets/published_columns.h"
#include "code/datasets/sql_text.h"
#include "code/resolve/module_names.h"
#include "code/resolve/resolved_names.h"

namespace alluvium::code {
namespace {

// What a native maker's rows are registered as.
std::string table_as_made(std::string_view dataset) { return std::string(dataset) + "_made"; }

/// Published, with rows of `query`; without one they are made natively.
Dataset declared(std::string_view name, std::string_view meaning, std::vector<Column> columns,
                 std::vector<std::string_view> key, std::vector<std::string_view> inputs,
                 int maker_version, std::string_view query) {
  return {.name = name,
          .meaning = meaning,
          .columns = std::move(columns),
          .key = std::move(key),
          .inputs = std::move(inputs),
          .maker_version = maker_version,
          .query = query,
          .intermediate = false};
}

Dataset unpublished(Dataset dataset) {
  dataset.intermediate = true;
  return dataset;
}

Dataset published(std::string_view name, std::string_view meaning, std::vector<Column> columns,
                  std::vector<std::string_view> key, std::vector<std::string_view> inputs,
                  int maker_version) {
  return declared(name, meaning, std::move(columns), std::move(key), std::move(inputs),
                  maker_version, sql_text(name));
}

Dataset intermediate(std::string_view name, std::string_view meaning,
                     std::vector<std::string_view> key, std::vector<std::string_view> inputs,
                     int maker_version) {
  return unpublished(
      published(name, meaning, {}, std::move(key), std::move(inputs), maker_version));
}

Dataset native(std::string_view name, std::string_view meaning, std::vector<std::string_view> key,
               std::vector<std::string_view> inputs, int maker_version,
               MadeRows (*make)(const Session&, const Interrupt&)) {
  Dataset dataset = unpublished(
      declared(name, meaning, {}, std::move(key), std::move(inputs), maker_version, {}));
  dataset.make = make;
  return dataset;
}

Dataset made_with(std::string_view maker, std::string_view name, std::string_view meaning,
                  std::vector<Column> columns, std::vector<std::string_view> key,
                  int maker_version) {
  return declared(name, meaning, std::move(columns), std::move(key), {maker}, maker_version, {});
}

// Questions read all of it.
Dataset large(Dataset dataset) {
  dataset.data_file_bytes = std::uint64_t{352} << 10;
  return dataset;
}

Dataset of_importer(Dataset dataset) {
  dataset.file_column = "importer_file_id";
  return dataset;
}

Dataset of_module(Dataset dataset) {
  dataset.file_column = "module";
  return dataset;
}

Dataset from_scip(Dataset dataset) {
  dataset.from_scip = true;
  return dataset;
}

Dataset with_scip(Dataset dataset, std::string_view query, std::vector<std::string_view> inputs) {
  dataset.scip_query = sql_text(query);
  dataset.scip_inputs = std::move(inputs);
  return dataset;
}

MadeRows resolve_names(const Session& session, const Interrupt& interrupt) {
  return ResolvedNames(Program::load(session, interrupt), interrupt).rows();
}

std::vector<Dataset> declare() {
  return {
      // Before any file is read.
      native("file_modules", "A listed source file with the module name its place gives it",
             {"file_id"}, {"listing", "markers"}, 1, make_file_modules),
      published("modules", "A module: a source file that can be imported by a dotted name",
                modules_columns(), {"file_id"}, {"file_modules"}, 1),

      intermediate("file_interfaces", "What resolution needs to know of a source file", {"file_id"},
                   {"facts"}, 6),

      // Resolution, of all files.
      native("lookups", "A question that references ask beyond their file, answered", {},
             {"file_interfaces", "file_modules"}, 8, resolve_names),
      of_importer(made_with("lookups", "imports_resolved", "One import, resolved",
                            imports_resolved_columns(), {"import_id"}, 1)),
      unpublished(made_with("lookups", "outside_modules",
                            "A module that is imported from outside the repository", {}, {"module"},
                            1)),
      of_module(published("external_modules",
                          "A module of the standard library or another distribution that the "
                          "repository imports",
                          external_modules_columns(), {"module"}, {"outside_modules"}, 1)),
      made_with("lookups", "exports", "A name a module offers", exports_columns(),
                {"file_id", "name"}, 1),
      made_with("lookups", "relations",
                "How a definition depends on another without naming it in its body",
                relations_columns(), {"def_id", "kind", "related_def_id", "ordinal"}, 7),
      unpublished(made_with("lookups", "lookup_candidates",
                            "A definition that a question may be answered with, of several", {}, {},
                            2)),

      // Projections of the facts.
      published("files", "A source file", files_columns(), {"file_id"}, {"facts"}, 3),
      large(published("definitions",
                      "A class, function, method, parameter, or variable of a module or class",
                      definitions_columns(), {"def_id"}, {"facts"}, 2)),
      published("imports", "One imported name as written", imports_columns(), {"import_id"},
                {"facts"}, 1),
      published("type_exprs",
                "A type as written: an annotation, the value of a type statement, or the bound of "
                "a type parameter",
                type_exprs_columns(), {"type_expr_id"}, {"facts"}, 1),
      published("scopes", "A scope as CPython 3.13's symtable has it", scopes_columns(),
                {"scope_id"}, {"facts"}, 1),
      published("bindings", "A name in a scope, with symtable's flags", bindings_columns(),
                {"scope_id", "name"}, {"facts"}, 1),
      published("diagnostics", "A problem found in a file", diagnostics_columns(), {},
                {"facts", "listing_problems", "scip_facts"}, 2),

      // What the SCIP index says.
      from_scip(published("symbols", "A symbol of the SCIP index", symbols_columns(),
                          {"symbol", "file_id"}, {"scip_facts", "definitions"}, 1)),
      from_scip(published("occurrences", "A place where a symbol of the SCIP index occurs",
                          occurrences_columns(), {}, {"scip_facts"}, 1)),
      from_scip(published("symbol_relationships", "What one symbol of the SCIP index is to another",
                          symbol_relationships_columns(),
                          {"symbol", "related_symbol", "is_reference", "is_implementation",
                           "is_type_definition", "is_definition", "file_id"},
                          {"scip_facts"}, 1)),
      from_scip(intermediate("scip_targets", "A reference with the definition that SCIP names",
                             {"ref_id"}, {"scip_facts", "symbols", "facts"}, 1)),

      // References, with the answers to their questions.
      large(with_scip(
          published("refs", "A use of a name", refs_columns(), {"ref_id"}, {"facts", "lookups"}, 3),
          "refs_by_scip", {"refs_by_rules", "scip_targets"})),
      with_scip(
          published("candidates", "A definition that a reference may mean, of several",
                    candidates_columns(), {"ref_id", "def_id"}, {"facts", "lookup_candidates"}, 2),
          "candidates_by_scip", {"candidates_by_rules", "scip_targets"}),
      large(with_scip(
          published("calls", "A call site", calls_columns(), {"call_id"}, {"facts", "lookups"}, 3),
          "calls_by_scip", {"calls_by_rules", "scip_targets"})),
  };
}

}  // namespace

std::span<const Dataset> datasets() {
  static const std::vector<Dataset> kDatasets = declare();
  return kDatasets;
}

const Dataset* find_dataset(std::string_view name) {
  const std::span<const Dataset> all = datasets();
  const auto found = std::ranges::find(all, name, &Dataset::name);
  return found == all.end() ? nullptr : &*found;
}

DataFrame Dataset::rows(const Session& session, const Interrupt& interrupt) const {
  return is_native() ? session.table(table_as_made(name)) : session.sql(query, {}, interrupt);
}

void Dataset::release(const Session& session) const {
  if (is_native()) IoAdapter(session).deregister(table_as_made(name));
}

void register_made(const Session& session, const MadeRows& rows) {
  IoAdapter adapter(session);
  for (const auto& [dataset, batches] : rows) {
    adapter.register_record_batches(table_as_made(dataset), batches);
  }
}

std::span<const std::string_view> given_inputs() {
  static constexpr std::array<std::string_view, 5> kInputs = {
      "listing", "markers", "listing_problems", "facts", "scip_facts"};
  return kInputs;
}

Schema table_schema(const Dataset& dataset) {
  Schema schema;
  for (const Column& column : dataset.columns) {
    Field field{.name = std::string(column.name), .type = column.type, .nullable = column.nullable};
    field.metadata = {{"comment", std::string(column.comment)}};
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

const std::map<std::string, std::string>& dataset_settings() {
  static const std::map<std::string, std::string> kSettings = {
      {"datafusion.optimizer.repartition_joins", "false"},
      {"datafusion.optimizer.max_passes", "1"},
  };
  return kSettings;
}

}  // namespace alluvium::code
