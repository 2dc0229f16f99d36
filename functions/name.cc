#include <optional>
#include <string>
#include <string_view>

#include "alluvium/frame/expr.h"
#include "alluvium/udf/typed_function.h"
#include "functions/families.h"
#include "functions/unicode.h"

namespace alluvium {
namespace {

// A dotted name as Python compares it: each identifier in the form NFKC, none of the white space
// that may stand around dots.
std::string dotted_name(std::string_view name) {
  std::string normal;
  while (true) {
    const std::size_t dot = name.find('.');
    normal += trim_white_space(name.substr(0, dot));
    if (dot == name.npos) break;
    normal += '.';
    name.remove_prefix(dot + 1);
  }
  return normalize(normal, NormalForm::Nfkc, /*casefold=*/false);
}

std::optional<std::string> qname_normalize(std::string_view symbol,
                                           std::optional<std::string_view> module) {
  std::string name = dotted_name(symbol);
  if (name.empty()) return std::nullopt;
  if (!module || name.find('.') != name.npos) return name;
  const std::string prefix = dotted_name(*module);
  return prefix.empty() ? name : prefix + "." + name;
}

}  // namespace

FunctionSet name_functions() {
  return {
      .scalars = {typed_function(
          {.name = "qname_normalize",
           .parameters = {{"symbol", utf8(), "A name, dotted or not."},
                          {.name = "module",
                           .type = utf8(),
                           .description = "The module that a name without a dot is in; null for "
                                          "none.",
                           .default_value = lit_null(utf8())}},
           .aliases = {"qualname_normalize"},
           .documentation =
               {.category = "name",
                .description = "A qualified name of Python as Python itself compares it: "
                               "identifiers in the form NFKC, case as it is, no white space at "
                               "the ends and around dots. Null where the symbol is null or blank.",
                .example = "qname_normalize(' Reader ', 'pkg.io')",
                .example_result = "pkg.io.Reader"}},
          qname_normalize)}};
}

}  // namespace alluvium
