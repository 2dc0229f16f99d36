#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace alluvium::cli {

/// Reads lines from the terminal with editing, history and completion. One a process (libedit's
/// readline interface is global).
///
/// Thread-safety: one thread.
class LineEditor {
 public:
  /// `words` is asked for completions when Tab is first pressed after each line.
  LineEditor(std::filesystem::path history, std::function<std::vector<std::string>()> words);
  /// Keeps the history; that it can't be kept is no failure.
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class End { Line, Interrupted, Closed };
  struct Result {
    End end;
    std::string line;
  };
  Result read(const std::string& prompt);

 private:
  std::filesystem::path history_;
};

/// Where the shell keeps its history: below $XDG_STATE_HOME, else ~/.local/state. Empty when there
/// is no such place.
std::filesystem::path history_file();

}  // namespace alluvium::cli
