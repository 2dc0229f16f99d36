#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "code/repository/file_handle.h"

namespace alluvium::code {

/// Reads up to `size` bytes at `offset`; fewer at the end of the file. Nothing, with errno, where
/// they can't be read.
std::optional<std::size_t> read_at(const FileHandle& file, char* out, std::size_t size,
                                   std::int64_t offset);

/// Writes all of `bytes`. False, with errno, where they can't be written.
bool write_all(const FileHandle& file, std::string_view bytes);

}  // namespace alluvium::code
