#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/udf/scalar_function.h"
#include "functions/constant.h"
#include "functions/copy.h"
#include "functions/families.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

int child_named(const DataType& type, std::string_view name) {
  const auto& fields = type.children();
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const Field& field) { return field.name == name; });
  return at == fields.end() ? -1 : static_cast<int>(at - fields.begin());
}

Field picked_field(const FunctionCall& call) {
  const Field& given = call.arguments.at(0);
  std::vector<Field> fields;
  std::set<std::string, std::less<>> names;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const auto name = constant_text(call, i);
    if (!name) refuse_call("the names of fields are constants that are not null");
    const int index = child_named(given.type, *name);
    if (index < 0) {
      refuse_call("there is no field `" + std::string(*name) + "` in " + given.type.to_string());
    }
    if (!names.emplace(*name).second) {
      refuse_call("the field `" + std::string(*name) + "` is named twice");
    }
    Field field = given.type.children()[static_cast<std::size_t>(index)];
    field.type = copied_type(field.type);
    field.nullable = field.nullable || given.nullable;
    fields.push_back(std::move(field));
  }
  return {.name = "",
          .type = struct_(std::move(fields)),
          .nullable = given.nullable,
          .metadata = given.metadata};
}

void append_picked(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const ColumnView& given = arguments[0];
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const int index = child_named(given.type(), constant_text(arguments[i], ""));
    copy_column(given.child(index), rows, result.child(static_cast<int>(i) - 1));
  }
  result.finish_elements(Validity::of_all({&given, 1}, rows));
}

}  // namespace

FunctionSet struct_functions() {
  ScalarFunction pick{
      .name = "struct_pick",
      .parameters = {{"struct", TypeClass::Struct, "The struct."},
                     {.name = "field",
                      .type = utf8(),
                      .description = "The name of one of its fields, in its exact case.",
                      .constant = true,
                      .examples = {"'bend'", "'bstart'"}}},
      .variadic = true,
      .returns = {"", struct_({})},
      .kernel = append_picked,
      .aliases = {"struct_select"},
      .documentation = {.category = "struct",
                        .description = "A struct of some of a struct's fields, in the order in "
                                       "which they are named. Null where the struct is null.",
                        .example =
                            "struct_pick(named_struct('a', 1, 'b', 2, 'c', 3), 'c', 'a')['c']",
                        .example_result = "3"},
      .return_field = picked_field};
  return {.scalars = {std::move(pick)},
          .operators = {{.symbol = "->",
                         .function = "get_field",
                         .left = TypeClass::Struct,
                         .right = TypeClass::Text},
                        {.symbol = "->", .function = "get_field", .left = TypeClass::Map}}};
}

}  // namespace alluvium
