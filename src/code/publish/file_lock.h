#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "code/repository/file_handle.h"

namespace alluvium::code {

/// How a lock file is held: by any number of processes, or by one.
enum class LockMode { Shared, Exclusive };

/// Opens a lock file, which is made where it isn't there. It stays when the lock is given back,
/// because removing it would race with the next owner. Errors: Io, ResourceExhausted.
FileHandle open_lock(const std::filesystem::path& path);

/// Takes the operating system's lock of the file, if nobody holds it in a way that excludes this.
/// Errors: Io.
bool try_lock(const FileHandle& file, const std::filesystem::path& path, LockMode mode);

/// Waits until it can be taken, and takes it. Errors: Io.
void lock(const FileHandle& file, const std::filesystem::path& path, LockMode mode);

/// Who wrote into the lock file that it holds it; only for people.
std::string read_owner(const FileHandle& file);
/// Writes that this process does, for `what`. Errors: Io.
void write_owner(const FileHandle& file, const std::filesystem::path& path, std::string_view what);

}  // namespace alluvium::code
