#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/frame/expr.h"
#include "alluvium/udf/scalar_function.h"
#include "functions/constant.h"
#include "functions/copy.h"
#include "functions/families.h"
#include "functions/ordering.h"
#include "functions/unicode.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;
using Id = DataType::Id;

bool is_text(const DataType& type) {
  return type.id() == Id::Utf8 || type.id() == Id::LargeUtf8 || type.id() == Id::Utf8View;
}

bool is_integer(const DataType& type) {
  return static_cast<int>(type.id()) >= static_cast<int>(Id::Int8) &&
         static_cast<int>(type.id()) <= static_cast<int>(Id::UInt64);
}

const DataType& key_type(const DataType& map) {
  return map.children().at(0).type.children().at(0).type;
}
const DataType& value_type(const DataType& map) {
  return map.children().at(0).type.children().at(1).type;
}

bool keys_compare(const DataType& key, const DataType& given) {
  if (given.id() == Id::Null) return true;
  if (is_integer(key) && is_integer(given)) return true;
  if (is_text(key) && is_text(given)) return true;
  return copied_type(key) == given && representation_of(key) != Representation::None;
}

// Whether values of type `given` can be appended to a column of type `wanted`.
bool fits(const DataType& given, const DataType& wanted) {
  if (given.id() == Id::Null || copied_type(given) == wanted) return true;
  if (is_integer(given) && is_integer(wanted)) return true;
  if (is_text(given) && is_text(wanted)) return true;
  return (is_integer(given) || representation_of(given) == Representation::Float) &&
         representation_of(wanted) == Representation::Float;
}

Field value_field(const FunctionCall& call) {
  const DataType& map = call.arguments.at(0).type;
  const Field& otherwise = call.arguments.at(2);
  if (map.id() == Id::Null) {
    return {.name = "", .type = copied_type(otherwise.type), .nullable = otherwise.nullable};
  }
  if (!keys_compare(key_type(map), call.arguments.at(1).type)) {
    refuse_call("a key of type " + call.arguments.at(1).type.to_string() + " is none of a " +
                map.to_string());
  }
  Field field{.name = "", .type = copied_type(value_type(map)), .nullable = otherwise.nullable};
  if (!fits(otherwise.type, field.type)) {
    refuse_call("a default of type " + otherwise.type.to_string() + " doesn't fit values of type " +
                field.type.to_string());
  }
  return field;
}

template <typename T>
bool equals(const ColumnView& a, std::int64_t i, const ColumnView& b, std::int64_t j) {
  return is_same(read_ordered<T>(a, i), read_ordered<T>(b, j));
}

using Equality = bool (*)(const ColumnView& a, std::int64_t i, const ColumnView& b, std::int64_t j);

// Of two columns of integers, of any signs.
bool equals_integer(const ColumnView& a, std::int64_t i, const ColumnView& b, std::int64_t j) {
  const std::int64_t left = a.int64(i);
  const std::int64_t right = b.int64(j);
  const auto negative = [](const ColumnView& column, std::int64_t value) {
    return value < 0 && column.type().id() != Id::UInt64;
  };
  return left == right && negative(a, left) == negative(b, right);
}

Equality equality_of(const DataType& key) {
  if (is_integer(key)) return equals_integer;
  return with_representation(representation_of(key), []<typename T>(std::type_identity<T>) {
    return static_cast<Equality>(equals<T>);
  });
}

void append_found(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const auto& [maps, keys, otherwise] = std::tie(arguments[0], arguments[1], arguments[2]);
  if (maps.child_count() == 0) return copy_column(otherwise, rows, result);
  const ColumnView entries = maps.child(0);
  const ColumnView names = entries.child(0);
  const ColumnView values = entries.child(1);
  const Equality equal = equality_of(names.type());
  for (std::int64_t row = 0; row < rows; ++row) {
    std::int64_t found = -1;
    if (!maps.is_null(row) && !keys.is_null(row)) {
      const ColumnView::Range range = maps.list_range(row);
      for (std::int64_t entry = range.begin; entry < range.end && found < 0; ++entry) {
        if (equal(names, entry, keys, row)) found = entry;
      }
    }
    if (found >= 0 && !values.is_null(found)) {
      copy_value(values, found, result);
    } else {
      copy_value(otherwise, row, result);
    }
  }
}

enum class KeyCase { Lower, Upper, AsIs };

