#include "cli/result_target.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "alluvium/error.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace alluvium::cli {

void ResultTarget::add_options(CLI::App& verb) {
  verb.add_option("--format", format, "How results are written")
      ->check(CLI::IsMember(result_format_names()))
      ->type_name("NAME")
      ->capture_default_str();
  verb.add_option("--output", output, "Write to this file, once all is there")->type_name("FILE");
}

void ResultTarget::check(ResultFormat chosen, std::size_t results) const {
  const auto refuse = [](const std::string& message, const std::string& hint) {
    throw Error(ErrorCode::InvalidArgument, message, false, {{"hint", hint}});
  };
  const bool binary = chosen == ResultFormat::Arrow || chosen == ResultFormat::Parquet;
  if (chosen == ResultFormat::Parquet && output.empty()) {
    refuse("Parquet needs a file to be written to", "--output FILE");
  }
  if (chosen == ResultFormat::Arrow && output.empty() && terminal_of(STDOUT_FILENO).is_terminal) {
    refuse("Arrow is binary and this is a terminal", "--output FILE, or a pipe");
  }
  if (binary && results > 1) {
    refuse(fmt::format("{} statements can't share one binary result", results),
           "give one query, or a text format");
  }
}

void ResultTarget::write(const Session& session, const std::vector<std::string>& statements,
                         ResultFormat chosen, const SqlParameters& parameters,
                         const Interrupt& interrupt) const {
  if (chosen == ResultFormat::Parquet) {
    run_query_to_parquet(session, statements.front(), parameters, output, interrupt);
    return;
  }
  std::optional<Output> file;
  Output standard;
  if (!output.empty()) file.emplace(output);
  Output& target = file ? *file : standard;
  const Terminal terminal =
      file ? Terminal{.unicode = terminal_of(STDOUT_FILENO).unicode} : terminal_of(STDOUT_FILENO);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    try {
      run_query(session, statements[i], parameters, chosen, target, terminal, interrupt);
    } catch (const Error& error) {
      if (statements.size() == 1) throw;
      Error::Details details = error.details();
      details["statement"] = std::to_string(i + 1);
      throw Error(error.code(), fmt::format("statement {}: {}", i + 1, error.message()),
                  error.retryable(), std::move(details));
    }
  }
  target.finish();
}

}  // namespace alluvium::cli
