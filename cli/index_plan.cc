#include "cli/index_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/figures.h"
#include "cli/json_document.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

constexpr std::size_t kPathsShown = 10;

std::string what_it_is(const code::IndexPlan& plan) {
  const std::string since = plan.last_run_id.empty() ? "" : " since its run " + plan.last_run_id;
  if (!plan.goes_back_to.empty()) {
    return "back to its run " + plan.goes_back_to +
           (plan.work == code::IndexWork::Revision ? ", whose files are there again"
                                                   : ", and an update of what changed since");
  }
  switch (plan.work) {
    case code::IndexWork::Nothing:
      return "unchanged" + since + ": nothing to do";
    case code::IndexWork::Revision:
      return "another revision of the same files" + since + ": a run with the same tables";
    case code::IndexWork::Update:
      return "an update of what changed" + since;
    case code::IndexWork::Rebuild:
      return (plan.rebuild_reason.starts_with("--only") ? "some tables anew: "
                                                        : "all tables anew: ") +
             visible(plan.rebuild_reason);
  }
  return "";
}

std::string_view meaning_of(code::TableWork work) {
  switch (work) {
    case code::TableWork::Untouched:
      return "untouched";
    case code::TableWork::Restored:
      return "rows of that run, as they are";
    case code::TableWork::Files:
      return "by files: those that are parsed";
    case code::TableWork::References:
      return "by files: those, and where references mean something else then";
    case code::TableWork::Resolution:
      return "by files: where resolution comes to something else";
    case code::TableWork::Anew:
      return "anew";
  }
  return "";
}

std::string paths_text(char sign, const std::vector<std::string>& paths) {
  std::string text;
  for (std::size_t i = 0; i < std::min(paths.size(), kPathsShown); ++i) {
    text += fmt::format("    {} {}\n", sign, visible(paths[i]));
  }
  if (paths.size() > kPathsShown) {
    text += fmt::format("    {} and {} more\n", sign, grouped(paths.size() - kPathsShown));
  }
  return text;
}

}  // namespace

std::string plan_text(const code::IndexPlan& plan, const std::filesystem::path& lake) {
  std::string text = fmt::format("{}: {}\n", visible(plan.run.repo), what_it_is(plan));
  text += fmt::format("  lake      {}\n", visible(lake.string()));
  text += fmt::format("  files     {} ({} added, {} changed, {} removed), {}\n",
                      grouped(plan.files), grouped(plan.added.size()), grouped(plan.changed.size()),
                      grouped(plan.removed.size()), byte_size(plan.bytes));
  text += fmt::format("  to parse  {}{}\n", plan.work == code::IndexWork::Update ? "at least " : "",
                      grouped(plan.files_to_parse));
  // Of all files that are new the names tell nothing.
  if (plan.added.size() < plan.files) text += paths_text('+', plan.added);
  text += paths_text('~', plan.changed);
  text += paths_text('-', plan.removed);
  if (!plan.renamed.empty()) text += "  of another module name:\n" + paths_text('=', plan.renamed);
  const bool changes_tables = !plan.goes_back_to.empty() || plan.work == code::IndexWork::Update ||
                              plan.work == code::IndexWork::Rebuild;
  if (!changes_tables) return text;
  std::size_t width = 0;
  for (const code::PlannedTable& table : plan.tables) width = std::max(width, table.table.size());
  text += "\nTables, in the order in which they are made:\n";
  for (const code::PlannedTable& table : plan.tables) {
    text += fmt::format("  {:<{}}  {}\n", table.table, width, meaning_of(table.work));
  }
  return text;
}

std::string plan_json(const code::IndexPlan& plan, const std::filesystem::path& lake) {
  JsonDocument tables = JsonDocument::array();
  for (const code::PlannedTable& table : plan.tables) {
    tables.push_back(
        {{"table", table.table}, {"work", code::to_string(table.work)}, {"inputs", table.inputs}});
  }
  const JsonDocument document = {{"repo", plan.run.repo},
                                 {"lake", lake.string()},
                                 {"work", code::to_string(plan.work)},
                                 {"rebuild_reason", plan.rebuild_reason},
                                 {"last_run_id", plan.last_run_id},
                                 {"goes_back_to", plan.goes_back_to},
                                 {"kind", plan.run.kind},
                                 {"ref", plan.run.ref},
                                 {"source_revision", plan.run.source_revision},
                                 {"dirty", plan.run.dirty},
                                 {"files", plan.files},
                                 {"bytes", plan.bytes},
                                 {"added", plan.added},
                                 {"changed", plan.changed},
                                 {"removed", plan.removed},
                                 {"renamed", plan.renamed},
                                 {"files_to_parse", plan.files_to_parse},
                                 {"tables", std::move(tables)}};
  return indented_json(document);
}

}  // namespace alluvium::cli
