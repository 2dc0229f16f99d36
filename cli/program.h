#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace alluvium::cli {

/// The command line: what it understands, and what it turned out to ask for.
struct Program {
  CLI::App app;
  /// Results and errors are JSON documents.
  bool json = false;
  /// What the verb does; set when the command line has been read.
  std::function<void()> action;
};

/// Adds a verb whose `run` becomes the program's action.
inline CLI::App* add_verb(Program& program, const std::string& name, const std::string& description,
                          std::function<void()> run) {
  CLI::App* verb = program.app.add_subcommand(name, description);
  verb->callback([&program, run = std::move(run)] { program.action = run; });
  return verb;
}

// The verbs, each in a file of its name.
void add_index(Program& program);
void add_sql(Program& program);
void add_tables(Program& program);
void add_impact(Program& program);
/// `defs`, `refs`, `callers` and the like: each one documented query.
void add_questions(Program& program);
void add_delta(Program& program);
void add_describe(Program& program);
void add_check(Program& program);
void add_diff(Program& program);
void add_export(Program& program);
void add_gc(Program& program);
void add_functions(Program& program);
void add_completion(Program& program);
void add_help(Program& program);

/// What `--version` prints.
std::string version_text();

}  // namespace alluvium::cli
