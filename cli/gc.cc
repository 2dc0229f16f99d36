#include "alluvium/code/gc.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/chosen_lake.h"
#include "cli/figures.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/shown_work.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  alluvium gc --dry-run                    what the nearest lake would lose
  alluvium gc --keep 3                     all but the last three runs of each repository
  alluvium gc --keep-since 19f3a0           what `--at` reads there stays, and all that is later
  alluvium gc --keep-since 2026-01-31 --json

A repository's current run stays in any case, and with it all that were published after it.)";

struct Options {
  std::string lake;
  std::size_t keep = 0;
  code::GcRequest request;
};

struct Total {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;

  void add(const delta::RemovedFiles& removed) {
    files += removed.files;
    bytes += removed.bytes;
  }
};

Total total_of(const code::TableGc& table) {
  Total total;
  total.add(table.data);
  total.add(table.changes);
  total.add(table.log);
  return total;
}

Total total_of(const code::GcReport& report) {
  Total total;
  for (const code::TableGc& table : report.tables) {
    const Total of_table = total_of(table);
    total.files += of_table.files;
    total.bytes += of_table.bytes;
  }
  total.add(report.unfinished);
  return total;
}

JsonDocument files_json(const delta::RemovedFiles& removed) {
  return {{"files", removed.files}, {"bytes", removed.bytes}};
}

std::string as_json(const code::GcReport& report, const fs::path& lake, bool dry_run) {
  JsonDocument removed = JsonDocument::array();
  for (const code::Run& run : report.removed) {
    removed.push_back({{"repo", run.repo},
                       {"run_id", run.run_id},
                       {"kind", run.kind},
                       {"source_revision", run.source_revision},
                       {"finished_at", run.finished_at}});
  }
  JsonDocument kept = JsonDocument::array();
  for (const code::KeptRuns& runs : report.kept) {
    kept.push_back({{"repo", runs.repo},
                    {"runs", runs.runs},
                    {"oldest_run_id", runs.oldest.run_id},
                    {"oldest_finished_at", runs.oldest.finished_at}});
  }
  JsonDocument tables = JsonDocument::array();
  for (const code::TableGc& table : report.tables) {
    JsonDocument document = {{"table", table.table}};
    if (table.is_retired) {
      document["retired"] = true;
    } else {
      document["first_version"] = table.first_version;
    }
    if (!table.pinned_by.run_id.empty()) {
      document["pinned_by"] = {{"repo", table.pinned_by.repo}, {"run_id", table.pinned_by.run_id}};
    }
    document["data"] = files_json(table.data);
    document["changes"] = files_json(table.changes);
    document["log"] = files_json(table.log);
    tables.push_back(std::move(document));
  }
  const Total total = total_of(report);
  const JsonDocument document = {
      {"lake", lake.string()},         {"dry_run", dry_run},
      {"removed", std::move(removed)}, {"kept", std::move(kept)},
      {"tables", std::move(tables)},   {"unfinished", files_json(report.unfinished)},
      {"files", total.files},          {"bytes", total.bytes}};
  return indented_json(document);
}

std::string runs_text(const code::GcReport& report) {
  std::string text;
  for (const code::KeptRuns& kept : report.kept) {
    const auto gone = std::ranges::count(report.removed, kept.repo, &code::Run::repo);
    text += fmt::format("  {}: {} of {}, the oldest that stays is {} of {}\n", visible(kept.repo),
                        grouped(static_cast<std::uint64_t>(gone)),
                        counted(static_cast<std::uint64_t>(gone) + kept.runs, "run"),
                        kept.oldest.run_id, kept.oldest.finished_at);
  }
  return text;
}

std::string tables_text(const code::GcReport& report) {
  std::string text;
  std::size_t width = 0;
  for (const code::TableGc& table : report.tables) width = std::max(width, table.table.size());
  for (const code::TableGc& table : report.tables) {
    const Total total = total_of(table);
    if (total.files == 0) continue;
    const std::string stays = table.is_retired
                                  ? "no run has it any more"
                                  : fmt::format("from version {} on it stays", table.first_version);
    text += fmt::format("  {:<{}}  {:>10}  {}, {} of the change feed, {} of the log; {}\n",
                        visible(table.table), width, byte_size(total.bytes),
                        counted(table.data.files, "data file"), grouped(table.changes.files),
                        grouped(table.log.files), stays);
  }
  if (report.unfinished.files > 0) {
    text += fmt::format("  {:<{}}  {:>10}  {}, left by programs that were killed\n", "", width,
                        byte_size(report.unfinished.bytes),
                        counted(report.unfinished.files, "unfinished file"));
  }
  return text;
}

std::string as_text(const code::GcReport& report, const fs::path& lake, bool dry_run) {
  const Total total = total_of(report);
  const bool nothing = report.removed.empty() && total.files == 0;
  std::string text = fmt::format("{} {}\n", dry_run ? "Would remove from" : "Removed from",
                                 visible(lake.string()));
  text += runs_text(report);
  if (nothing) return text + "  no file\n";
  text += "\n" + tables_text(report);
  return text + fmt::format("\n{}, {}\n", counted(total.files, "file"), byte_size(total.bytes));
}

void gc(const Program& program, const Options& options) {
  code::GcRequest request = options.request;
  request.lake = find_lake(options.lake);
  if (options.keep > 0) request.keep = options.keep;
  const code::GcReport report = show_work([&](const auto& progress, const Interrupt& interrupt) {
    return code::collect_garbage(request, progress, interrupt);
  });
  const fs::path lake = fs::absolute(request.lake).lexically_normal();
  print(program.json ? as_json(report, lake, request.dry_run)
                     : as_text(report, lake, request.dry_run));
}

}  // namespace

void add_gc(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, "gc", "Remove old runs of a lake, and what no run needs that is left",
               [&program, options] { gc(program, *options); });
  verb->add_option("--lake", options->lake,
                   "A lake, or a repository that has one (default: the nearest .alluvium)")
      ->type_name("DIR");
  verb->add_option("--keep", options->keep,
                   "Keep this many runs of each repository, the newest (default: 10, or 1 with "
                   "--keep-since)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  verb->add_option("--keep-since", options->request.keep_since,
                   "Keep what --at reads at this run, git commit or time, and all that is later")
      ->type_name("RUN|REVISION|TIME");
  verb->add_flag("--dry-run", options->request.dry_run, "Only tell what would go");
  verb->add_flag("--wait", options->request.wait,
                 "Wait for runs that are under way instead of failing");
  verb->add_flag("--json", program.json, "Report as JSON, errors too");
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
