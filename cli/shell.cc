#include "cli/shell.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/catalog/introspection.h"
#include "alluvium/error.h"
#include "cli/failure.h"
#include "cli/interruption.h"
#include "cli/line_editor.h"
#include "cli/statement_splitter.h"

namespace alluvium::cli {
namespace {

constexpr std::string_view kHelp = R"(Statements end with a semicolon and may span lines.
  \d            tables          \d TABLE    columns of a table
  \format NAME  table, csv, json, ndjson
  \timing       tell how long each query takes, or stop it
  \q            quit            Ctrl-C      drop the line, or cancel the query that runs
)";

constexpr std::string_view kTables =
    "SELECT table_name, table_type FROM information_schema.tables "
    "WHERE table_schema <> 'information_schema' ORDER BY table_name";
constexpr std::string_view kColumns =
    "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
    "WHERE table_name = $table_name ORDER BY ordinal_position";

constexpr std::array kKeywords = {
    "SELECT", "FROM",  "WHERE",  "GROUP BY", "ORDER BY", "HAVING", "LIMIT",   "JOIN",
    "LEFT",   "INNER", "WITH",   "UNION",    "DISTINCT", "COUNT",  "DESC",    "BETWEEN",
    "LIKE",   "IN",    "EXISTS", "CASE",     "WHEN",     "AS",     "EXPLAIN", "RECURSIVE"};

class Shell {
 public:
  Shell(Session session, ShellOptions options)
      : session_(std::move(session)), options_(std::move(options)) {}

  void run() {
    print("Read-only SQL over the lake. \\? for help, \\q to quit.\n");
    LineEditor editor(history_file(), [this] { return words(); });
    std::string pending;
    for (;;) {
      const auto [end, line] = editor.read(pending.empty() ? "alluvium> " : "     ...> ");
      if (end == LineEditor::End::Closed) {
        print("\n");
        return;
      }
      if (end == LineEditor::End::Interrupted) {
        print("^C\n");
        pending.clear();
        continue;
      }
      if (pending.empty() && line.starts_with('\\')) {
        if (!command(line)) return;
        continue;
      }
      pending += line;
      pending += '\n';
      SplitScript script = split_statements(pending);
      pending = script.rest.empty() ? "" : script.rest + "\n";
      for (const std::string& statement : script.statements) {
        if (!query(statement, options_.parameters)) break;
      }
    }
  }

 private:
  // Runs a backslash command; false to quit.
  bool command(const std::string& line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string name = line.substr(0, space);
    std::string argument = line.substr(space);
    std::erase_if(argument, [](char c) { return c == ' ' || c == ';'; });
    if (name == "\\q") return false;
    if (name == "\\?") {
      print(kHelp);
    } else if (name == "\\timing") {
      timing_ = !timing_;
      print(timing_ ? "Timing is on.\n" : "Timing is off.\n");
    } else if (name == "\\format") {
      set_format(argument);
    } else if (name == "\\d" && argument.empty()) {
      query(kTables, {});
    } else if (name == "\\d") {
      if (session_.has_table(argument)) {
        query(kColumns, {{"table_name", lit(argument)}});
      } else {
        print_error(fmt::format("There is no table {}; \\d lists those there are.\n", argument));
      }
    } else {
      print_error(fmt::format("Unknown command {}; \\? lists those there are.\n", name));
    }
    return true;
  }

  void set_format(const std::string& name) {
    try {
      const ResultFormat format = result_format_from_name(name);
      if (format == ResultFormat::Arrow || format == ResultFormat::Parquet) {
        print_error("Binary formats can't be shown here; use `alluvium sql --output FILE`.\n");
        return;
      }
      options_.format = format;
    } catch (const Error& error) {
      report_failure(error, false);
    }
  }

  bool query(std::string_view statement, const SqlParameters& parameters) {
    const auto started = std::chrono::steady_clock::now();
    try {
      const InterruptibleWork work(options_.timeout);
      Output output;
      run_query(session_, statement, parameters, options_.format, output,
                terminal_of(STDOUT_FILENO), work.interrupt());
    } catch (const Error& error) {
      report_failure(error, false);
      return false;
    }
    if (timing_) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      print(fmt::format("{:.3f} s\n", took.count()));
    }
    return true;
  }

  // Names that Tab completes. The lake is read at its pins, so they never change.
  const std::vector<std::string>& words() {
    if (!words_.empty()) return words_;
    for (const char* keyword : kKeywords) words_.emplace_back(keyword);
    for (const std::string& table : introspection::table_names_snapshot(session_)) {
      words_.push_back(table);
      for (const Field& field : session_.table(table).schema().fields) {
        words_.push_back(field.name);
      }
    }
    std::ranges::sort(words_);
    const auto repeated = std::ranges::unique(words_);
    words_.erase(repeated.begin(), repeated.end());
    return words_;
  }

  Session session_;
  ShellOptions options_;
  bool timing_ = false;
  std::vector<std::string> words_;
};

}  // namespace

void run_shell(const Session& session, ShellOptions options) {
  Shell(session, std::move(options)).run();
}

}  // namespace alluvium::cli
