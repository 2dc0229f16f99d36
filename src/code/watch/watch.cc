#include "alluvium/code/watch.h"

#include <chrono>
#include <filesystem>
#include <set>

#include "code/index/lake_folder.h"
#include "code/repository/repository.h"
#include "code/repository/source_path.h"
#include "code/watch/folder_watch.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kQuiet{200};
constexpr milliseconds kLongestBurst{2'000};
constexpr milliseconds kLookAnyway{30'000};

/// The folders with source files, and those above them.
std::set<fs::path> folders_of(const Repository& repository) {
  std::set<fs::path> folders = {repository.root()};
  for (const SourceFile& file : repository.listing().sources) {
    fs::path folder = (repository.root() / unescape_source_path(file.path)).parent_path();
    while (folder != repository.root() && folders.insert(folder).second) {
      folder = folder.parent_path();
    }
  }
  return folders;
}

void let_settle(FolderWatch& changes, const Interrupt& interrupt) {
  const auto end = steady_clock::now() + kLongestBurst;
  while (steady_clock::now() < end && changes.wait(kQuiet, interrupt)) {
  }
}

bool is_interruption(const Error& error) {
  return error.code() == ErrorCode::Cancelled || error.code() == ErrorCode::DeadlineExceeded;
}

}  // namespace

void watch(const IndexRequest& request, const WatchObserver& observer, const Interrupt& interrupt) {
  FolderWatch changes;
  for (bool is_first = true;; is_first = false) {
    try {
      // Before the files are read: what changes from here on is seen, and starts another run.
      changes.add(
          folders_of(Repository::open(request.repository, lake_folder(request), interrupt)));
      observer.run(index(request, observer.progress, interrupt));
    } catch (const Error& error) {
      if (is_first || is_interruption(error)) throw;
      if (observer.failure) observer.failure(error);
    }
    if (changes.wait(kLookAnyway, interrupt)) let_settle(changes, interrupt);
  }
}

}  // namespace alluvium::code
