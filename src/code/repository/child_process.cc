#include "code/repository/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
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
  SpawnSettings(int output, int errors, const ChildPlace& place) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
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
  const SpawnSettings settings(output.write_end.get(), errors.write_end.get(), place);
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

}  // namespace alluvium::code
