#include "alluvium/code/check.h"

#include <fmt/format.h>

#include <memory>

#include "alluvium/error.h"
#include "cli/chosen_lake.h"
#include "cli/figures.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  alluvium check                       the nearest lake
  alluvium check --repo app --json     one repository, for scripts
  alluvium check --at 2026-01-31       what was published by then

Ends with 9 when something is broken: index the repository again with --force.)";

std::string as_json(const code::Lake& lake, const code::CheckReport& report) {
  JsonDocument broken = JsonDocument::array();
  for (const code::BrokenPromise& promise : report.broken) {
    JsonDocument examples = JsonDocument::array();
    for (const code::BrokenPromise::Row& row : promise.examples) {
      JsonDocument example = JsonDocument::object();
      for (const auto& [column, value] : row) example[column] = value;
      examples.push_back(std::move(example));
    }
    broken.push_back({{"table", promise.table},
                      {"check", promise.check},
                      {"message", promise.message},
                      {"rows", promise.rows},
                      {"examples", std::move(examples)}});
  }
  const JsonDocument document = {{"lake", lake.folder().string()},
                                 {"checks", report.checks},
                                 {"rows", report.rows},
                                 {"files", report.files},
                                 {"files_compared", report.files_compared},
                                 {"broken", std::move(broken)}};
  return indented_json(document);
}

std::string as_text(const code::CheckReport& report) {
  std::string text;
  for (const code::BrokenPromise& promise : report.broken) {
    text +=
        fmt::format("{}: {}{}\n", visible(promise.table), visible(promise.message),
                    promise.rows == 0 ? "" : fmt::format(" ({})", counted(promise.rows, "row")));
    for (const code::BrokenPromise::Row& row : promise.examples) {
      for (const auto& [column, value] : row) {
        text += fmt::format("  {}={}", visible(column), visible(value));
      }
      text += "\n";
    }
  }
  return text +
         fmt::format("{} of {} checks hold: {} rows read, names compared in {} of {} files\n",
                     grouped(report.checks - report.broken.size()), grouped(report.checks),
                     grouped(report.rows), grouped(report.files_compared), grouped(report.files));
}

void check(const Program& program, const ChosenLake& chosen) {
  std::string text;
  std::size_t broken = 0;
  {
    const InterruptibleWork work;
    const code::Lake lake = chosen.open(work.interrupt());
    const code::CheckReport report = code::check(lake, work.interrupt());
    text = program.json ? as_json(lake, report) : as_text(report);
    broken = report.broken.size();
  }
  print(text);
  if (broken > 0) {
    throw Error(ErrorCode::Corruption,
                fmt::format("the lake breaks what it promises in {}", counted(broken, "check")),
                false,
                {{"hint", "`alluvium index REPO --force` makes a repository's tables anew"}});
  }
}

}  // namespace

void add_check(Program& program) {
  const auto lake = std::make_shared<ChosenLake>();
  CLI::App* verb = add_verb(program, "check", "Hold the lake to what its tables promise",
                            [&program, lake] { check(program, *lake); });
  lake->add_folder_option(*verb);
  lake->add_repository_option(*verb);
  lake->add_moment_option(*verb);
  verb->add_flag("--json", program.json, "As JSON, errors too");
  verb->footer(kExamples);
}

}  // namespace alluvium::cli
