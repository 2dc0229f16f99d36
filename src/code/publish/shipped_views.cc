#include "code/publish/shipped_views.h"

#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "code/publish/engine_script.h"
#include "code/publish/file_lock.h"
#include "code/publish/runs_table.h"

namespace alluvium::code {

void refresh_shipped_views(const Session& session, const LakeLayout& lake,
                           const PublishedRuns& known, const Interrupt& interrupt) {
  // Without the lock, of two runs that publish at once the one that read the older `runs` could be
  // the last to write.
  const std::filesystem::path path = lake.locks() / "views.lock";
  const FileHandle file = open_lock(path);
  lock(file, path, LockMode::Exclusive);
  const PublishedRuns runs =
      is_latest(lake, known.version) ? known : read_runs(session, lake, interrupt);
  const std::array files = {std::pair(Engine::DuckDb, lake.views() / "duckdb.sql"),
                            std::pair(Engine::Spark, lake.views() / "spark.sql")};
  for (const auto& [engine, script_file] : files) {
    const std::string script = engine_script(engine, lake, runs.version, runs.current);
    std::ifstream old(script_file, std::ios::binary);
    if (old && std::string(std::istreambuf_iterator<char>(old), {}) == script) continue;
    make_folders(script_file.parent_path());
    replace_file(script_file, script);
  }
}

}  // namespace alluvium::code
