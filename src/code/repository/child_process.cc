#include "code/repository/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <utility>

#include "code/repository/file_handle.h"
#include "code/repository/interruption.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

struct Pipe {
  FileHandle read_end;
  FileHandle write_end;
};

Pipe make_pipe(const std::string& program) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw system_error("open a pipe to", program, errno);
  }
  return {FileHandle(ends[0]), FileHandle(ends[1])};
}

/// To write to; a reader that is gone is an error there, not a signal.
Pipe make_input(const std::string& program) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw system_error("open a pipe to", program, errno);
  }
  return {FileHandle(ends[0]), FileHandle(ends[1])};
}

std::vector<char*> as_c_strings(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  // posix_spawn takes char* for C's sake and writes to none of them.
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// A started program; killed and waited for when it is dropped before `wait`.
class Child {
 public:
  Child(pid_t pid, bool own_group) : pid_(pid), own_group_(own_group) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(own_group_ ? -pid_ : pid_, SIGKILL);
      wait();
    }
  }
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
  bool own_group_;
};

/// Appends what can be read now to `text`; closes `from` at its end.
void drain(FileHandle& from, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    from.reset();
  }
}

class SpawnSettings {
 public:
  /// `-1` for an input or errors is nothing to read, and nowhere.
  SpawnSettings(int input, int output, int errors, const ChildPlace& place) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    add(input, STDIN_FILENO, O_RDONLY);
    add(output, STDOUT_FILENO, O_WRONLY);
    add(errors, STDERR_FILENO, O_WRONLY);
    if (!place.folder.empty()) {
      ::posix_spawn_file_actions_addchdir_np(&actions_, place.folder.c_str());
    }
    // The caller may block or ignore signals (for Ctrl-C); the child shall not inherit that.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (place.own_group) flags |= POSIX_SPAWN_SETPGROUP;  // of the child's own number
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  void add(int given, int as, int flags) {
    if (given < 0) {
      ::posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", flags, 0);
    } else {
      ::posix_spawn_file_actions_adddup2(&actions_, given, as);
    }
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::optional<ChildResult> run_child(const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment,
                                     const Interrupt& interrupt, const ChildPlace& place) {
  const std::string& program = arguments.front();
  throw_if_interrupted(interrupt, "starting " + program);
  Pipe output = make_pipe(program);
  Pipe errors = make_pipe(program);
  const std::vector<char*> argv = as_c_strings(arguments);
  const std::vector<char*> envp = as_c_strings(environment);

  pid_t pid = 0;
  const SpawnSettings settings(-1, output.write_end.get(), errors.write_end.get(), place);
  const int failure = ::posix_spawnp(&pid, program.c_str(), settings.actions(),
                                     settings.attributes(), argv.data(), envp.data());
  if (failure == ENOENT) return std::nullopt;
  if (failure != 0) throw system_error("run", program, failure);
  Child child(pid, place.own_group);
  output.write_end.reset();
  errors.write_end.reset();

  ChildResult result;
  constexpr int kLookAtInterruptMs = 50;
  while (output.read_end || errors.read_end) {
    // poll ignores entries with a negative descriptor: those that are at their end.
    std::array<pollfd, 2> waits{
        {{output.read_end.get(), POLLIN, 0}, {errors.read_end.get(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), kLookAtInterruptMs) < 0 && errno != EINTR) {
      throw system_error("read the output of", program, errno);
    }
    throw_if_interrupted(interrupt, "running " + program);
    if (output.read_end && waits[0].revents != 0) drain(output.read_end, result.output);
    if (errors.read_end && waits[1].revents != 0) drain(errors.read_end, result.errors);
  }
  result.exit_code = child.wait();
  return result;
}

struct Dialogue::Impl {
  std::string program;
  FileHandle input;
  FileHandle output;
  std::unique_ptr<Child> child;
  std::string heard = {};  // and not yet asked for
  std::size_t taken = 0;   // of it

  /// Reads more of what the program says.
  void hear_more() {
    heard.erase(0, taken);
    taken = 0;
    const std::size_t before = heard.size();
    heard.resize(before + 65536);
    ssize_t count = 0;
    do {
      count = ::read(output.get(), heard.data() + before, heard.size() - before);
    } while (count < 0 && errno == EINTR);
    heard.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) throw system_error("read the output of", program, errno);
    if (count == 0) throw system_error("read the output of", program, EPIPE);
  }
  std::string take(std::size_t size) {
    std::string text = heard.substr(taken, size);
    taken += size;
    return text;
  }
};

Dialogue::Dialogue(const ChildCommand& command) {
  const std::string& program = command.arguments.front();
  Pipe input = make_input(program);
  Pipe output = make_pipe(program);
  const std::vector<char*> argv = as_c_strings(command.arguments);
  const std::vector<char*> envp = as_c_strings(command.environment);
  pid_t pid = 0;
  const SpawnSettings settings(input.read_end.get(), output.write_end.get(), -1, {});
  const int failure = ::posix_spawnp(&pid, program.c_str(), settings.actions(),
                                     settings.attributes(), argv.data(), envp.data());
  if (failure != 0) throw system_error("run", program, failure);
  impl_ =
      std::make_unique<Impl>(Impl{program, std::move(input.write_end), std::move(output.read_end),
                                  std::make_unique<Child>(pid, /*own_group=*/false)});
}

Dialogue::Dialogue(Dialogue&&) noexcept = default;
Dialogue& Dialogue::operator=(Dialogue&&) noexcept = default;
Dialogue::~Dialogue() = default;

void Dialogue::say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(impl_->input.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("ask", impl_->program, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string Dialogue::hear_line() {
  std::size_t end = std::string::npos;
  while ((end = impl_->heard.find('\n', impl_->taken)) == std::string::npos) impl_->hear_more();
  std::string line = impl_->take(end - impl_->taken);
  ++impl_->taken;
  return line;
}

std::string Dialogue::hear(std::size_t size) {
  while (impl_->heard.size() - impl_->taken < size) impl_->hear_more();
  return impl_->take(size);
}

}  // namespace alluvium::code
