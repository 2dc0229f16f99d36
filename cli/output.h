#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace alluvium::cli {

/// Thrown when whoever reads the program's output closed it: no failure, but nothing is left to do.
struct OutputClosed {};

/// Lets a closed pipe end the program by `OutputClosed`, so that it still removes its temporary
/// files, and not by a signal.
void watch_for_closed_output();

/// Where results go: standard output, or a file that appears under its name only when complete.
///
/// Errors: Io; throws OutputClosed. Thread-safety: one thread at a time.
class Output {
 public:
  /// Standard output.
  Output();
  /// The file `path`, replaced by `finish`. Errors: NotFound (no such folder), Io.
  explicit Output(std::filesystem::path path);
  /// Drops what was written to a file that was not finished.
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void flush();
  /// Flushes, and gives a file its name.
  void finish();

  /// For writers of their own, after `flush`.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool is_file() const { return !path_.empty(); }

 private:
  std::filesystem::path path_;
  std::filesystem::path unfinished_;
  int descriptor_;
  std::string buffer_;
};

/// Writes to standard output at once.
void print(std::string_view text);
/// Writes to standard error; failures are ignored, since there is nowhere to tell them.
void print_error(std::string_view text) noexcept;

}  // namespace alluvium::cli
