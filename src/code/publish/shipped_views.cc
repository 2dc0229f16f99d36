#include "code/publish/shipped_views.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "code/publish/engine_script.h"
#include "code/publish/runs_table.h"
#include "code/repository/file_handle.h"
#include "code/repository/system_error.h"

namespace alluvium::code {

void refresh_shipped_views(const Session& session, const LakeLayout& lake,
                           const PublishedRuns& known, const Interrupt& interrupt) {
  // Without the lock, of two runs that publish at once the one that read the older `runs` could be
  // the last to write.
  const std::filesystem::path lock = lake.locks() / "views.lock";
  const FileHandle file(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file) throw system_error("open the lock file", lock.string(), errno);
  while (::flock(file.get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw system_error("lock the file", lock.string(), errno);
  }
  const PublishedRuns runs =
      is_latest(lake, known.version) ? known : read_runs(session, lake, interrupt);
  const std::array files = {std::pair(Engine::DuckDb, lake.views() / "duckdb.sql"),
                            std::pair(Engine::Spark, lake.views() / "spark.sql")};
  for (const auto& [engine, path] : files) {
    const std::string script = engine_script(engine, lake, runs.version, runs.current);
    std::ifstream old(path, std::ios::binary);
    if (old && std::string(std::istreambuf_iterator<char>(old), {}) == script) continue;
    make_folders(path.parent_path());
    replace_file(path, script);
  }
}

}  // namespace alluvium::code
