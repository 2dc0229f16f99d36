#include <cstdint>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "alluvium/code/diff.h"
#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "cli/interruption.h"
#include "cli/lake_question.h"
#include "cli/program.h"

namespace alluvium::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  alluvium impact QuerySet.filter                        what a change of it reaches
  alluvium impact app/models.py --tests                  the tests to run after editing a file
  alluvium impact --since 4c1e7b --tests                 those for all that changed since a commit
  git diff --name-only main | alluvium impact - --tests | xargs pytest
  alluvium sql "SELECT path, count(*) FROM impact('QuerySet.filter') GROUP BY path"

A module, class or function is named by one or more whole parts of its dotted name, and means all
that is in it; a file or a folder means all its definitions. --since needs a run of that moment in
the lake: `alluvium index --rev COMMIT` adds one of a commit.)";

struct Options {
  LakeQuestion question;
  std::vector<std::string> changed;
  std::string since;
  double min_confidence = 0.5;
  std::int64_t max_distance = -1;
  bool tests = false;
};

std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (name != "-") {
      text += name + '\n';
      continue;
    }
    std::string line;
    while (std::getline(std::cin, line)) text += line + '\n';
  }
  return text;
}

std::string changed_since(const Options& options, const code::Lake& now,
                          const Interrupt& interrupt) {
  ChosenLake before = options.question.lake;
  before.moment = options.since;
  std::string text;
  for (const std::string& id :
       code::Diff(before.open(interrupt), now).changed_definitions(interrupt)) {
    text += id + '\n';
  }
  return text;
}

void impact(const Program& program, const Options& options) {
  if (options.changed.empty() == options.since.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                "name what changed, or a moment with --since (and not both)");
  }
  const InterruptibleWork work;
  const code::Lake lake = options.question.lake.open(work.interrupt());
  const SqlParameters parameters = {
      {"changed", lit(options.since.empty() ? lines_of(options.changed)
                                            : changed_since(options, lake, work.interrupt()))},
      {"least", lit(options.min_confidence)},
      {"most", lit(options.max_distance < 0 ? std::numeric_limits<std::int64_t>::max()
                                            : options.max_distance)}};
  const std::string from =
      " FROM impact($changed, min_confidence => $least, max_distance => $most)";
  const std::string query =
      options.tests ? "SELECT test_id" + from + " WHERE is_test ORDER BY test_id"
                    : "SELECT i.distance, i.confidence, i.kind, i.name, "
                      "i.path || ':' || i.line AS place, i.via, n.name AS of" +
                          from +
                          " i LEFT JOIN nodes n ON n.node_id = i.from_id ORDER BY i.distance, "
                          "i.confidence DESC, i.name, i.node_id";
  options.question.ask(program, lake, query, parameters, work.interrupt());
}

}  // namespace

void add_impact(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(program, "impact", "What a change reaches: definitions, files, tests",
                            [&program, options] { impact(program, *options); });
  verb->add_option("CHANGED", options->changed,
                   "Definitions, files or folders that changed; - reads them, one a line")
      ->type_name("");
  verb->add_option("--since,--base", options->since,
                   "All that changed since a run, a git commit or a time, spelled as for --at")
      ->type_name("MOMENT");
  verb->add_option("--min-confidence", options->min_confidence, "Edges of less are not followed")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("C")
      ->capture_default_str();
  verb->add_option("--max-distance", options->max_distance, "Edges to follow (default: all)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  verb->add_flag("--tests", options->tests, "Only the tests, as a test runner takes them");
  options->question.add_options(program, *verb);
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