KeyCase key_case(std::string_view name) {
  const std::string lower = to_lower(name);
  if (lower == "lower") return KeyCase::Lower;
  if (lower == "upper") return KeyCase::Upper;
  if (lower == "none") return KeyCase::AsIs;
  throw Error(ErrorCode::InvalidQuery,
              "there is no case `" + std::string(name) + "` of keys: use lower, upper or none");
}

std::string in_case(std::string_view key, KeyCase wanted) {
  if (wanted == KeyCase::Lower) return to_lower(key);
  return wanted == KeyCase::Upper ? to_upper(key) : std::string(key);
}

// An entry of the result: its key, where the key came first, and where its value is.
struct Entry {
  std::string key;
  std::int64_t first;
  std::int64_t value;
};

// Of equal keys one entry stays, in the first's place with the last's value.
void merge_equal(std::vector<Entry>& entries, bool sorted) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.key < b.key; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (kept > 0 && entries[kept - 1].key == entries[i].key) {
      entries[kept - 1].value = entries[i].value;
    } else {
      if (kept != i) entries[kept] = std::move(entries[i]);
      ++kept;
    }
  }
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
  if (sorted) return;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.first < b.first; });
}

void append_normalized(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const ColumnView& maps = arguments[0];
  const KeyCase wanted = key_case(constant_text(arguments[1], "lower"));
  const bool sorted = constant_boolean(arguments[2], true);
  std::vector<Entry> entries;
  for (std::int64_t row = 0; row < rows; ++row) {
    if (maps.is_null(row)) {
      result.append_null();
      continue;
    }
    const ColumnView keys = maps.child(0).child(0);
    const ColumnView values = maps.child(0).child(1);
    const ColumnView::Range range = maps.list_range(row);
    entries.clear();
    for (std::int64_t entry = range.begin; entry < range.end; ++entry) {
      entries.push_back({in_case(keys.bytes(entry), wanted), entry, entry});
    }
    merge_equal(entries, sorted);
    ColumnBuilder out = result.child(0);
    for (const Entry& entry : entries) {
      out.child(0).append(entry.key);
      copy_value(values, entry.value, out.child(1));
      out.finish_element();
    }
    result.finish_element();
  }
}

Field normalized_field(const FunctionCall& call) {
  const Field& given = call.arguments.at(0);
  if (given.type.id() != Id::Null && !is_text(key_type(given.type))) {
    refuse_call("keys of type " + key_type(given.type).to_string() + " are no text");
  }
  if (const auto name = constant_text(call, 1)) static_cast<void>(key_case(*name));
  return {.name = "", .type = copied_type(given.type), .nullable = given.nullable};
}

ScalarFunction map_get_default() {
  return {.name = "map_get_default",
          .parameters = {{"map", TypeClass::Map, "The map."},
                         {"key", TypeClass::Any, "A key."},
                         {"default", TypeClass::Any, "What there is instead of no value."}},
          .returns = {"", null_type()},
          .kernel = append_found,
          .documentation = {.category = "map",
                            .description = "A map's value of a key; the default where the map or "
                                           "the value is null, or the map hasn't the key.",
                            .example = "map_get_default(MAP {'a': 1}, 'b', 0)",
                            .example_result = "0"},
          .return_field = value_field};
}

ScalarFunction map_normalize() {
  return {
      .name = "map_normalize",
      .parameters = {{"map", TypeClass::Map, "A map whose keys are text."},
                     {.name = "key_case",
                      .type = utf8(),
                      .description = "`lower`, `upper`, or `none` for keys as they are.",
                      .default_value = lit("lower"),
                      .constant = true,
                      .examples = {"'lower'", "'upper'", "'none'"}},
                     {.name = "sort_keys",
                      .type = boolean(),
                      .description = "Puts the entries in the order of their keys' code points.",
                      .default_value = lit(true),
                      .constant = true}},
      .returns = {"", null_type()},
      .kernel = append_normalized,
      .documentation = {.category = "map",
                        .description = "A map with keys of one case, in order. Of keys that "
                                       "became equal the last one's value stays. Null where "
                                       "the map is null.",
                        .example = "map_keys(map_normalize(MAP {'B': 1, 'a': 2}))",
                        .example_result = "[a, b]"},
      .return_field = normalized_field};
}

}  // namespace

FunctionSet map_functions() { return {.scalars = {map_get_default(), map_normalize()}}; }

}  // namespace alluvium
