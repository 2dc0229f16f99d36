#include "code/identity/fact_id.h"

#include "functions/id_parts.h"

namespace alluvium::code {

ScalarFunction fact_id_function() {
  return {
      .name = "fact_id",
      .parameters = {{"part", utf8(), "A part of the identity; null and empty differ."}},
      .variadic = true,
      .returns = {"", utf8(), /*nullable=*/false},
      .kernel =
          [](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
            IdParts parts;
            for (std::int64_t row = 0; row < rows; ++row) {
              parts.rewind();
              for (const ColumnView& argument : arguments) {
                if (argument.is_null(row)) {
                  parts.add_null();
                } else {
                  parts.add(argument.bytes(row));
                }
              }
              result.append(parts.id().digits().view());
            }
          },
      .documentation = {.description =
                            "Returns the 128-bit identity of its parts as 32 hex digits: the "
                            "XXH3-128 hash of the parts, each with its length before it.",
                        .example = "fact_id('repository', 'package/module.py')"},
  };
}

std::string file_id(std::string_view repo, std::string_view path) {
  return std::string(IdParts().add(repo).add(path).id().digits().view());
}

}  // namespace alluvium::code
