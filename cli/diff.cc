#include "alluvium/code/diff.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "alluvium/error.h"
#include "cli/chosen_lake.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/query.h"
#include "cli/result_target.h"
#include "cli/terminal.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  alluvium diff 4c1e7b                       since the run of that git commit
  alluvium diff 2026-01-01 2026-01-31        within January
  alluvium diff 4c1e7b 9f03aa --table calls  calls that were added or removed
  alluvium diff 4c1e7b --table definitions --format csv --output changes.csv

A and B are spelled as for --at. Without --table there are two results: the definitions that
differ by name, and how many rows of each table were added and removed.)";

constexpr const char* kDefinitions =
    "SELECT * FROM changes.definitions_by_name ORDER BY repo, path, line, qualified_name, change";
constexpr const char* kCounts =
    "SELECT repo, \"table\", added, removed FROM changes.counts ORDER BY repo, \"table\"";

struct Options {
  ChosenLake lake;
  std::string before;
  std::string after;
  std::string table;
  ResultTarget target;
};

code::Diff open_diff(const Options& options, const Interrupt& interrupt) {
  ChosenLake lake = options.lake;
  lake.moment = options.before;
  const code::Lake before = lake.open(interrupt);
  lake.moment = options.after;
  return {before, lake.open(interrupt)};
}

std::vector<std::string> queries(const code::Diff& diff, const std::string& table) {
  if (table.empty()) return {kDefinitions, kCounts};
  if (table == "definitions") return {kDefinitions};
  if (std::ranges::find(diff.tables(), table) == diff.tables().end()) {
    throw Error(
        ErrorCode::NotFound, fmt::format("there is no table `{}` to compare", table), false,
        {{"hint", fmt::format("there are {}", fmt::join(diff.tables(), ", "))}, {"table", table}});
  }
  // By the ids, which come first, then what makes the order that of the file.
  return {fmt::format("SELECT * FROM changes.\"{}\" ORDER BY repo, change, 3, 4", table)};
}

std::string run_text(const code::Run& run) {
  const std::string revision = run.source_revision.substr(0, 12);
  return visible(fmt::format("{}{}{} ({})", run.run_id, revision.empty() ? "" : " at ", revision,
                             run.finished_at));
}

std::string heading(const code::Diff& diff) {
  std::string text;
  for (std::size_t i = 0; i < diff.before().size(); ++i) {
    text += fmt::format("{}\n  from  {}\n  to    {}\n", visible(diff.before()[i].repo),
                        run_text(diff.before()[i]), run_text(diff.after()[i]));
  }
  if (!diff.left_out().empty()) {
    text += visible(fmt::format("left out, as one side lacks them: {}",
                                fmt::join(diff.left_out(), ", "))) +
            "\n";
  }
  return text;
}

JsonDocument run_json(const code::Run& run) {
  return {{"run_id", run.run_id},
          {"source_revision", run.source_revision},
          {"dirty", run.dirty},
          {"finished_at", run.finished_at}};
}

// One document of both results.
void write_document(const code::Diff& diff, const Session& session, const std::string& path,
                    const Interrupt& interrupt) {
  JsonDocument repositories = JsonDocument::array();
  for (std::size_t i = 0; i < diff.before().size(); ++i) {
    repositories.push_back({{"repo", diff.before()[i].repo},
                            {"before", run_json(diff.before()[i])},
                            {"after", run_json(diff.after()[i])}});
  }
  std::optional<Output> file;
  Output standard;
  if (!path.empty()) file.emplace(path);
  Output& output = file ? *file : standard;
  output.write(fmt::format("{{\"repositories\": {},\n\"left_out\": {},\n\"definitions\": ",
                           one_line_json(repositories), one_line_json(diff.left_out())));
  run_query(session, kDefinitions, {}, ResultFormat::Json, output, {}, interrupt);
  output.write(",\"tables\": ");
  run_query(session, kCounts, {}, ResultFormat::Json, output, {}, interrupt);
  output.write("}\n");
  output.finish();
}

void diff(const Program& program, const Options& options) {
  const ResultFormat format =
      program.json ? ResultFormat::Json : result_format_from_name(options.target.format);
  const bool both = options.table.empty();
  if (both && (format == ResultFormat::Arrow || format == ResultFormat::Parquet)) {
    throw Error(ErrorCode::InvalidArgument, "two results can't share one binary result", false,
                {{"hint", "--table NAME gives one, or take a text format"}});
  }
  options.target.check(format, 1);
  const InterruptibleWork work;
  const code::Diff differences = open_diff(options, work.interrupt());
  const std::vector<std::string> statements = queries(differences, options.table);
  const Session session = differences.session(lake_profile(), work.interrupt());
  if (both && format == ResultFormat::Json) {
    write_document(differences, session, options.target.output, work.interrupt());
    return;
  }
  if (format == ResultFormat::Table && options.target.output.empty()) print(heading(differences));
  options.target.write(session, statements, format, {}, work.interrupt());
}

}  // namespace

void add_diff(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(program, "diff", "Tell what differs between two runs, commits or times",
                            [&program, options] { diff(program, *options); });
  verb->add_option("A", options->before, "The run, git commit or time before")
      ->type_name("RUN|REVISION|TIME")
      ->required();
  verb->add_option("B", options->after, "The one after (default: the current runs)")
      ->type_name("RUN|REVISION|TIME");
  options->lake.add_folder_option(*verb);
  options->lake.add_repository_option(*verb);
  verb->add_option("--table", options->table,
                   "The rows of this table alone; of `definitions` what differs by name")
      ->type_name("NAME");
  options->target.add_options(*verb);
  verb->add_flag("--json", program.json, "--format json, and errors as JSON too");
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
