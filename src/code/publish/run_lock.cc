#include "code/publish/run_lock.h"

#include <cstdint>

#include "code/publish/file_lock.h"

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
                         const OnWait& on_wait, const Interrupt& interrupt) {
  // Before the repository's: who holds the lake alone takes those too.
  LakeLock shared = LakeLock::share(lake, wait, on_wait, interrupt);
  const std::filesystem::path path = lake.locks() / lock_name(repo);
  FileHandle file = open_lock(path);
  const std::string name(repo);
  LockWait busy(lake, wait, on_wait, interrupt);
  while (!try_lock(file, path, LockMode::Exclusive)) {
    busy.meet(read_owner(file), "another run of `" + name + "` is under way", "another run",
              {{"repo", name}});
  }
  write_owner(file, path, "repository " + name);
  return RunLock(std::move(shared), std::move(file));
}

}  // namespace alluvium::code
