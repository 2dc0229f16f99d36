#include "code/publish/run_lock.h"

#include <chrono>
#include <cstdint>
#include <thread>

#include "alluvium/error.h"
#include "code/publish/file_lock.h"
#include "code/repository/interruption.h"

namespace alluvium::code {
namespace {

/// FNV-1a: a file name for any repository's name. Two that clash only wait for each other.
std::string lock_name(std::string_view repo) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : repo) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string name;
  for (int shift = 60; shift >= 0; shift -= 4) name += kDigits[(hash >> shift) & 0xFU];
  return name + ".lock";
}

}  // namespace

RunLock RunLock::acquire(const LakeLayout& lake, std::string_view repo, bool wait,
                         const std::function<void(const std::string&)>& on_wait,
                         const Interrupt& interrupt) {
  // Before the repository's: who holds the lake alone takes those too.
  LakeLock shared = LakeLock::share(lake, wait, on_wait, interrupt);
  const std::filesystem::path path = lake.locks() / lock_name(repo);
  FileHandle file = open_lock(path);
  bool told = false;
  while (!try_lock(file, path, LockMode::Exclusive)) {
    const std::string owner = read_owner(file);
    if (!wait) {
      throw Error(ErrorCode::CommitConflict,
                  "another run of `" + std::string(repo) + "` is under way in the lake `" +
                      lake.folder().string() + "` (" + owner +
                      "); wait for it, or use --wait to do that",
                  true, {{"repo", std::string(repo)}, {"owner", owner}});
    }
    if (!told && on_wait) on_wait(owner);
    told = true;
    throw_if_interrupted(interrupt, "waiting for another run (" + owner + ")");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  write_owner(file, path, "repository " + std::string(repo));
  return RunLock(std::move(shared), std::move(file));
}

}  // namespace alluvium::code
