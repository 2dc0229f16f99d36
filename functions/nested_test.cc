#include <limits>

#include "functions/function_testing.h"

namespace alluvium::testing {
namespace {

using Texts = std::vector<std::string>;

Value entry(Value key, Value value) { return parts({std::move(key), std::move(value)}); }

TEST(Map, GivesTheDefaultWhereThereIsNoValue) {
  const Column maps{map_of(utf8(), int32()),
                    {parts({entry("a", 1), entry("b", nullptr)}), parts({}), nullptr,
                     parts({entry("x", 0), entry("a", 5)})}};
  EXPECT_EQ(run("map_get_default", {maps, constant(utf8(), "a"), constant(int64(), 9)}),
            Texts({"1", "9", "9", "5"}));
  EXPECT_EQ(run("map_get_default", {maps, constant(utf8(), "b"), numbers({1, 2, 3, nullptr})}),
            Texts({"1", "2", "3", "null"}));
  EXPECT_EQ(run("map_get_default", {maps, texts({"b", "a", "a", nullptr}), constant(int64(), 7)}),
            Texts({"7", "7", "7", "7"}));
  EXPECT_EQ(run("map_get_default",
                {{null_type(), {nullptr}}, constant(utf8(), "a"), constant(int64(), 9)}),
            Texts({"9"}));
}

TEST(Map, ComparesKeysOfAnyType) {
  const Column maps{map_of(uint64(), utf8()), {parts({entry(-1, "max"), entry(3, "three")})}};
  EXPECT_EQ(value("map_get_default", {maps, constant(int64(), -1), constant(utf8(), "none")}),
            "none");
  EXPECT_EQ(value("map_get_default", {maps, constant(int64(), 3), constant(utf8(), "none")}),
            "three");
  EXPECT_EQ(value("map_get_default", {maps, constant(uint64(), -1), constant(utf8(), "none")}),
            "max");
  EXPECT_EQ(
      code_of([&] { run("map_get_default", {maps, constant(utf8(), "3"), constant(utf8(), "")}); }),
      ErrorCode::InvalidQuery);
  EXPECT_EQ(
      code_of([&] { run("map_get_default", {maps, constant(int64(), 3), constant(int64(), 0)}); }),
      ErrorCode::InvalidQuery);
}

TEST(Map, NormalizesKeys) {
  const Column maps{
      map_of(utf8(), int64()),
      {parts({entry("b", 1), entry("É", 2), entry("A", 3), entry("B", 4)}), nullptr, parts({})}};
  const auto normalized = [&](const char* key_case, bool sort) {
    return run("map_normalize", {maps, constant(utf8(), key_case), constant(boolean(), sort)});
  };
  EXPECT_EQ(normalized("lower", true),
            Texts({"[{key: a, value: 3}, {key: b, value: 4}, {key: é, value: 2}]", "null", "[]"}));
  EXPECT_EQ(normalized("UPPER", false).at(0),
            "[{key: B, value: 4}, {key: É, value: 2}, {key: A, value: 3}]");
  EXPECT_EQ(normalized("none", true).at(0),
            "[{key: A, value: 3}, {key: B, value: 4}, {key: b, value: 1}, {key: É, value: 2}]");
  EXPECT_EQ(code_of([&] { normalized("title", true); }), ErrorCode::InvalidQuery);
}

TEST(List, SortsDistinctItems) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(run("list_unique_sorted",
                {{list(utf8()), {parts({"b", "é", "a", nullptr, "b", "Z"}), nullptr, parts({})}}}),
            Texts({"[Z, a, b, é]", "null", "[]"}));
  EXPECT_EQ(
      value("list_unique_sorted", {{list(float64()), {parts({nan, 0.0, 1.5, -0.0, nan, -2.0})}}}),
      "[-2, 0, 1.5, nan]");
  EXPECT_EQ(value("list_unique_sorted", {{list(uint64()), {parts({-1, 1, 0, -1})}}}),
            "[0, 1, 18446744073709551615]");
  const DataType fixed("+w:2", {{.name = "item", .type = int64()}});
  EXPECT_EQ(run("list_unique_sorted", {{fixed, {parts({2, 1}), nullptr}}}),
            Texts({"[1, 2]", "null"}));
  EXPECT_EQ(value("list_unique_sorted", {{list(int8()), {parts({3, -1, 3})}}}), "[-1, 3]");
  EXPECT_EQ(value("list_unique_sorted", {{list(boolean()), {parts({true, false, true})}}}),
            "[false, true]");
  EXPECT_EQ(value("list_unique_sorted", {{list(decimal128(9, 2)), {parts({30, -10, 30})}}}),
            "[-10, 30]");
  EXPECT_EQ(value("list_unique_sorted", {{null_type(), {nullptr}}}), "null");
  EXPECT_EQ(
      code_of([] { run("list_unique_sorted", {{list(list(int64())), {parts({parts({1})})}}}); }),
      ErrorCode::InvalidQuery);
}

TEST(Struct, PicksFields) {
  const DataType type = struct_({{.name = "a", .type = int64(), .nullable = false},
                                 {.name = "b", .type = list(utf8())},
                                 {.name = "c", .type = boolean()}});
  const Column structs{type,
                       {parts({1, parts({"x", nullptr}), true}), parts({2, nullptr, nullptr})}};
  EXPECT_EQ(run("struct_pick", {structs, constant(utf8(), "c"), constant(utf8(), "b")}),
            Texts({"{c: true, b: [x, null]}", "{c: null, b: null}"}));
  EXPECT_EQ(run("struct_pick", {structs, constant(utf8(), "a")}), Texts({"{a: 1}", "{a: 2}"}));
  for (const char* wrong : {"A", "d", ""}) {
    EXPECT_EQ(code_of([&] { run("struct_pick", {structs, constant(utf8(), wrong)}); }),
              ErrorCode::InvalidQuery);
  }
  EXPECT_EQ(
      code_of([&] { run("struct_pick", {structs, constant(utf8(), "a"), constant(utf8(), "a")}); }),
      ErrorCode::InvalidQuery);
  const Column nulls{struct_({{.name = "a", .type = utf8()}}), {nullptr, parts({"x"})}};
  EXPECT_EQ(run("struct_pick", {nulls, constant(utf8(), "a")}), Texts({"null", "{a: x}"}));
}

TEST(Metadata, TagsValuesOfAnyType) {
  const auto tagged = [](Column column) {
    return run("semantic_tag", {constant(utf8(), "kind"), std::move(column)});
  };
  EXPECT_EQ(tagged(texts({"a", nullptr, "é"})), Texts({"a", "null", "é"}));
  EXPECT_EQ(tagged({float64(), {1.5, nullptr}}), Texts({"1.5", "null"}));
  EXPECT_EQ(tagged({boolean(), {true, nullptr}}), Texts({"true", "null"}));
  EXPECT_EQ(tagged({uint64(), {-1, 1}}), Texts({"18446744073709551615", "1"}));
  EXPECT_EQ(tagged({decimal128(9, 2), {105, nullptr}}), Texts({"105", "null"}));
  EXPECT_EQ(tagged({timestamp(TimeUnit::Nano, "UTC"), {-5}}), Texts({"-5"}));
  EXPECT_EQ(tagged({map_of(utf8(), list(int16())), {parts({entry("k", parts({1, nullptr}))})}}),
            Texts({"[{key: k, value: [1, null]}]"}));
  EXPECT_EQ(tagged({null_type(), {nullptr}}), Texts({"null"}));
  const ScalarFunction& function = function_named(library().scalars, "semantic_tag");
  const std::vector<Column> columns = {constant(utf8(), "path"), texts({"a"})};
  const Columns arguments(columns, 1);
  const Field field = function.return_field(arguments.call(columns));
  EXPECT_EQ(field.metadata.at("semantic_type"), "path");
  EXPECT_EQ(code_of([] { run("semantic_tag", {constant(utf8(), nullptr), texts({"a"})}); }),
            ErrorCode::InvalidQuery);
}

TEST(Metadata, ScoresAreNumbers) {
  EXPECT_EQ(run("cpg_score", {{float64(), {1.5, nullptr}}}), Texts({"1.5", "null"}));
}

}  // namespace
}  // namespace alluvium::testing
