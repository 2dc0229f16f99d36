#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "alluvium/catalog/introspection.h"
#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "cli/chosen_lake.h"
#include "cli/graphml.h"
#include "cli/interruption.h"
#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/query.h"

namespace alluvium::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  alluvium export tables                               each table as tables/NAME.parquet
  alluvium export tables --format csv --table calls --table refs
  alluvium export graph.graphml                        the graph, for Gephi, yEd, NetworkX, igraph
  alluvium export graph.graphml --at 4c1e7b            as it was

Without --table, all tables and no views (nodes, edges, props and imports_across are views over
them).)";

struct Options {
  ChosenLake lake;
  std::string target;
  std::string format;
  std::vector<std::string> tables;
};

std::string format_of(const Options& options) {
  if (!options.format.empty()) return options.format;
  return options.target.ends_with(".graphml") ? "graphml" : "parquet";
}

std::vector<std::string> tables_of(const Session& session, const std::vector<std::string>& wanted) {
  std::vector<std::string> known = introspection::table_names_snapshot(session);
  if (wanted.empty()) {
    const std::vector<std::string> views = code::Lake::view_names();
    std::erase_if(known, [&](const std::string& name) {
      return std::ranges::find(views, name) != views.end();
    });
    return known;
  }
  for (const std::string& name : wanted) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw Error(ErrorCode::NotFound, fmt::format("the lake has no table `{}`", name), false,
                {{"hint", "`alluvium tables` lists them"}});
  }
  return wanted;
}

std::string quoted(const std::string& name) { return '"' + name + '"'; }

void export_tables(const Session& session, const Options& options, const Interrupt& interrupt) {
  const std::string format = format_of(options);
  const ResultFormat written = result_format_from_name(format);
  std::error_code failure;
  fs::create_directories(options.target, failure);
  if (failure) {
    throw Error(ErrorCode::Io, fmt::format("the folder `{}` can't be made: {}", options.target,
                                           failure.message()));
  }
  for (const std::string& table : tables_of(session, options.tables)) {
    const fs::path file = fs::path(options.target) / (table + "." + format);
    const std::string query = "SELECT * FROM " + quoted(table);
    if (written == ResultFormat::Parquet) {
      run_query_to_parquet(session, query, {}, file, interrupt);
      continue;
    }
    Output output(file);
    run_query(session, query, {}, written, output, {}, interrupt);
    output.finish();
  }
}

void export_graph(const Session& session, const Options& options, const Interrupt& interrupt) {
  if (!options.tables.empty()) {
    throw Error(ErrorCode::InvalidArgument, "GraphML has the graph alone, and no tables");
  }
  Output output{fs::path(options.target)};
  write_graphml(session, output, interrupt);
  output.finish();
}

void run_export(const Options& options) {
  const InterruptibleWork work;
  const Session session = open_lake_session(options.lake.open(work.interrupt()), work.interrupt());
  if (format_of(options) == "graphml") {
    export_graph(session, options, work.interrupt());
  } else {
    export_tables(session, options, work.interrupt());
  }
}

}  // namespace

void add_export(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(program, "export", "Write the lake's tables, or its graph, into files",
                            [options] { run_export(*options); });
  verb->add_option("TARGET", options->target,
                   "A folder, for a file of each table; of the graph the file")
      ->required();
  verb->add_option("--format", options->format,
                   "parquet, csv, ndjson, or graphml (default: by the target, else parquet)")
      ->check(CLI::IsMember({"parquet", "csv", "ndjson", "graphml"}))
      ->type_name("NAME");
  verb->add_option("--table", options->tables, "Only this table; may be given several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  options->lake.add_folder_option(*verb);
  options->lake.add_repository_option(*verb);
  options->lake.add_moment_option(*verb);
  verb->add_flag("--json", program.json, "Errors as JSON");
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
