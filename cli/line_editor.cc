#include "cli/line_editor.h"

#include <fcntl.h>
#include <poll.h>
#include <strings.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

// libedit's header is C and needs <stdio.h> before it.
#include <editline/readline.h>

#include "cli/interruption.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

constexpr int kHistoryLines = 5000;

bool interrupted = false;
std::function<std::vector<std::string>()> completion_words;
std::vector<std::string> candidates;

// One byte of standard input; -1 at its end or when Ctrl-C was pressed.
int read_byte() {
  std::array<pollfd, 2> waiting = {
      {{STDIN_FILENO, POLLIN, 0}, {InterruptiblePrompt::descriptor(), POLLIN, 0}}};
  for (;;) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    if (waiting[1].revents != 0) {
      InterruptiblePrompt::acknowledge();
      interrupted = true;
      return -1;
    }
    unsigned char byte = 0;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    if (count == 1) return byte;
    if (count < 0 && errno == EINTR) continue;
    return -1;
  }
}

// libedit takes what this returns as a whole character.
int read_character(FILE*) {
  const int lead = read_byte();
  if (lead < 0xC2) return lead;
  std::string bytes(1, static_cast<char>(lead));
  const int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  while (static_cast<int>(bytes.size()) < length) {
    const int next = read_byte();
    if (next < 0) return next;
    bytes.push_back(static_cast<char>(next));
  }
  return static_cast<int>(first_code_point(bytes).value);
}

char* next_candidate(const char*, int state) {
  static std::size_t at = 0;
  if (state == 0) at = 0;
  return at < candidates.size() ? ::strdup(candidates[at++].c_str()) : nullptr;
}

char** complete(const char* text, int, int) {
  ::rl_attempted_completion_over = 1;  // No file names.
  candidates.clear();
  try {
    for (const std::string& word : completion_words()) {
      if (::strncasecmp(word.c_str(), text, std::strlen(text)) == 0) candidates.push_back(word);
    }
  } catch (...) {
    // Called from C, and no completion is better than no shell.
    candidates.clear();
  }
  return candidates.empty() ? nullptr : ::rl_completion_matches(text, next_candidate);
}

}  // namespace

LineEditor::LineEditor(std::filesystem::path history,
                       std::function<std::vector<std::string>()> words)
    : history_(std::move(history)) {
  completion_words = std::move(words);
  static std::array<char, 9> name{"alluvium"};
  ::rl_readline_name = name.data();
  ::rl_getc_function = read_character;
  ::rl_attempted_completion_function = complete;
  ::rl_catch_signals = 0;
  ::using_history();
  ::stifle_history(kHistoryLines);
  if (!history_.empty()) ::read_history(history_.c_str());
}

LineEditor::~LineEditor() {
  if (history_.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(history_.parent_path(), ignored);
  // Queries may hold secrets: the file is for its owner alone from the start.
  const int file = ::open(history_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  ::close(file);
  ::write_history(history_.c_str());
}

LineEditor::Result LineEditor::read(const std::string& prompt) {
  const InterruptiblePrompt interruptible;
  interrupted = false;
  char* const line = ::readline(prompt.c_str());
  if (line == nullptr || interrupted) {
    std::free(line);
    return {interrupted ? End::Interrupted : End::Closed, ""};
  }
  Result result{End::Line, line};
  std::free(line);
  if (!result.line.empty()) ::add_history(result.line.c_str());
  return result;
}

std::filesystem::path history_file() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && state[0] == '/') return std::filesystem::path(state) / "alluvium/history";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || home[0] == '\0') return {};
  return std::filesystem::path(home) / ".local/state/alluvium/history";
}

}  // namespace alluvium::cli
