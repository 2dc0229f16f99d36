#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/frame/expr.h"
#include "alluvium/udf/scalar_function.h"
#include "functions/constant.h"
#include "functions/families.h"
#include "functions/id_parts.h"
#include "functions/part_reader.h"
#include "functions/unicode.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

// The hash that is the number of a part: never negative, as keys of other systems must not be.
std::int64_t key_of(const IdParts& parts) {
  return static_cast<std::int64_t>(parts.hash64() & std::numeric_limits<std::int64_t>::max());
}

// How a hash is written into text.
struct Hex {
  using Hash = StableId;
  static Hash of(const IdParts& parts) { return parts.id(); }
  static std::size_t length(Hash /*hash*/) { return 32; }
  static char* write(Hash hash, char* out) {
    const StableId::Digits digits = hash.digits();
    return std::copy(digits.view().begin(), digits.view().end(), out);
  }
};
struct Decimal {
  using Hash = std::int64_t;
  static Hash of(const IdParts& parts) { return key_of(parts); }
  static std::size_t length(Hash hash) {
    // Four digits a division.
    std::size_t digits = 0;
    for (; hash >= 10000; hash /= 10000) digits += 4;
    return digits + 1 + (hash >= 10 ? 1 : 0) + (hash >= 100 ? 1 : 0) + (hash >= 1000 ? 1 : 0);
  }
  static char* write(Hash hash, char* out) { return std::to_chars(out, out + 20, hash).ptr; }
};

std::int32_t text_length(std::size_t length) {
  if (length > std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorCode::ResourceExhausted, "a text of more than 2 GiB");
  }
  return static_cast<std::int32_t>(length);
}

// Appends the hashes, as texts, of the parts that `add_parts(parts, row)` adds.
template <typename Form, typename AddParts>
void append_hashes(const Validity& validity, ColumnBuilder& result, const AddParts& add_parts) {
  std::vector<typename Form::Hash> hashes(static_cast<std::size_t>(validity.rows()));
  std::vector<std::int32_t> lengths(hashes.size());
  IdParts parts;
  for (std::size_t row = 0; row < hashes.size(); ++row) {
    if (validity.is_null(static_cast<std::int64_t>(row))) continue;
    parts.rewind();
    add_parts(parts, static_cast<std::int64_t>(row));
    hashes[row] = Form::of(parts);
    lengths[row] = text_length(Form::length(hashes[row]));
  }
  char* out = result.extend_text(lengths, validity);
  for (std::size_t row = 0; row < hashes.size(); ++row) {
    if (lengths[row] != 0) out = Form::write(hashes[row], out);
  }
}

// Appends `prefix:hash`, of the prefix and the parts that `add_parts(parts, row)` adds.
template <typename Form, typename AddParts>
void append_prefixed(const ColumnView& prefix, const Validity& validity, ColumnBuilder& result,
                     const AddParts& add_parts) {
  std::vector<typename Form::Hash> hashes(static_cast<std::size_t>(validity.rows()));
  std::vector<std::int32_t> lengths(hashes.size());
  IdParts parts;
  std::size_t after_prefix = 0;
  if (prefix.is_scalar() && !prefix.is_null(0)) after_prefix = parts.add(prefix.bytes(0)).mark();
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (validity.is_null(row)) continue;
    parts.rewind(after_prefix);
    const std::string_view name = prefix.bytes(row);
    if (after_prefix == 0) parts.add(name);
    add_parts(parts, row);
    hashes[i] = Form::of(parts);
    lengths[i] = text_length(name.size() + 1 + Form::length(hashes[i]));
  }
  char* out = result.extend_text(lengths, validity);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (lengths[i] == 0) continue;
    const std::string_view name = prefix.bytes(static_cast<std::int64_t>(i));
    out = std::copy(name.begin(), name.end(), out);
    *out++ = ':';
    out = Form::write(hashes[i], out);
  }
}

std::vector<PartReader> readers_of(Arguments columns) {
  return std::vector<PartReader>(columns.begin(), columns.end());
}

