#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "alluvium/catalog/introspection.h"
#include "alluvium/code/lake.h"
#include "cli/chosen_lake.h"
#include "cli/figures.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/table_layout.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

struct TableSize {
  std::string name;
  std::uint64_t rows;
};

// What the runs counted; the engine counts what they don't, such as views.
std::vector<TableSize> sizes_of(const code::Lake& lake, const Interrupt& interrupt) {
  const Session session = open_lake_session(lake, interrupt);
  std::vector<TableSize> sizes;
  const std::map<std::string, std::string> left_out = lake.left_out();
  for (const std::string& name : introspection::table_names_snapshot(session)) {
    if (left_out.contains(name)) continue;
    std::uint64_t rows = 0;
    bool counted = true;
    for (const code::Run& run : lake.runs()) {
      const auto found = run.counts.find(name);
      if (found == run.counts.end()) {
        counted = false;
        break;
      }
      rows += static_cast<std::uint64_t>(found->second);
    }
    sizes.push_back({name, counted ? rows : session.table(name).count(interrupt)});
  }
  return sizes;
}

std::string as_json(const code::Lake& lake, const std::vector<TableSize>& sizes) {
  JsonDocument tables = JsonDocument::array();
  for (const TableSize& size : sizes) {
    tables.push_back({{"name", size.name}, {"rows", size.rows}});
  }
  JsonDocument repositories = JsonDocument::array();
  for (const code::Run& run : lake.runs()) {
    repositories.push_back({{"repo", run.repo},
                            {"run_id", run.run_id},
                            {"kind", run.kind},
                            {"ref", run.ref},
                            {"source_revision", run.source_revision},
                            {"dirty", run.dirty},
                            {"finished_at", run.finished_at},
                            {"versions", run.versions},
                            {"rows", run.counts}});
  }
  const JsonDocument document = {{"lake", lake.folder().string()},
                                 {"tables", std::move(tables)},
                                 {"repositories", std::move(repositories)}};
  return indented_json(document);
}

std::string as_text(const code::Lake& lake, const std::vector<TableSize>& sizes) {
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  std::vector<std::vector<TableCell>> tables;
  for (const TableSize& size : sizes) tables.push_back({{size.name}, {grouped(size.rows)}});
  std::vector<std::vector<TableCell>> repositories;
  for (const code::Run& run : lake.runs()) {
    std::string revision = visible(run.source_revision.substr(0, 12));
    if (!run.ref.empty()) revision += fmt::format(" ({})", visible(run.ref));
    if (run.dirty) revision += " + changes";
    repositories.push_back(
        {{visible(run.repo)}, {revision}, {run.finished_at}, {visible(run.run_id)}});
  }
  return TableLayout::draw({{"table"}, {"rows", true}}, tables, terminal) +
         TableLayout::draw({{"repository"}, {"revision"}, {"finished"}, {"run"}}, repositories,
                           terminal);
}

void tables(const Program& program, const ChosenLake& chosen) {
  std::string text;
  {
    const InterruptibleWork work;
    const code::Lake lake = chosen.open(work.interrupt());
    const std::vector<TableSize> sizes = sizes_of(lake, work.interrupt());
    text = program.json ? as_json(lake, sizes) : as_text(lake, sizes);
  }
  print(text);
}

}  // namespace

void add_tables(Program& program) {
  const auto lake = std::make_shared<ChosenLake>();
  CLI::App* verb = add_verb(program, "tables", "List the published tables and repositories",
                            [&program, lake] { tables(program, *lake); });
  lake->add_folder_option(*verb);
  lake->add_moment_option(*verb);
  verb->add_flag("--json", program.json, "As JSON, errors too");
}

}  // namespace alluvium::cli
