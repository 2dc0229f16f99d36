#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "alluvium/udf/scalar_function.h"
#include "functions/constant.h"
#include "functions/copy.h"
#include "functions/families.h"
#include "functions/ordering.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

Field sorted_field(const FunctionCall& call) {
  const Field& given = call.arguments.at(0);
  Field field{.name = "", .type = copied_type(given.type), .nullable = given.nullable};
  if (field.type.id() == DataType::Id::Null) return field;
  const DataType& item = field.type.children().at(0).type;
  if (representation_of(item) == Representation::None) {
    refuse_call("items of type " + item.to_string() + " have no order");
  }
  return field;
}

template <typename T>
void append_sorted(const ColumnView& lists, std::int64_t rows, ColumnBuilder& result) {
  const ColumnView items = lists.child(0);
  const DataType item_type = copied_type(items.type());
  std::vector<T> values;
  ColumnBuilder out = result.child(0);
  for (std::int64_t row = 0; row < rows; ++row) {
    if (lists.is_null(row)) {
      result.append_null();
      continue;
    }
    const ColumnView::Range range = lists.list_range(row);
    values.clear();
    for (std::int64_t item = range.begin; item < range.end; ++item) {
      if (!items.is_null(item)) values.push_back(read_ordered<T>(items, item));
    }
    std::sort(values.begin(), values.end(), is_before<T, T>);
    const auto end = std::unique(values.begin(), values.end(), is_same<T, T>);
    for (auto value = values.begin(); value != end; ++value) {
      append_ordered(T(*value), item_type, out);
    }
    result.finish_element();
  }
}

void append_unique_sorted(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const ColumnView& lists = arguments[0];
  if (lists.child_count() == 0) {  // nulls without a type
    for (std::int64_t row = 0; row < rows; ++row) result.append_null();
    return;
  }
  with_representation(
      representation_of(lists.child(0).type()),
      [&]<typename T>(std::type_identity<T>) { append_sorted<T>(lists, rows, result); });
}

ScalarFunction list_unique_sorted() {
  return {.name = "list_unique_sorted",
          .parameters = {{"list", TypeClass::List,
                          "A list of text, bytes, numbers, booleans or temporal values."}},
          .returns = {"", list(utf8())},
          .kernel = append_unique_sorted,
          .aliases = {"array_unique_sorted"},
          .documentation = {.category = "list",
                            .description =
                                "The distinct items of a list in ascending order, without nulls: "
                                "text by code points, NaN after all numbers. Null where the list "
                                "is null.",
                            .example = "list_unique_sorted(['b', 'a', NULL, 'b'])",
                            .example_result = "[a, b]"},
          .return_field = sorted_field,
          .null_propagating = true};
}

}  // namespace

// (`list_compact`, which drops nulls, is the engine's own.)
FunctionSet list_functions() { return {.scalars = {list_unique_sorted()}}; }

}  // namespace alluvium
