#include "cli/index_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <system_error>

#include "cli/figures.h"
#include "cli/shell_word.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

namespace fs = std::filesystem;

std::uint64_t total_of(const std::map<std::string, std::uint64_t>& counts) {
  std::uint64_t total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

std::string revision_text(const code::Run& run) {
  if (run.source_revision.empty()) return "";
  std::string text = run.source_revision.substr(0, 12);
  if (!run.ref.empty()) text += fmt::format(" on {}", run.ref);
  if (run.dirty) text += ", with uncommitted changes";
  return visible(text);
}

std::string counts_text(const code::Run& run) {
  std::size_t name_width = 0;
  std::size_t count_width = 0;
  for (const auto& [table, count] : run.counts) {
    name_width = std::max(name_width, table.size());
    count_width = std::max(count_width, grouped(static_cast<std::uint64_t>(count)).size());
  }
  std::string text;
  for (const auto& [table, count] : run.counts) {
    text += fmt::format("  {:<{}}  {:>{}}\n", table, name_width,
                        grouped(static_cast<std::uint64_t>(count)), count_width);
  }
  return text;
}

std::string diagnostics_text(const code::IndexReport& report) {
  const std::uint64_t total = total_of(report.diagnostics);
  if (total == 0) return "none";
  std::string text = grouped(total);
  std::string_view separator = " (";
  for (const auto& [severity, count] : report.diagnostics) {
    text += fmt::format("{}{} {}", separator, grouped(count), visible(severity));
    separator = ", ";
  }
  return text + ")";
}

// What to type next. The lake needs no name where it would be found without.
std::string next_steps(const fs::path& lake, bool has_diagnostics) {
  std::error_code ignored;
  std::string option;
  if (!fs::equivalent(fs::current_path() / ".alluvium", lake, ignored)) {
    const bool in_repository = lake.filename() == ".alluvium";
    option = " --lake " + shell_quoted((in_repository ? lake.parent_path() : lake).string());
  }
  std::string text = fmt::format("\nNext:\n  alluvium tables{0}\n  alluvium sql{0}\n", option);
  text += fmt::format(
      "  alluvium sql{} \"SELECT kind, count(*) AS n FROM definitions GROUP BY kind "
      "ORDER BY n DESC\"\n",
      option);
  if (has_diagnostics) {
    text += fmt::format(
        "  alluvium sql{} \"SELECT f.path, d.bstart, d.severity, d.message FROM diagnostics d "
        "JOIN files f ON f.file_id = d.file_id\"\n",
        option);
  }
  return text;
}

/// What changed, in one line.
std::string changes_text(const code::IndexReport& report, double seconds) {
  const std::string& run = report.went_back_to;
  return fmt::format("  {}{} added, {} changed, {} removed  {:.2f} s\n",
                     run.empty() ? "" : "back to run " + run + ", ", grouped(report.files_added),
                     grouped(report.files_changed), grouped(report.files_removed), seconds);
}

}  // namespace

JsonDocument report_document(const code::IndexReport& report, const fs::path& lake,
                             double seconds) {
  const code::Run& run = report.run;
  JsonDocument phases = JsonDocument::object();
  for (const auto& [phase, took] : report.phase_seconds) phases[phase] = took;
  return {{"repo", run.repo},
          {"lake", lake.string()},
          {"run_id", run.run_id},
          {"parent_run_id", run.parent_run_id},
          {"unchanged", report.unchanged},
          {"went_back_to", report.went_back_to},
          {"rebuild_reason", run.rebuild_reason},
          {"kind", run.kind},
          {"ref", run.ref},
          {"source_revision", run.source_revision},
          {"dirty", run.dirty},
          {"started_at", run.started_at},
          {"finished_at", run.finished_at},
          {"files", report.files},
          {"bytes", report.bytes},
          {"files_added", report.files_added},
          {"files_changed", report.files_changed},
          {"files_removed", report.files_removed},
          {"files_resolved", report.files_resolved},
          {"tables", run.counts},
          {"versions", run.versions},
          {"diagnostics", report.diagnostics},
          {"seconds", seconds},
          {"phase_seconds", phases},
          {"peak_memory", report.peak_memory}};
}

std::string report_text(const code::IndexReport& report, const fs::path& lake, double seconds) {
  const code::Run& run = report.run;
  const std::string revision = revision_text(run);
  if (report.unchanged) {
    return fmt::format(
        "{} is unchanged since its last run ({}): nothing to do.\n"
        "  files      {}\n  lake       {}\n  took       {:.2f} s\n",
        visible(run.repo), run.finished_at, grouped(report.files), lake.string(), seconds);
  }
  std::string text = fmt::format("Indexed {}\n", visible(run.repo));
  text += fmt::format("  lake         {}\n", lake.string());
  if (!revision.empty()) text += fmt::format("  revision     {}\n", revision);
  text +=
      fmt::format("  files        {} ({} added, {} changed, {} removed), {}\n",
                  grouped(report.files), grouped(report.files_added), grouped(report.files_changed),
                  grouped(report.files_removed), byte_size(report.bytes));
  if (!report.went_back_to.empty()) {
    text += fmt::format("  went back    to run {}, whose files are nearer than the last run's\n",
                        report.went_back_to);
  }
  if (run.rebuild_reason.starts_with("--only")) {
    text += fmt::format("  made         a part of the tables: {}\n", visible(run.rebuild_reason));
  } else if (!run.parent_run_id.empty() && !run.rebuild_reason.empty()) {
    text += fmt::format("  rebuilt      all tables: {}\n", visible(run.rebuild_reason));
  }
  if (run.counts.contains("diagnostics")) {
    text += fmt::format("  diagnostics  {}\n", diagnostics_text(report));
  }
  const double rate = seconds > 0 ? 1 / seconds : 0;
  text +=
      fmt::format("  took         {:.2f} s, {} files/s, {}/s\n", seconds,
                  grouped(static_cast<std::uint64_t>(static_cast<double>(report.files) * rate)),
                  byte_size(static_cast<std::uint64_t>(static_cast<double>(report.bytes) * rate)));
  text += "\nRows:\n" + counts_text(run);
  if (run.counts.contains("definitions")) {
    text += next_steps(lake, total_of(report.diagnostics) > 0);
  }
  return text;
}

std::string watched_text(const code::IndexReport& report, double seconds) {
  if (report.unchanged) {
    return fmt::format("{} is current: {} files\n", visible(report.run.repo),
                       grouped(report.files));
  }
  return report.run.finished_at + changes_text(report, seconds);
}

std::string commit_text(const code::IndexReport& report, double seconds) {
  const std::string commit = report.run.source_revision.substr(0, 12);
  if (report.unchanged) return fmt::format("{}  is in the lake\n", commit);
  return commit + changes_text(report, seconds);
}

}  // namespace alluvium::cli
