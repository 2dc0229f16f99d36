#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "cli/chosen_lake.h"
#include "cli/interruption.h"
#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/parameter.h"
#include "cli/program.h"
#include "cli/query.h"
#include "cli/result_target.h"
#include "cli/shell.h"
#include "cli/statement_splitter.h"
#include "cli/terminal.h"

namespace alluvium::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  alluvium sql                                              a shell (on a terminal)
  alluvium sql "SELECT path, line_count FROM files ORDER BY line_count DESC LIMIT 10"
  alluvium sql --param name=parse --param min:double=0.5 \
      "SELECT * FROM calls WHERE callee_text = \$name AND confidence >= \$min"
  alluvium sql --format ndjson "SELECT * FROM edges" | jq .src
  alluvium sql --format parquet --output refs.parquet "SELECT * FROM refs"
  alluvium sql --at 2026-01-31 "SELECT count(*) FROM files"   as it was at the end of that day
  alluvium sql < report.sql                                 a script of statements

SQL is read-only and confined to the lake. A parameter's value is bound, never pasted into the
query: 5 is an int64, 5.0 a double, true, false and null are those, '5' and all else is text.)";

struct Options {
  ChosenLake lake;
  std::vector<std::string> parameters;
  ResultTarget target;
  double timeout_seconds = 0;
  std::uint64_t memory_limit = 0;
  std::optional<std::string> query;
};

std::string read_standard_input() {
  std::string text;
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error(ErrorCode::Io,
                  fmt::format("can't read the script: {}", std::generic_category().message(errno)));
    }
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::vector<std::string> statements_of(std::string_view script) {
  SplitScript split = split_statements(script);
  if (!split.rest.empty()) split.statements.push_back(std::move(split.rest));
  if (split.statements.empty()) {
    throw Error(ErrorCode::InvalidArgument, "there is no statement to run", false,
                {{"hint", "give a query, a script on standard input, or a terminal"}});
  }
  return std::move(split.statements);
}

void sql(Program& program, const Options& options) {
  const ResultFormat format =
      program.json ? ResultFormat::Json : result_format_from_name(options.target.format);
  const SqlParameters parameters = parse_parameters(options.parameters);
  std::optional<std::chrono::milliseconds> timeout;
  if (options.timeout_seconds > 0) {
    timeout = std::chrono::milliseconds(std::llround(std::ceil(options.timeout_seconds * 1000)));
  }
  const bool shell = !options.query && ::isatty(STDIN_FILENO) == 1;
  std::vector<std::string> statements;
  if (!shell) {
    statements = statements_of(options.query ? *options.query : read_standard_input());
    options.target.check(format, statements.size());
  } else if (!options.target.output.empty() || format == ResultFormat::Arrow) {
    throw Error(ErrorCode::InvalidArgument, "the shell shows its results on the terminal", false,
                {{"hint", "--output and binary formats need a query or a script"}});
  }
  std::optional<Session> session;
  {
    const InterruptibleWork work;
    const code::Lake lake = options.lake.open(work.interrupt());
    session = open_lake_session(lake, work.interrupt(),
                                {.memory_limit = options.memory_limit, .timeout = timeout});
  }
  if (shell) {
    run_shell(*session, {.format = format, .parameters = parameters, .timeout = timeout});
  } else {
    const InterruptibleWork work(timeout);
    options.target.write(*session, statements, format, parameters, work.interrupt());
  }
}

}  // namespace

void add_sql(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(program, "sql", "Ask the lake in SQL: a query, a script, or a shell",
                            [&program, options] { sql(program, *options); });
  verb->add_option("QUERY", options->query, "The statement, or several separated by `;`")
      ->type_name("");
  options->lake.add_folder_option(*verb);
  options->lake.add_moment_option(*verb);
  options->target.add_options(*verb);
  verb->add_option("--param", options->parameters,
                   fmt::format("The value of $NAME; TYPE is one of {}", parameter_types()))
      ->type_name("NAME[:TYPE]=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--timeout", options->timeout_seconds, "The longest that it may take")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  verb->add_option("--memory", options->memory_limit,
                   "The most memory for queries, such as 2GiB; beyond, they spill to disk")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->type_name("SIZE");
  verb->add_flag("--json", program.json, "--format json, and errors as JSON too");
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
