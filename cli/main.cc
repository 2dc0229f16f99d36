#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "cli/exit_code.h"
#include "cli/failure.h"
#include "cli/interruption.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/terminal.h"

namespace alluvium::cli {
namespace {

constexpr const char* kIntroduction =
    R"(Alluvium turns a source repository into versioned Delta tables of facts about its code, keeps
them current, and answers questions about them in SQL.)";

constexpr const char* kExamples = R"(Start with:
  alluvium index .                    make or refresh the lake of this repository (./.alluvium)
  alluvium tables                     see what is in it
  alluvium describe calls             see what a table's columns mean
  alluvium sql                        ask, in a shell with history and completion
  alluvium sql "SELECT kind, count(*) AS n FROM definitions GROUP BY kind ORDER BY n DESC"
  alluvium sql --format csv --param name=main --output callers.csv \
      "SELECT * FROM calls WHERE callee_text = \$name"

Commands find the lake as git finds its repository: from this folder upwards. --lake DIR names
another. More: `alluvium help VERB`, `alluvium help exit-codes`.)";

void build(Program& program) {
  CLI::App& app = program.app;
  app.name("alluvium");
  app.description(kIntroduction);
  app.get_formatter()->column_width(36);
  app.set_version_flag("--version", version_text, "Print the versions and exit");
  app.add_flag_callback("--no-color", disable_color, "No colours (so does the variable NO_COLOR)");
  app.require_subcommand(0, 1);
  app.fallthrough();
  add_index(program);
  add_sql(program);
  add_tables(program);
  add_impact(program);
  add_questions(program);
  add_describe(program);
  add_check(program);
  add_diff(program);
  add_export(program);
  add_gc(program);
  add_functions(program);
  add_delta(program);
  add_completion(program);
  add_help(program);
  app.footer(kExamples);
}

ExitCode fail(const Error& error, bool json) {
  report_failure(error, json);
  return exit_code(error.code());
}

ExitCode refuse_command_line(const Program& program, const CLI::ParseError& error, bool json) {
  const auto verbs = program.app.get_subcommands();
  const std::string verb = verbs.empty() ? "" : " " + verbs.front()->get_name();
  return fail(Error(ErrorCode::InvalidArgument, error.what(), false,
                    {{"hint", fmt::format("`alluvium{} --help` tells what there is", verb)}}),
              json);
}

ExitCode perform(const Program& program) {
  try {
    program.action();
    return ExitCode::Ok;
  } catch (const OutputClosed&) {
    return ExitCode::ClosedOutput;
  } catch (const Error& error) {
    // Ctrl-C also reaches programs that we started, whose end may look like another failure.
    if (const int signal = interruption_signal(); signal != 0) {
      if (error.code() == ErrorCode::Cancelled) {
        report_failure(error, program.json);
      } else {
        report_failure(Error(ErrorCode::Cancelled, "cancelled"), program.json);
      }
      return static_cast<ExitCode>(128 + signal);
    }
    return fail(error, program.json);
  } catch (const std::bad_alloc&) {
    return fail(Error(ErrorCode::ResourceExhausted, "out of memory"), program.json);
  } catch (const std::exception& error) {
    return fail(Error(ErrorCode::Internal, error.what()), program.json);
  }
}

ExitCode run(int argc, char** argv) {
  set_locale();
  watch_for_closed_output();
  handle_interruption();
  Program program;
  build(program);
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    // --help and --version: their text is the result.
    try {
      if (dynamic_cast<const CLI::CallForVersion*>(&success) != nullptr) {
        print(fmt::format("{}\n", success.what()));
      } else {
        print(program.app.help());
      }
    } catch (const OutputClosed&) {
      return ExitCode::ClosedOutput;
    }
    return ExitCode::Ok;
  } catch (const CLI::ParseError& error) {
    // The flag may stand after what could not be read.
    const bool json = std::any_of(argv + 1, argv + argc, [](const char* argument) {
      return std::string_view(argument) == "--json";
    });
    return refuse_command_line(program, error, json);
  }
  if (!program.action) {
    print_error(program.app.help());
    return ExitCode::Usage;
  }
  return perform(program);
}

}  // namespace
}  // namespace alluvium::cli

int main(int argc, char** argv) {
  using alluvium::cli::ExitCode;
  ExitCode code = ExitCode::Failure;
  try {
    code = alluvium::cli::run(argc, argv);
  } catch (const std::exception& error) {
    alluvium::cli::print_error(std::string("alluvium: ") + error.what() + "\n");
  }
  // Stops the engine's threads before what they use is destroyed; where one may take long to notice
  // that its query is over, nothing is destroyed.
  if (alluvium::cli::work_was_cut_short()) {
    alluvium::shutdown(std::chrono::milliseconds(200));
    std::fflush(nullptr);
    std::_Exit(static_cast<int>(code));
  }
  alluvium::shutdown();
  return static_cast<int>(code);
}
