#include "samples.h"

#include <fmt/format.h>

#include <algorithm>

namespace alluvium::conformance {
namespace {

using Id = DataType::Id;
using Values = std::vector<std::string>;

Sample cast_of(const std::string& type, const Values& texts) {
  Sample sample{.type = type};
  for (const std::string& text : texts) {
    sample.values.push_back(fmt::format("arrow_cast({}, '{}')", text, type));
  }
  sample.values.push_back(fmt::format("arrow_cast(NULL, '{}')", type));
  return sample;
}

const Values kTexts = {"'plain'",
                       "''",
                       "'  '",
                       "'Zwölf Boxkämpfer jagen Viktor'",
                       "'𝒳 é ﬁ'",
                       "'a.b'",
                       "'日本語テキスト'",
                       "'insert'",
                       "'a''b'",
                       "'x\ty'",
                       "'\u0301'",
                       "'longer than twelve bytes'"};

std::vector<Sample> integers() {
  return {cast_of("Int8", {"-128", "0", "127"}),
          cast_of("Int16", {"-32768", "7", "32767"}),
          cast_of("Int32", {"-2147483648", "1", "2147483647"}),
          cast_of("Int64", {"-9223372036854775807 - 1", "0", "3", "-1", "9223372036854775807"}),
          cast_of("UInt8", {"0", "255"}),
          cast_of("UInt16", {"0", "65535"}),
          cast_of("UInt32", {"0", "4294967295"}),
          cast_of("UInt64", {"0", "5", "9223372036854775807"})};
}

std::vector<Sample> floats() {
  return {cast_of("Float32", {"'NaN'", "'-inf'", "1.5", "0", "-0.0"}),
          cast_of("Float64",
                  {"'NaN'", "'inf'", "'-inf'", "-0.0", "0.0", "1.7976931348623157e308", "2.5"})};
}

// Strings in every layout; the dictionary's values are repeated.
std::vector<Sample> texts() {
  std::vector<Sample> samples;
  for (const char* type : {"Utf8", "LargeUtf8", "Utf8View", "Dictionary(Int32, Utf8)"}) {
    samples.push_back(cast_of(type, kTexts));
  }
  return samples;
}

std::vector<Sample> binaries() {
  std::vector<Sample> samples;
  for (const char* type : {"Binary", "LargeBinary", "BinaryView"}) {
    samples.push_back(cast_of(type, {"'bytes'", "''", "x'00ff80'"}));
  }
  return samples;
}

std::vector<Sample> temporals() {
  return {cast_of("Date32", {"'1969-12-31'", "'2024-02-29'"}),
          cast_of("Timestamp(us)", {"'1677-01-01T00:00:00'", "'2024-02-29T12:34:56.789'"}),
          cast_of("Timestamp(ns, \"UTC\")", {"'2024-02-29T12:34:56Z'"}),
          cast_of("Time64(us)", {"'00:00:00'", "'23:59:59.999999'"})};
}

Sample booleans() { return cast_of("Boolean", {"true", "false"}); }

std::vector<Sample> lists() {
  return {
      {.type = "list of text",
       .values = {"['b', NULL, 'é', 'b', '']", "arrow_cast([], 'List(Utf8)')",
                  "arrow_cast(NULL, 'List(Utf8)')", "['one']"}},
      {.type = "list of integers",
       .values = {"[3, 1, NULL, 3]", "arrow_cast(NULL, 'List(Int64)')", "[9223372036854775807]"}},
      {.type = "large list of numbers",
       .values = {"arrow_cast([2.5, NULL, -0.0, 0.0], 'LargeList(Float64)')",
                  "arrow_cast(NULL, 'LargeList(Float64)')"}}};
}

std::vector<Sample> maps() {
  return {{.type = "map",
           .values = {"MAP {'B': 'x', 'a': NULL, 'É': 'y'}", "MAP {'only': 'one'}",
                      "nullif(MAP {'z': 'z'}, MAP {'z': 'z'})"}}};
}

std::vector<Sample> structs() {
  const auto span = [](const char* begin, const char* end) {
    return fmt::format(
        "named_struct('bstart', arrow_cast({}, 'Int64'), 'bend', arrow_cast({}, "
        "'Int64'))",
        begin, end);
  };
  return {{.type = "span",
           .values = {span("0", "10"), span("5", "5"),
                      span("-9223372036854775807", "9223372036854775807"), span("7", "3"),
                      span("NULL", "3"),
                      fmt::format("CASE WHEN random() < 0 THEN {} END", span("1", "2"))}}};
}

void append(std::vector<Sample>& to, std::vector<Sample> from) {
  to.insert(to.end(), from.begin(), from.end());
}

std::vector<Sample> of_class(TypeClass family) {
  std::vector<Sample> all;
  switch (family) {
    case TypeClass::Integer:
      return integers();
    case TypeClass::Numeric:
      append(all, integers());
      append(all, floats());
      all.push_back(cast_of("Decimal128(20, 3)", {"'-12345678901234567.891'", "1"}));
      return all;
    case TypeClass::Text:
      return texts();
    case TypeClass::Binary:
      return binaries();
    case TypeClass::Temporal:
      return temporals();
    case TypeClass::List:
      return lists();
    case TypeClass::Map:
      return maps();
    case TypeClass::Struct:
      return structs();
    case TypeClass::Any:
      break;
  }
  append(all, texts());
  append(all, integers());
  append(all, floats());
  append(all, temporals());
  append(all, binaries());
  all.push_back(booleans());
  append(all, lists());
  return all;
}

std::vector<Sample> of_type(const DataType& type) {
  switch (type.id()) {
    case Id::Utf8:
      return texts();
    case Id::Binary: {
      std::vector<Sample> all = binaries();
      append(all, texts());
      return all;
    }
    case Id::Bool:
      return {booleans()};
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
      // What is converted to them must fit.
      return {cast_of(type.to_string(), {"0", "1", "100"}), cast_of("Int64", {"0", "100"})};
    case Id::Int64:
    case Id::UInt64:
      return {cast_of("Int64", {"0", "3", "1", "9223372036854775807"}),
              cast_of("Int32", {"2147483647", "2"}), cast_of("UInt8", {"255", "0"})};
    case Id::Float32:
    case Id::Float64: {
      std::vector<Sample> all = floats();
      all.push_back(cast_of("Int32", {"-2147483648", "5"}));
      return all;
    }
    case Id::Timestamp:
    case Id::Date32:
      return temporals();
    case Id::List:
      return lists();
    case Id::Map:
      return maps();
    case Id::Struct:
      return structs();
    default:
      return {cast_of(type.to_string(), {})};
  }
}

}  // namespace

std::vector<Sample> samples_of(const Parameter& parameter) {
  if (!parameter.examples.empty()) return {{.type = "examples", .values = parameter.examples}};
  const ParameterType& type = parameter.type;
  std::vector<Sample> samples = type.exact() ? of_type(*type.exact()) : of_class(type.family());
  return samples;
}

std::string misfit_of(const Parameter& parameter) {
  // One of these is no member of any class but Any, nor converts to any type.
  const bool is_interval = parameter.type.coerce(DataType("tiM")).has_value();
  if (!is_interval) return "arrow_cast('1 month', 'Interval(YearMonth)')";
  const bool is_list = parameter.type.coerce(list(boolean())).has_value();
  return is_list ? "" : "[true]";
}

}  // namespace alluvium::conformance
