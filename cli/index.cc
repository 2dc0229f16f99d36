#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "alluvium/code/index.h"
#include "alluvium/code/index_plan.h"
#include "alluvium/code/watch.h"
#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/index_plan.h"
#include "cli/interruption.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/shell_word.h"
#include "cli/shown_work.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  alluvium index .                         this repository, into ./.alluvium
  alluvium index ~/src/app --lake /lake    into a lake that holds many repositories
  alluvium index . --rev v1.0..HEAD        each commit since v1.0, without a checkout
  alluvium index . --watch                 and again whenever a file changes, until Ctrl-C
  alluvium index . --plan                  what a run would do, without doing it
  alluvium index . --json                  the report as JSON, for scripts

Only what changed is worked on again, and a run without changes publishes nothing. The result
becomes visible as a whole at the end; whatever happens before, the last run stays readable.)";

struct Options {
  code::IndexRequest request;
  std::string repository;
  std::string lake;
  std::string scip;
  std::string environment;
  std::string revisions;
  bool watch = false;
  bool plan = false;
};

std::uint64_t total_of(const std::map<std::string, std::uint64_t>& counts) {
  std::uint64_t total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

nlohmann::ordered_json report_document(const code::IndexReport& report, const fs::path& lake,
                                       double seconds) {
  const code::Run& run = report.run;
  nlohmann::ordered_json phases = nlohmann::ordered_json::object();
  for (const auto& [phase, took] : report.phase_seconds) phases[phase] = took;
  return {{"repo", run.repo},
          {"lake", lake.string()},
          {"run_id", run.run_id},
          {"parent_run_id", run.parent_run_id},
          {"unchanged", report.unchanged},
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
          {"tables", run.counts},
          {"versions", run.versions},
          {"diagnostics", report.diagnostics},
          {"seconds", seconds},
          {"phase_seconds", phases},
          {"peak_memory", report.peak_memory}};
}

/// `indent` is that of JSON's dump: -1 for one line.
std::string report_json(const code::IndexReport& report, const fs::path& lake, double seconds,
                        int indent) {
  return report_document(report, lake, seconds)
             .dump(indent, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
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

code::IndexRequest request_of(const Options& options) {
  code::IndexRequest request = options.request;
  request.repository = options.repository;
  request.lake = options.lake;
  request.scip = options.scip;
  request.environment = options.environment;
  return request;
}

fs::path lake_of(const code::IndexRequest& request) {
  return fs::absolute(request.lake.empty() ? request.repository / ".alluvium" : request.lake)
      .lexically_normal();
}

void index(const Program& program, const Options& options) {
  const code::IndexRequest request = request_of(options);
  const auto started = std::chrono::steady_clock::now();
  const code::IndexReport report = show_work([&](const auto& progress, const Interrupt& interrupt) {
    return code::index(request, progress, interrupt);
  });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const fs::path lake = lake_of(request);
  print(program.json ? report_json(report, lake, took.count(), 2)
                     : report_text(report, lake, took.count()));
}

void plan(const Program& program, const Options& options) {
  const code::IndexRequest request = request_of(options);
  const code::IndexPlan planned = show_work([&](const auto& progress, const Interrupt& interrupt) {
    return code::plan_index(request, progress, interrupt);
  });
  const fs::path lake = lake_of(request);
  print(program.json ? plan_json(planned, lake) : plan_text(planned, lake));
}

// One line a run.
std::string watched_text(const code::IndexReport& report, double seconds) {
  if (report.unchanged) {
    return fmt::format("{} is current: {} files\n", visible(report.run.repo),
                       grouped(report.files));
  }
  return fmt::format("{}  {} added, {} changed, {} removed  {:.2f} s\n", report.run.finished_at,
                     grouped(report.files_added), grouped(report.files_changed),
                     grouped(report.files_removed), seconds);
}

// One line a commit.
std::string commit_text(const code::IndexReport& report, double seconds) {
  const std::string commit = report.run.source_revision.substr(0, 12);
  if (report.unchanged) return fmt::format("{}  is in the lake\n", commit);
  return fmt::format("{}  {} added, {} changed, {} removed  {:.2f} s\n", commit,
                     grouped(report.files_added), grouped(report.files_changed),
                     grouped(report.files_removed), seconds);
}

double seconds_of(const code::IndexReport& report) {
  double seconds = 0;
  for (const auto& [phase, took] : report.phase_seconds) seconds += took;
  return seconds;
}

void index_revisions(const Program& program, const Options& options) {
  const code::IndexRequest request = request_of(options);
  const fs::path lake = lake_of(request);
  const InterruptibleWork work;
  std::optional<Progress> progress;
  code::index_revisions(
      request, options.revisions,
      [&](const code::IndexReport& report) {
        progress.reset();
        const double seconds = seconds_of(report);
        print(program.json ? report_json(report, lake, seconds, -1) : commit_text(report, seconds));
      },
      [&](const code::IndexProgress& step) {
        if (!progress) progress.emplace();
        progress->update(step.phase, step.done, step.total);
      },
      work.interrupt());
}

void watch(const Program& program, const Options& options) {
  const code::IndexRequest request = request_of(options);
  const fs::path lake = lake_of(request);
  const InterruptibleWork work;
  std::optional<Progress> progress;
  bool told = false;
  const auto tell = [&](const code::IndexReport& report) {
    progress.reset();
    // A look that finds nothing is no news, but for the first.
    if (report.unchanged && std::exchange(told, true)) return;
    told = true;
    const double seconds = seconds_of(report);
    print(program.json ? report_json(report, lake, seconds, -1) : watched_text(report, seconds));
  };
  code::watch(request,
              {.run = tell,
               .failure =
                   [&](const Error& error) {
                     progress.reset();
                     report_failure(error, program.json);
                   },
               .progress =
                   [&](const code::IndexProgress& step) {
                     if (!progress) progress.emplace();
                     progress->update(step.phase, step.done, step.total);
                   }},
              work.interrupt());
}

}  // namespace

void add_index(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, "index", "Index a repository into its lake and publish the run",
               [&program, options] {
                 if (options->plan) return plan(program, *options);
                 if (options->watch) return watch(program, *options);
                 if (!options->revisions.empty()) return index_revisions(program, *options);
                 index(program, *options);
               });
  verb->add_option("REPO", options->repository, "The repository's folder")
      ->type_name("DIR")
      ->required();
  verb->add_option("--lake", options->lake, "The lake's folder (default: REPO/.alluvium)")
      ->type_name("DIR");
  verb->add_option("--repo", options->request.repo,
                   "The repository's name in the lake (default: of its origin, else its folder)")
      ->type_name("NAME");
  verb->add_option("--scip", options->scip,
                   "A SCIP index of the repository, made by any indexer with the repository as its "
                   "root: fills the tables of symbols, and resolves names")
      ->type_name("FILE");
  verb->add_option("--scip-command", options->request.scip_command,
                   "A shell command that makes the SCIP index, run in the repository: it writes to "
                   "{output}, or to $ALLUVIUM_SCIP_OUTPUT")
      ->type_name("COMMAND")
      ->excludes("--scip");
  verb->add_option("--environment", options->environment,
                   "The Python environment of the repository, or its site-packages: names the "
                   "distributions and versions of imported modules")
      ->type_name("DIR");
  verb->add_flag("--wait", options->request.wait,
                 "Wait for another run of this repository instead of failing");
  verb->add_flag("--force", options->request.force,
                 "Index again even if nothing changed, and write every table anew");
  verb->add_option("--only", options->request.only,
                   "Make only this table (repeatable) and what it is made from; the run has no "
                   "other ones")
      ->type_name("TABLE")
      ->allow_extra_args(false);
  verb->add_option(
          "--rev", options->revisions,
          "A git commit, or a range A..B of them, instead of the work tree: each becomes a "
          "run, without a checkout; one line (or JSON document) a run")
      ->type_name("REV")
      ->excludes("--scip")
      ->excludes("--scip-command");
  verb->add_flag("--watch", options->watch,
                 "Stay, and index again whenever files change; one line (or JSON document) a run")
      ->excludes("--force")
      ->excludes("--rev");
  verb->add_flag("--plan", options->plan,
                 "Only tell what the run would do: nothing is written, and nothing waited for")
      ->excludes("--watch")
      ->excludes("--rev")
      ->excludes("--scip-command");
  verb->add_option("--jobs", options->request.target_partitions,
                   "Work on this many partitions at once (default: the processors)")
      ->type_name("N");
  verb->add_option("--memory", options->request.memory_limit,
                   "The most memory for the engine, such as 2GiB; beyond, it spills to disk")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->type_name("SIZE");
  verb->add_flag("--json", program.json, "Report as JSON, errors too");
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
