#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "code/repository/file_source.h"
#include "code/repository/git.h"

namespace alluvium::code {

/// What git keeps of a file.
struct CommitObject {
  std::string id;
  std::uint64_t size_bytes = 0;
};

/// The object of each file, by its path in text form.
using CommitObjects = std::unordered_map<std::string, CommitObject>;

/// The files of a commit, read from git's objects: nothing is checked out, and no filter runs. Git
/// is started at the first read. Errors while reading: Io (git is gone).
std::shared_ptr<const FileSource> files_of_commit(const Git& git, CommitObjects objects);

}  // namespace alluvium::code