void append_keys(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const Validity validity = Validity::of_all(arguments, rows);
  PartReader value(arguments[0]);
  IdParts parts;
  auto* const out = result.extend<std::int64_t>(validity);
  for (std::int64_t row = 0; row < rows; ++row) {
    if (validity.is_null(row)) {
      out[row] = 0;
      continue;
    }
    parts.rewind();
    out[row] = key_of(parts.add(value.text(row)));
  }
}

void append_digests(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  PartReader value(arguments[0]);
  append_hashes<Hex>(Validity::of_all(arguments, rows), result,
                     [&](IdParts& parts, std::int64_t row) { parts.add(value.text(row)); });
}

// Null where one of the first `strict` arguments is; other null parts are parts of their own.
template <typename Form>
auto prefixed_kernel(std::size_t strict) {
  return [strict](Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
    std::vector<PartReader> readers = readers_of(arguments.subspan(1));
    append_prefixed<Form>(arguments[0], Validity::of_all(arguments.first(strict), rows), result,
                          [&](IdParts& parts, std::int64_t row) {
                            for (PartReader& reader : readers) reader.add_to(parts, row);
                          });
  };
}

void append_canonical(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  PartReader value(arguments[0]);
  const DataType::Id id = arguments[0].type().id();
  const bool text =
      id == DataType::Id::Utf8 || id == DataType::Id::LargeUtf8 || id == DataType::Id::Utf8View;
  const bool canonical = text && constant_boolean(arguments[1], true);
  append_hashes<Hex>(Validity(rows), result, [&](IdParts& parts, std::int64_t row) {
    if (!canonical || arguments[0].is_null(row)) return value.add_to(parts, row);
    const std::string_view given = value.text(row);
    if (is_ascii(given)) {
      parts.add(trim_white_space(given));
    } else {
      parts.add(trim_white_space(normalize(given, NormalForm::Nfkc, /*casefold=*/false)));
    }
  });
}

void append_span_ids(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  std::vector<PartReader> place = readers_of(arguments.subspan(1, 3));
  PartReader kind(arguments[4]);
  append_prefixed<Hex>(arguments[0], Validity::of_all(arguments.first(4), rows), result,
                       [&](IdParts& parts, std::int64_t row) {
                         for (PartReader& reader : place) reader.add_to(parts, row);
                         if (!kind.column().is_null(row)) kind.add_to(parts, row);
                       });
}

// The result field of a function whose arguments are all parts; null where one of the first
// `strict` is.
auto parts_field(DataType type, std::size_t strict) {
  return [type = std::move(type), strict](const FunctionCall& call) {
    bool nullable = false;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const Field& argument = call.arguments[i];
      const std::string_view why = PartReader::refusal(argument.type);
      if (!why.empty()) {
        refuse_call("`" + argument.name + "` of type " + argument.type.to_string() +
                    " can't be hashed: " + std::string(why));
      }
      nullable = nullable || (i < strict && argument.nullable);
    }
    return Field{.name = "", .type = type, .nullable = nullable};
  };
}

const Parameter kPrefix{
    .name = "prefix",
    .type = utf8(),
    .description = "What the id is of; stands before the colon, and is hashed."};

FunctionDocumentation document(std::string description, std::string example, std::string result) {
  return {.category = "hash",
          .description = std::move(description),
          .example = std::move(example),
          .example_result = std::move(result)};
}

ScalarFunction stable_hash64() {
  return {.name = "stable_hash64",
          .parameters = {{"value", TypeClass::Any, "Text, bytes, a number or a boolean."}},
          .returns = {"", int64()},
          .kernel = append_keys,
          .aliases = {"hash64"},
          .documentation =
              document("The XXH3-64 hash of a value with its length before it, without its sign "
                       "bit: never negative, the same on every machine.",
                       "stable_hash64('a')", "5149624786173740241"),
          .return_field = parts_field(int64(), 1),
          .null_propagating = true};
}

ScalarFunction stable_hash128() {
  return {.name = "stable_hash128",
          .parameters = {{"value", TypeClass::Any, "Text, bytes, a number or a boolean."}},
          .returns = {"", utf8()},
          .kernel = append_digests,
          .aliases = {"hash128"},
          .documentation = document("The XXH3-128 hash of a value with its length before it, as 32 "
                                    "hex digits: the same on every machine.",
                                    "stable_hash128('a')", "ea7daf8b8b8e0899adea399fbae36cb2"),
          .return_field = parts_field(utf8(), 1),
          .null_propagating = true};
}

