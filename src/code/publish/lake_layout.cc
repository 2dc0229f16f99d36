#include "code/publish/lake_layout.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "alluvium/error.h"
#include "code/repository/file_bytes.h"
#include "code/repository/file_handle.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// What may be there before the table `runs` has a log, for instance when a run was killed right
/// after its start. All other tables are made later.
bool is_of_first_moments(std::string_view name) {
  // `.gitignore` may also be there as a draft. `stat` stays where somebody removes all tables.
  return name == "locks" || name == "views" || name == "stat" || name == "repos" ||
         name == "runs" || name.starts_with(".gitignore");
}

}  // namespace

bool LakeLayout::has_runs() const {
  std::error_code failure;
  fs::directory_iterator log(table("runs") / "_delta_log", failure);
  // Until its first commit is there, the log is a folder with at most a draft in it.
  return !failure && std::any_of(begin(log), end(log), [](const fs::directory_entry& entry) {
    return entry.path().extension() == ".json";
  });
}

LakeState LakeLayout::state() const {
  if (has_runs()) return LakeState::Begun;
  std::error_code failure;
  const fs::file_status status = fs::status(folder_, failure);
  if (status.type() == fs::file_type::not_found) return LakeState::Free;
  if (status.type() != fs::file_type::directory) {
    throw Error(ErrorCode::InvalidArgument,
                "`" + folder_.string() + "` is not a folder, so it can't be a lake", false,
                {{"path", folder_.string()}});
  }
  fs::directory_iterator entries(folder_, failure);
  if (failure) throw system_error("read the folder", folder_.string(), failure.value());
  for (; entries != fs::directory_iterator(); entries.increment(failure)) {
    if (is_of_first_moments(entries->path().filename().string())) continue;
    // Another run may have begun the lake since the first look.
    return has_runs() ? LakeState::Begun : LakeState::Other;
  }
  return LakeState::Free;
}

void LakeLayout::check_free() const {
  if (state() == LakeState::Other) {
    throw Error(ErrorCode::InvalidArgument,
                "`" + folder_.string() +
                    "` is a folder with something else in it, and no lake; name a new or an empty "
                    "folder with --lake",
                false, {{"path", folder_.string()}});
  }
}

void LakeLayout::prepare() const {
  check_free();
  make_folders(folder_);
  const fs::path ignore = folder_ / ".gitignore";
  std::error_code failure;
  if (!fs::exists(ignore, failure)) replace_file(ignore, "*\n");
}

void make_folders(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) throw system_error("create the folder", path.string(), failure.value());
}

void replace_file(const fs::path& path, std::string_view text) {
  const fs::path draft = path.string() + "." + std::to_string(::getpid()) + ".draft";
  {
    const FileHandle file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file) throw system_error("create the file", draft.string(), errno);
    if (!write_all(file, text) || ::fsync(file.get()) != 0) {
      throw system_error("write the file", draft.string(), errno);
    }
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) {
    throw system_error("replace the file", path.string(), errno);
  }
}

}  // namespace alluvium::code
