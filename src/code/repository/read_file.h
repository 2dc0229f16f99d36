#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "alluvium/udf/function_set.h"
#include "code/repository/file_source.h"

namespace alluvium::code {

class RootFolder;

/// The bytes of the regular file at `path` (in text form) below `root`; nothing when they can't be
/// had, or are more than `max_bytes`.
std::optional<std::string> read_inner_file(const RootFolder& root, std::string_view path,
                                           std::uint64_t max_bytes);

/// The functions that read the files of one repository, for the plans of an indexing session alone:
/// they do input, so no session for SQL from outside may have them.
///
///     read_file(path) -> binary     the bytes of a regular file; null when they can't be had
///     read_failure(path) -> string  why `read_file` gives null; null when it doesn't
///
/// `path` is in text form (see `escape_source_path`). `max_bytes` holds for one file. `files_read`
/// is raised by one for each call of `read_file`; it may be null.
FunctionSet file_functions(std::shared_ptr<const FileSource> files, std::uint64_t max_bytes,
                           std::shared_ptr<std::atomic<std::uint64_t>> files_read = nullptr);

}  // namespace alluvium::code
