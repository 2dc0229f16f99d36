#include "code/publish/duckdb_views.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>

#include "code/publish/runs_table.h"
#include "code/publish/table_pins.h"
#include "code/repository/file_handle.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

std::string enclosed(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string literal(std::string_view text) { return enclosed(text, '\''); }

std::string scan(const LakeLayout& lake, std::string_view table, std::int64_t version) {
  return "delta_scan(" + literal(lake.uri(table)) + ", version => " + std::to_string(version) + ")";
}

/// A name may hold a line break, which would end a comment.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

}  // namespace

std::string duckdb_script(const LakeLayout& lake, std::int64_t runs_version,
                          const std::vector<Run>& current) {
  std::string script =
      "-- The published tables of the lake " + one_line(lake.folder().string()) +
      "\n-- as views for DuckDB, each repository at its current run. Rewritten by every run of\n"
      "-- `alluvium index`; read it again after one:\n"
      "--   duckdb -cmd 'INSTALL delta; LOAD delta' -cmd '.read duckdb.sql'\n";
  for (const Run& run : current) {
    script += "-- " + one_line(run.repo) + ": run " + run.run_id + " of " + run.finished_at + "\n";
  }
  for (const auto& [table, pins] : pins_of(current)) {
    script += "\nCREATE OR REPLACE VIEW " + enclosed(table, '"') + " AS";
    std::string_view separator = "\n  ";
    for (const auto& [version, repos] : pins) {
      std::string names;
      for (const std::string& repo : repos) names += (names.empty() ? "" : ", ") + literal(repo);
      script += separator;
      script += "SELECT * FROM " + scan(lake, table, version) + " WHERE repo IN (" + names + ")";
      separator = "\n  UNION ALL BY NAME ";
    }
    script += ";\n";
  }
  script += "\nCREATE OR REPLACE VIEW runs AS\n  SELECT * FROM " +
            scan(lake, "runs", runs_version) + ";\n";
  return script;
}

void refresh_duckdb_views(const Session& session, const LakeLayout& lake,
                          const Interrupt& interrupt) {
  // Without the lock, of two runs that publish at once the one that read the older `runs` could be
  // the last to write.
  const std::filesystem::path lock = lake.locks() / "views.lock";
  const FileHandle file(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file) throw system_error("open the lock file", lock.string(), errno);
  while (::flock(file.get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw system_error("lock the file", lock.string(), errno);
  }
  const PublishedRuns runs = read_runs(session, lake, interrupt);
  const std::string script = duckdb_script(lake, runs.version, runs.current);
  const std::filesystem::path path = lake.duckdb_views();
  std::ifstream old(path, std::ios::binary);
  if (old && std::string(std::istreambuf_iterator<char>(old), {}) == script) return;
  make_folders(path.parent_path());
  replace_file(path, script);
}

}  // namespace alluvium::code
