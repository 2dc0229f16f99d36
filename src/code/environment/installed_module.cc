#include "code/environment/installed_module.h"

#include <optional>
#include <string_view>
#include <utility>

namespace alluvium::code {
namespace {

void append_origin(const Environment::Origin& origin, ColumnBuilder& result) {
  ColumnBuilder distribution = result.child(0);
  ColumnBuilder version = result.child(1);
  if (origin.distribution == nullptr) {
    distribution.append_null();
    version.append_null();
  } else {
    distribution.append(std::string_view(origin.distribution->name));
    version.append(std::string_view(origin.distribution->version));
  }
  ColumnBuilder offered_by = result.child(2);
  ColumnBuilder items = offered_by.child(0);
  for (const std::string_view name : origin.offered_by) items.append(name);
  offered_by.finish_element();
  result.finish_element();
}

}  // namespace

ScalarFunction installed_module_function(std::shared_ptr<const Environment> environment) {
  return {
      .name = "installed_module",
      .parameters = {{"module", utf8(), "A dotted name."}},
      .returns = {"", struct_({{"distribution", utf8()},
                               {"version", utf8()},
                               {"offered_by", list(utf8())}})},
      .kernel =
          [environment = std::move(environment)](std::span<const ColumnView> arguments,
                                                 std::int64_t rows, ColumnBuilder& result) {
            for (std::int64_t row = 0; row < rows; ++row) {
              const bool known = environment != nullptr && !arguments[0].is_null(row);
              const std::optional<Environment::Origin> origin =
                  known ? environment->find(arguments[0].bytes(row)) : std::nullopt;
              if (origin) {
                append_origin(*origin, result);
              } else {
                result.append_null();
              }
            }
          },
      .documentation =
          {.description = "Returns the distribution that a module comes from in the environment."},
  };
}

}  // namespace alluvium::code
