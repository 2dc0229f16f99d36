#include <string>
#include <utility>

#include "alluvium/frame/expr.h"
#include "alluvium/udf/typed_function.h"
#include "functions/constant.h"
#include "functions/copy.h"
#include "functions/families.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

Field tagged_field(const FunctionCall& call) {
  const auto type = constant_text(call, 0);
  if (!type) refuse_call("the semantic type is a constant that is not null");
  Field field = call.arguments.at(1);
  field.type = copied_type(field.type);
  field.metadata.insert_or_assign("semantic_type", std::string(*type));
  return field;
}

ScalarFunction semantic_tag() {
  return {
      .name = "semantic_tag",
      .parameters = {{.name = "type",
                      .type = utf8(),
                      .description = "What the value means.",
                      .constant = true,
                      .examples = {"'path'", "'line'"}},
                     {"value", TypeClass::Any, "The value."}},
      .returns = {"", null_type()},
      .kernel = [](Arguments arguments, std::int64_t rows,
                   ColumnBuilder& result) { copy_column(arguments[1], rows, result); },
      .documentation = {.category = "metadata",
                        .description = "The value as it is, with the field metadata "
                                       "`semantic_type`, which `arrow_metadata` reads.",
                        .example = "arrow_metadata(semantic_tag('path', 'a.py'), 'semantic_type')",
                        .example_result = "path"},
      .return_field = tagged_field};
}

ScalarFunction cpg_score() {
  return typed_function(
      {.name = "cpg_score",
       .parameters = {{"value", float64(), "A number."}},
       .documentation = {.category = "metadata",
                         .description = "A score: the number as a floating point number.",
                         .example = "cpg_score(3)",
                         .example_result = "3.0"},
       .rewrite = [](const FunctionCall&) { return col("value").cast(float64()); }},
      [](double value) { return value; });
}

}  // namespace

FunctionSet metadata_functions() { return {.scalars = {semantic_tag(), cpg_score()}}; }

}  // namespace alluvium