ScalarFunction prefixed_hash64() {
  return {.name = "prefixed_hash64",
          .parameters = {kPrefix, {"value", TypeClass::Any, "Text, bytes, a number or a boolean."}},
          .returns = {"", utf8()},
          .kernel = prefixed_kernel<Decimal>(2),
          .aliases = {"prefixed_hash"},
          .documentation = document("`prefix:hash`, where the hash is the XXH3-64 hash of prefix "
                                    "and value without its sign bit, in decimal.",
                                    "prefixed_hash64('file', 'a.py')", "file:3607473774849871704"),
          .return_field = parts_field(utf8(), 2),
          .null_propagating = true};
}

ScalarFunction prefixed_hash_parts64() {
  return {.name = "prefixed_hash_parts64",
          .parameters = {kPrefix,
                         {"part", TypeClass::Any,
                          "Text, bytes, a number or a boolean; null is a part of its own."}},
          .variadic = true,
          .returns = {"", utf8()},
          .kernel = prefixed_kernel<Decimal>(1),
          .aliases = {"prefixed_hash_parts"},
          .documentation = document("`prefix:hash`, where the hash is the XXH3-64 hash of prefix "
                                    "and parts without its sign bit, in decimal. Null where the "
                                    "prefix is null; a null part differs from every value.",
                                    "prefixed_hash_parts64('span', 'a.py', 3, NULL)",
                                    "span:7079008243809640559"),
          .return_field = parts_field(utf8(), 1)};
}

ScalarFunction stable_id() {
  return {.name = "stable_id",
          .parameters = {kPrefix,
                         {"part", TypeClass::Any,
                          "Text, bytes, a number or a boolean; null is a part of its own."}},
          .variadic = true,
          .returns = {"", utf8()},
          .kernel = prefixed_kernel<Hex>(1),
          .aliases = {"stable_id_parts", "stable_id_multi"},
          .documentation =
              document("`prefix:hash`, where the hash is the XXH3-128 hash of prefix and parts as "
                       "32 hex digits. Null where the prefix is null; a null part differs from "
                       "every value.",
                       "stable_id('file', 'a.py', NULL)", "file:f3b302b170dd4ee2dc21e61f88ac128e"),
          .return_field = parts_field(utf8(), 1)};
}

ScalarFunction stable_hash_any() {
  return {.name = "stable_hash_any",
          .parameters = {{"value", TypeClass::Any,
                          "Text, bytes, a number or a boolean; null has a hash of its own."},
                         {.name = "canonical",
                          .type = boolean(),
                          .description = "Text is hashed in the form NFKC and without white space "
                                         "at its ends.",
                          .default_value = lit(true),
                          .constant = true}},
          .returns = {"", utf8(), /*nullable=*/false},
          .kernel = append_canonical,
          .aliases = {"stable_hash"},
          .documentation = document("The XXH3-128 hash of any value as 32 hex digits; never null.",
                                    "stable_hash_any(' a ') = stable_hash_any('a')", "true"),
          .return_field = parts_field(utf8(), 0)};
}

ScalarFunction span_id() {
  return {.name = "span_id",
          .parameters = {kPrefix,
                         {"path", utf8(), "The file."},
                         {"bstart", int64(), "The first byte."},
                         {"bend", int64(), "Where the bytes end."},
                         {.name = "kind",
                          .type = utf8(),
                          .description = "What tells apart things at one place; null adds no part.",
                          .default_value = lit_null(utf8())}},
          .returns = {"", utf8()},
          .kernel = append_span_ids,
          .documentation =
              document("The id of what stands at a place of a file: "
                       "`stable_id(prefix, path, bstart, bend[, kind])`. Null where "
                       "the place is not known whole.",
                       "span_id('ref', 'a.py', 3, 7)", "ref:8837b2ef7ef03242bc2d848c5fef44ba"),
          .return_field = parts_field(utf8(), 4)};
}

}  // namespace

FunctionSet hash_functions() {
  return {.scalars = {stable_hash64(), stable_hash128(), prefixed_hash64(), prefixed_hash_parts64(),
                      stable_id(), stable_hash_any(), span_id()}};
}

}  // namespace alluvium
