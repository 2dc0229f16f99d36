#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include "alluvium/code/index.h"
#include "alluvium/code/index_plan.h"
#include "alluvium/code/watch.h"
#include "cli/failure.h"
#include "cli/index_plan.h"
#include "cli/index_report.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/shown_work.h"

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
  print(program.json ? indented_json(report_document(report, lake, took.count()))
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

double seconds_of(const code::IndexReport& report) {
  double seconds = 0;
  for (const auto& [phase, took] : report.phase_seconds) seconds += took;
  return seconds;
}

void index_revisions(const Program& program, const Options& options) {
  const code::IndexRequest request = request_of(options);
  const fs::path lake = lake_of(request);
  const InterruptibleWork work;
  ShownRuns shown;
  code::index_revisions(
      request, options.revisions,
      [&](const code::IndexReport& report) {
        shown.clear();
        const double seconds = seconds_of(report);
        print(program.json ? one_line_json(report_document(report, lake, seconds)) + "\n"
                           : commit_text(report, seconds));
      },
      [&](const code::IndexProgress& step) { shown.show(step); }, work.interrupt());
}

void watch(const Program& program, const Options& options) {
  const code::IndexRequest request = request_of(options);
  const fs::path lake = lake_of(request);
  const InterruptibleWork work;
  ShownRuns shown;
  bool told = false;
  const auto tell = [&](const code::IndexReport& report) {
    shown.clear();
    // A look that finds nothing is no news, but for the first.
    if (report.unchanged && std::exchange(told, true)) return;
    told = true;
    const double seconds = seconds_of(report);
    print(program.json ? one_line_json(report_document(report, lake, seconds)) + "\n"
                       : watched_text(report, seconds));
  };
  code::watch(request,
              {.run = tell,
               .failure =
                   [&](const Error& error) {
                     shown.clear();
                     report_failure(error, program.json);
                   },
               .progress = [&](const code::IndexProgress& step) { shown.show(step); }},
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
