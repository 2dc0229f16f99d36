#include "code/publish/lake_lock.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "code/publish/file_lock.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLakeLock = "lake.lock";

/// What was locked, or who is in the way.
struct Attempt {
  std::vector<FileHandle> files;
  std::optional<std::string> owner;
};

/// Adds the lock of `path`, unless somebody has it.
void take(Attempt& attempt, const fs::path& path, LockMode mode) {
  FileHandle file = open_lock(path);
  if (try_lock(file, path, mode)) {
    attempt.files.push_back(std::move(file));
  } else if (!attempt.owner) {
    attempt.owner = read_owner(file);
  }
}

Attempt try_share(const LakeLayout& lake) {
  Attempt attempt;
  take(attempt, lake.locks() / kLakeLock, LockMode::Shared);
  return attempt;
}

/// Also the locks of the repositories: a run of a program that knows no lock of the lake has one of
/// them, and of other runs they tell who it is.
Attempt try_alone(const LakeLayout& lake) {
  Attempt attempt;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(lake.locks(), failure)) {
    const fs::path& path = entry.path();
    // Whoever writes the views or checkpoints has the lake's lock, or is done soon.
    if (path.extension() != ".lock" || path.filename() == kLakeLock ||
        path.filename() == "views.lock" || path.filename() == "checkpoints.lock") {
      continue;
    }
    take(attempt, path, LockMode::Exclusive);
  }
  if (failure) throw system_error("read the folder", lake.locks().string(), failure.value());
  if (!attempt.owner) take(attempt, lake.locks() / kLakeLock, LockMode::Exclusive);
  return attempt;
}

template <typename Try>
std::vector<FileHandle> acquire(const LakeLayout& lake, Try try_once, const char* busy, bool wait,
                                const OnWait& on_wait, const Interrupt& interrupt) {
  make_folders(lake.locks());
  LockWait held(lake, wait, on_wait, interrupt);
  for (;;) {
    Attempt attempt = try_once(lake);
    if (!attempt.owner) return std::move(attempt.files);
    // What was locked of it is free again while this waits.
    attempt.files.clear();
    held.meet(*attempt.owner, busy, "the lake");
  }
}

}  // namespace

LakeLock LakeLock::share(const LakeLayout& lake, bool wait, const OnWait& on_wait,
                         const Interrupt& interrupt) {
  return LakeLock(acquire(lake, try_share, "`alluvium gc` is at work", wait, on_wait, interrupt));
}

LakeLock LakeLock::hold_alone(const LakeLayout& lake, bool wait, const OnWait& on_wait,
                              const Interrupt& interrupt) {
  LakeLock lock(acquire(lake, try_alone, "a run is under way", wait, on_wait, interrupt));
  for (const FileHandle& file : lock.files_) {
    write_owner(file, lake.locks(), "removing old runs");
  }
  return lock;
}

}  // namespace alluvium::code
