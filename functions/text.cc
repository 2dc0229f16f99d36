#include <optional>
#include <string>
#include <string_view>

#include "alluvium/error.h"
#include "alluvium/frame/expr.h"
#include "alluvium/udf/typed_function.h"
#include "functions/families.h"
#include "functions/unicode.h"

namespace alluvium {
namespace {

NormalForm form_named(std::string_view name) {
  if (const auto form = normal_form(name)) return *form;
  throw Error(ErrorCode::InvalidArgument, "there is no Unicode normal form `" + std::string(name) +
                                              "`: use NFC, NFD, NFKC or NFKD");
}

std::optional<std::string> utf8_normalize(std::string_view value, std::string_view form,
                                          bool casefold, bool collapse_ws) {
  if (trim_white_space(value).empty()) return std::nullopt;
  std::string normal = normalize(value, form_named(form), casefold);
  return collapse_ws ? collapse_white_space(normal) : std::move(normal);
}

std::optional<std::string_view> null_if_blank(std::string_view value) {
  const std::string_view trimmed = trim_white_space(value);
  if (trimmed.empty()) return std::nullopt;
  return trimmed;
}

}  // namespace

FunctionSet text_functions() {
  ScalarFunction normalizes = typed_function(
      {.name = "utf8_normalize",
       .parameters = {{"value", utf8(), "The text."},
                      {.name = "form",
                       .type = utf8(),
                       .description = "The Unicode normal form: `NFC`, `NFD`, `NFKC` or `NFKD`.",
                       .default_value = lit("NFKC"),
                       .constant = true,
                       .examples = {"'NFC'", "'NFD'", "'NFKC'", "'NFKD'"}},
                      {.name = "casefold",
                       .type = boolean(),
                       .description = "Folds case, so that texts that differ only in it are equal.",
                       .default_value = lit(true),
                       .constant = true},
                      {.name = "collapse_ws",
                       .type = boolean(),
                       .description = "Makes one space of each run of Unicode white space, and "
                                      "removes it at the ends.",
                       .default_value = lit(true),
                       .constant = true}},
       .aliases = {"normalize_utf8"},
       .documentation = {.category = "text",
                         .description = "Text in a Unicode normal form. Null where it is blank.",
                         .example = "utf8_normalize('  Straße \t ﬁn ')",
                         .example_result = "strasse fin"}},
      utf8_normalize);
  ScalarFunction trims = typed_function(
      {.name = "utf8_null_if_blank",
       .parameters = {{"value", utf8(), "The text."}},
       .aliases = {"null_if_blank"},
       .documentation = {.category = "text",
                         .description = "Text without the Unicode white space at its ends; null "
                                        "where nothing is left.",
                         .example = "utf8_null_if_blank('  a b ')",
                         .example_result = "a b"}},
      null_if_blank);
  return {.scalars = {std::move(normalizes), std::move(trims)}};
}

}  // namespace alluvium
