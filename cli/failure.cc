#include "cli/failure.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/utf8.h"

namespace alluvium::cli {

void report_failure(const Error& error, bool json) {
  if (json) {
    const JsonDocument document = {{"code", to_string(error.code())},
                                   {"message", error.message()},
                                   {"retryable", error.retryable()},
                                   {"details", error.details()}};
    // Messages quote file names and SQL, which may hold anything.
    print_error(one_line_json(document) + "\n");
    return;
  }
  const Terminal terminal = terminal_of(STDERR_FILENO);
  // The terminal has echoed ^C without ending the line.
  std::string text = error.code() == ErrorCode::Cancelled && terminal.is_terminal ? "\n" : "";
  text += fmt::format("{}alluvium:{} {}\n", terminal.color ? "\x1b[1;31m" : "",
                      terminal.color ? "\x1b[0m" : "", visible(error.message(), true));
  if (const auto hint = error.details().find("hint"); hint != error.details().end()) {
    text += fmt::format("hint: {}\n", visible(hint->second, true));
  }
  print_error(text);
}

}  // namespace alluvium::cli
