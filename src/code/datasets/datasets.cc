#include "code/datasets/datasets.h"

#include <array>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "code/datasets/published_columns.h"
#include "code/datasets/sql_text.h"
#include "code/resolve/lookups.h"

namespace alluvium::code {
namespace {

Dataset published(std::string_view name, std::string_view meaning, std::vector<Column> columns,
                  std::vector<std::string_view> key, std::vector<std::string_view> inputs,
                  int maker_version) {
  return {.name = name,
          .meaning = meaning,
          .columns = std::move(columns),
          .key = std::move(key),
          .inputs = std::move(inputs),
          .maker_version = maker_version,
          .query = sql_text(name),
          .intermediate = false};
}

Dataset native(std::string_view name, std::string_view meaning, std::vector<std::string_view> key,
               std::vector<std::string_view> inputs, int maker_version,
               std::vector<RecordBatch> (*make)(const Session&, const Interrupt&)) {
  return {.name = name,
          .meaning = meaning,
          .columns = {},
          .key = std::move(key),
          .inputs = std::move(inputs),
          .maker_version = maker_version,
          .query = {},
          .intermediate = true,
          .make = make};
}

Dataset intermediate(std::string_view name, std::string_view meaning,
                     std::vector<std::string_view> key, std::vector<std::string_view> inputs,
                     int maker_version) {
  return {.name = name,
          .meaning = meaning,
          .columns = {},
          .key = std::move(key),
          .inputs = std::move(inputs),
          .maker_version = maker_version,
          .query = sql_text(name),
          .intermediate = true};
}

Dataset internal(Dataset dataset) {
  dataset.is_internal = true;
  return dataset;
}

// Questions read all of it.
Dataset large(Dataset dataset) {
  dataset.data_file_bytes = std::uint64_t{512} << 10;
  return dataset;
}

Dataset of_importer(Dataset dataset) {
  dataset.file_column = "importer_file_id";
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

std::vector<Dataset> declare() {
  return {
      // Before any file is read.
      intermediate("file_modules", "A listed source file with the module name its place gives it",
                   {"file_id"}, {"listing", "markers"}, 1),
      intermediate("module_index", "A dotted module name with the one file that it names",
                   {"repo", "module"}, {"file_modules"}, 1),
      published("modules", "A module: a source file that can be imported by a dotted name",
                modules_columns(), {"file_id"}, {"file_modules"}, 1),

      internal(published("interfaces", "What resolution needs to know of a source file",
                         interfaces_columns(), {"file_id"}, {"facts"}, 1)),

      // Resolution, of all files.
      intermediate("stdlib_modules", "A top-level module of Python's standard library", {"module"},
                   {}, 1),
      intermediate("import_targets", "An import with what it names in the repository",
                   {"import_id"}, {"interfaces", "file_modules", "module_index"}, 1),
      of_importer(published("imports_resolved", "One import, resolved", imports_resolved_columns(),
                            {"import_id"}, {"import_targets", "file_modules", "stdlib_modules"},
                            1)),
      intermediate("all_names", "A name that a module's `__all__` lists", {"file_id", "name"},
                   {"interfaces", "file_modules", "import_targets", "module_index"}, 1),
      intermediate(
          "bound_names", "A name that a module binds at its top level", {"file_id", "name"},
          {"interfaces", "all_names", "import_targets", "file_modules", "module_index"}, 1),
      intermediate("star_names", "A name that a module has from a star import only",
                   {"file_id", "name"},
                   {"interfaces", "all_names", "bound_names", "import_targets"}, 1),
      intermediate("name_targets", "A name that a module offers, followed to its end",
                   {"file_id", "name"}, {"bound_names", "star_names"}, 1),
      published("exports", "A name a module offers", exports_columns(), {"file_id", "name"},
                {"name_targets", "all_names", "file_modules"}, 1),
      intermediate("import_bindings", "An import with what the name that it binds stands for",
                   {"import_id"}, {"import_targets", "name_targets"}, 1),
      native("lookups", "A question that references ask beyond their file, answered", {},
             {"interfaces", "import_bindings", "name_targets", "module_index"}, 3, answer_lookups),
      published("relations", "How a definition depends on another without naming it in its body",
                relations_columns(), {"def_id", "kind", "related_def_id", "ordinal"}, {"lookups"},
                2),

      // Projections of the facts.
      published("files", "A source file", files_columns(), {"file_id"}, {"facts"}, 2),
      large(published("definitions",
                      "A class, function, method, parameter, or variable of a module or class",
                      definitions_columns(), {"def_id"}, {"facts"}, 1)),
      published("imports", "One imported name as written", imports_columns(), {"import_id"},
                {"facts"}, 1),
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
          published("refs", "A use of a name", refs_columns(), {"ref_id"}, {"facts", "lookups"}, 1),
          "refs_by_scip", {"refs_by_rules", "scip_targets"})),
      large(with_scip(
          published("calls", "A call site", calls_columns(), {"call_id"}, {"facts", "lookups"}, 1),
          "calls_by_scip", {"calls_by_rules", "scip_targets"})),
  };
}

}  // namespace

std::span<const Dataset> datasets() {
  static const std::vector<Dataset> kDatasets = declare();
  return kDatasets;
}

DataFrame Dataset::rows(const Session& session, const Interrupt& interrupt) const {
  if (make == nullptr) return session.sql(query, {}, interrupt);
  const std::string made = std::string(name) + "_made";
  IoAdapter(session).register_record_batches(made, make(session, interrupt));
  return session.table(made);
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
    // Rows that are kept and rows that are made must be of one schema, to be read together.
    if (!dataset.is_internal) field.metadata = {{"comment", std::string(column.comment)}};
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

const std::map<std::string, std::string>& dataset_settings() {
  static const std::map<std::string, std::string> kSettings = {
      {"datafusion.optimizer.repartition_joins", "false"},
  };
  return kSettings;
}

}  // namespace alluvium::code
