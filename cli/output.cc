#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "alluvium/error.h"

namespace alluvium::cli {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

void ignore_signal(int) {}

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& path, int error) {
  const ErrorCode code = error == ENOENT || error == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Io;
  throw Error(code,
              fmt::format("can't {} {}: {}", what, path.empty() ? "standard output" : path.string(),
                          std::generic_category().message(error)));
}

}  // namespace

void watch_for_closed_output() {
  // A handler, not SIG_IGN: programs that we start would inherit the latter.
  struct sigaction action{};
  action.sa_handler = ignore_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGPIPE, &action, nullptr);
}

Output::Output() : descriptor_(STDOUT_FILENO) {}

Output::Output(std::filesystem::path path)
    : path_(std::move(path)), unfinished_(path_), descriptor_(-1) {
  if (std::filesystem::is_directory(path_)) fail("write", path_, EISDIR);
  unfinished_ += fmt::format(".{}.part", ::getpid());
  descriptor_ = ::open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("create", path_, errno);
}

Output::~Output() {
  if (!is_file() || descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(unfinished_.c_str());
}

void Output::write(std::string_view text) {
  buffer_.append(text);
  if (buffer_.size() >= kBufferBytes) flush();
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      const int error = errno;
      buffer_.clear();
      if (error == EPIPE && !is_file()) throw OutputClosed{};
      fail("write to", path_, error);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

void Output::finish() {
  flush();
  if (!is_file()) return;
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0 || ::rename(unfinished_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(unfinished_.c_str());
    fail("write", path_, error);
  }
}

void print(std::string_view text) {
  Output output;
  output.write(text);
  output.flush();
}

void print_error(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace alluvium::cli
