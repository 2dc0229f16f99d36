#include "code/check/text_at.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "code/repository/read_file.h"
#include "code/repository/root_folder.h"

namespace alluvium::code {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The span's bytes, if it is one of `file` and they are ASCII.
std::optional<std::string_view> ascii_at(std::string_view file, std::int64_t start,
                                         std::int64_t end) {
  if (start < 0 || start > end || end > static_cast<std::int64_t>(file.size())) return std::nullopt;
  const std::string_view text =
      file.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
  return is_ascii(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

ScalarFunction text_at_function(const std::filesystem::path& root, std::uint64_t max_bytes) {
  const auto folder = std::make_shared<const RootFolder>(root);
  return {
      .name = "text_at",
      .parameters = {{.name = "path", .type = utf8(), .description = "a path in the repository"},
                     {.name = "bstart", .type = int64(), .description = "the span's first byte"},
                     {.name = "bend", .type = int64(), .description = "the byte after its last"}},
      .returns = {.name = "text", .type = utf8()},
      .volatility = Volatility::Volatile,
      .kernel =
          [folder, max_bytes](std::span<const ColumnView> arguments, std::int64_t rows,
                              ColumnBuilder& result) {
            std::optional<std::string> path;
            std::optional<std::string> file;
            for (std::int64_t row = 0; row < rows; ++row) {
              const bool known = !std::ranges::any_of(
                  arguments, [row](const ColumnView& column) { return column.is_null(row); });
              if (known && path != arguments[0].bytes(row)) {
                path = arguments[0].bytes(row);
                file = read_inner_file(*folder, *path, max_bytes);
              }
              const std::optional<std::string_view> text =
                  known && file ? ascii_at(*file, arguments[1].int64(row), arguments[2].int64(row))
                                : std::nullopt;
              if (text) {
                result.append(*text);
              } else {
                result.append_null();
              }
            }
          },
      .documentation = {.description = "The ASCII text at a span of a file of the repository."}};
}

}  // namespace alluvium::code
