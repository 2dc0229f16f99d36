#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "alluvium/catalog/introspection.h"
#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "cli/chosen_lake.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/table_layout.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

struct Options {
  ChosenLake lake;
  std::string table;
};

std::string comment_of(const Field& field) {
  const auto found = field.metadata.find("comment");
  return found == field.metadata.end() ? "" : found->second;
}

Schema schema_of(const Options& options) {
  const InterruptibleWork work;
  const code::Lake lake = options.lake.open(work.interrupt());
  const Session session = open_lake_session(lake, work.interrupt());
  if (!session.has_table(options.table)) {
    throw Error(
        ErrorCode::NotFound, fmt::format("there is no table `{}`", options.table), false,
        {{"hint", fmt::format("there are {}",
                              fmt::join(introspection::table_names_snapshot(session), ", "))},
         {"table", options.table}});
  }
  return session.table(options.table).schema();
}

std::string as_json(const std::string& table, const Schema& schema) {
  JsonDocument columns = JsonDocument::array();
  for (const Field& field : schema.fields) {
    columns.push_back({{"name", field.name},
                       {"type", field.type.to_string()},
                       {"nullable", field.nullable},
                       {"comment", comment_of(field)}});
  }
  const JsonDocument document = {{"table", table}, {"columns", std::move(columns)}};
  return indented_json(document);
}

std::string as_text(const Schema& schema) {
  std::vector<std::vector<TableCell>> rows;
  rows.reserve(schema.fields.size());
  for (const Field& field : schema.fields) {
    rows.push_back({{visible(field.name)},
                    {visible(field.type.to_string())},
                    {field.nullable ? "yes" : "no"},
                    {visible(comment_of(field))}});
  }
  return TableLayout::draw({{"column"}, {"type"}, {"null"}, {"meaning"}}, rows,
                           terminal_of(STDOUT_FILENO));
}

}  // namespace

void add_describe(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      program, "describe", "Tell a table's columns and what they mean", [&program, options] {
        const Schema schema = schema_of(*options);
        print(program.json ? as_json(options->table, schema) : as_text(schema));
      });
  verb->add_option("TABLE", options->table, "The table")->type_name("")->required();
  options->lake.add_folder_option(*verb);
  options->lake.add_moment_option(*verb);
  verb->add_flag("--json", program.json, "As JSON, errors too");
}

}  // namespace alluvium::cli
