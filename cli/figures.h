#pragma once

#include <cstdint>
#include <string>

namespace alluvium::cli {

/// `1234567` as `1,234,567`.
std::string grouped(std::uint64_t number);
/// `1 file`, `2 files`.
std::string counted(std::uint64_t number, const std::string& noun);
/// Bytes as people read them: `3.4 MiB`.
std::string byte_size(std::uint64_t bytes);

}  // namespace alluvium::cli
