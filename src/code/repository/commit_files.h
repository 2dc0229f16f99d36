#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "code/repository/file_source.h"
#include "code/repository/git.h"

namespace alluvium::code {

/// The object of each file, by its path in text form.
using CommitObjects = std::unordered_map<std::string, std::string>;

/// The files of a commit, read from git's objects: nothing is checked out, and no filter runs. Git
/// is started at the first read. Errors while reading: Io (git is gone).
std::shared_ptr<const FileSource> files_of_commit(const Git& git, CommitObjects objects);

}  // namespace alluvium::code
