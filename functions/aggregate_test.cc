#include <limits>

#include "alluvium/udf/typed_aggregate.h"
#include "functions/function_testing.h"

namespace alluvium::testing {
namespace {

using Texts = std::vector<std::string>;

const double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(CountIf, CountsWhatIsTrue) {
  const Column conditions{boolean(), {true, false, true, nullptr, true}};
  EXPECT_EQ(aggregate("count_if", {conditions}, {0, 0, 2, 0, 2}, 4), Texts({"1", "0", "2", "0"}));
  const Aggregation aggregation("count_if", {conditions});
  const auto sliding = aggregation.make(1);
  aggregation.update(*sliding, {0, 0, 0, 0, 0});
  aggregation.retract(*sliding, {0, 0});
  EXPECT_EQ(aggregation.results(*sliding, 1), Texts({"2"}));
}

TEST(Distinct, ListsSortedValues) {
  const Column values = texts({"b", "é", "a", "b", nullptr, nullptr, "a longer text than fits"});
  EXPECT_EQ(aggregate("list_unique", {values}, {0, 0, 0, 0, 0, 1, 2}, 4),
            Texts({"[a, b, é, null]", "[null]", "[a longer text than fits]", "null"}));
  EXPECT_EQ(aggregate("list_unique", {values}, {0, 0, 0, 0, 0, 1, 2}, 4, /*ignore_nulls=*/true),
            Texts({"[a, b, é]", "null", "[a longer text than fits]", "null"}));
  EXPECT_EQ(aggregate("count_distinct_agg", {values}, {0, 0, 0, 0, 0, 1, 2}, 4),
            Texts({"4", "1", "1", "0"}));
  EXPECT_EQ(aggregate("count_distinct_agg", {values}, {0, 0, 0, 0, 0, 1, 2}, 4, true),
            Texts({"3", "0", "1", "0"}));
}

TEST(Distinct, TakesEveryComparableType) {
  const auto unique = [](Column column) {
    const std::vector<std::size_t> groups(column.values.size());
    return aggregate("list_unique", {std::move(column)}, groups, 1).at(0);
  };
  EXPECT_EQ(unique({float64(), {kNan, 0.0, -0.0, 2.5, kNan, -1.0}}), "[-1, 0, 2.5, nan]");
  EXPECT_EQ(unique({float32(), {2.5, 2.5}}), "[2.5]");
  EXPECT_EQ(unique({uint64(), {-1, 0, -1}}), "[0, 18446744073709551615]");
  EXPECT_EQ(unique({int8(), {-1, 0, -1}}), "[-1, 0]");
  EXPECT_EQ(unique({boolean(), {true, false, true}}), "[false, true]");
  EXPECT_EQ(unique({decimal128(9, 2), {30, -5, 30}}), "[-5, 30]");
  EXPECT_EQ(unique({date32(), {30, -5, 30}}), "[-5, 30]");
  EXPECT_EQ(unique({utf8_view(), {"b", "a", "b"}}), "[a, b]");
  EXPECT_EQ(unique({null_type(), {nullptr, nullptr}}), "[null]");
  EXPECT_EQ(code_of([&] { unique({list(int64()), {nullptr}}); }), ErrorCode::InvalidQuery);
}

TEST(Distinct, SlidesOverManyValues) {
  std::vector<Value> values;
  for (int i = 0; i < 1000; ++i) values.emplace_back(i % 100);
  const Aggregation aggregation("count_distinct_agg", {numbers(values)});
  const auto sliding = aggregation.make(1);
  constexpr std::size_t kFrame = 30;
  for (std::size_t row = 0; row < values.size(); ++row) {
    aggregation.update(*sliding, {0}, row);
    if (row >= kFrame) aggregation.retract(*sliding, {0}, row - kFrame);
    ASSERT_EQ(aggregation.results(*sliding, 1), Texts({std::to_string(std::min(row + 1, kFrame))}));
  }
  EXPECT_LT(sliding->bytes(), 8192U);
}

TEST(Distinct, KeepsManyGroupsApart) {
  std::vector<Value> values;
  std::vector<std::size_t> groups;
  Texts counts;
  for (int group = 0; group < 300; ++group) {
    for (int i = 0; i < group % 17; ++i) {
      values.emplace_back("value " + std::to_string(i / 2));
      groups.push_back(static_cast<std::size_t>(group));
    }
    counts.push_back(std::to_string((group % 17 + 1) / 2));
  }
  EXPECT_EQ(aggregate("count_distinct_agg", {texts(values)}, groups, 300), counts);
  const Texts lists = aggregate("list_unique", {texts(values)}, groups, 300);
  EXPECT_EQ(lists.at(0), "null");
  EXPECT_EQ(lists.at(294), "[value 0, value 1, value 2]");
}

TEST(Distinct, ForgetsGroupsThatWereEmitted) {
  // As in an aggregation over sorted input: groups come and go.
  const Aggregation aggregation("count_distinct_agg", {texts(std::vector<Value>(4, "v"))});
  const auto accumulator = aggregation.make(2);
  for (int i = 0; i < 10000; ++i) {
    accumulator->grow(2);
    aggregation.update(*accumulator, {0, 1, 1});
    if (i % 1000 == 0) {
      ASSERT_EQ(aggregation.results(*accumulator, 2), Texts({"1", "1"}));
    }
    accumulator->drop_first(1);
  }
  EXPECT_LT(accumulator->bytes(), 4096U);
}

TEST(Distinct, NullsLeaveTheFrame) {
  const Aggregation aggregation("list_unique", {texts({nullptr, "a", nullptr})});
  const auto sliding = aggregation.make(1);
  aggregation.update(*sliding, {0, 0, 0});
  aggregation.retract(*sliding, {0});
  EXPECT_EQ(aggregation.results(*sliding, 1), Texts({"[a, null]"}));
  aggregation.retract(*sliding, {0, 0}, 1);
  EXPECT_EQ(aggregation.results(*sliding, 1), Texts({"null"}));
}

TEST(ValueAtKey, PicksByKey) {
  const Column values = texts({"x", "b", "a", nullptr, "z", "y"});
  const Column keys = numbers({5, 1, 1, 0, nullptr, 9});
  const std::vector<std::size_t> groups = {0, 0, 0, 0, 1, 2};
  EXPECT_EQ(aggregate("arg_min", {values, keys}, groups, 4), Texts({"a", "null", "y", "null"}));
  EXPECT_EQ(aggregate("any_value_det", {values, keys}, groups, 4),
            Texts({"a", "null", "y", "null"}));
  EXPECT_EQ(aggregate("arg_max", {values, keys}, groups, 4), Texts({"x", "null", "y", "null"}));
  EXPECT_EQ(
      aggregate("asof_select", {values, {timestamp(TimeUnit::Micro), keys.values}}, groups, 4),
      Texts({"x", "null", "y", "null"}));
}

TEST(ValueAtKey, HasATotalOrderOfKeys) {
  const auto at = [](const char* function, Column values, Column keys) {
    const std::vector<std::size_t> groups(values.values.size());
    return aggregate(function, {std::move(values), std::move(keys)}, groups, 1).at(0);
  };
  EXPECT_EQ(at("arg_max", numbers({1, 2, 3}), {float64(), {kNan, 7.0, kNan}}), "1");
  EXPECT_EQ(at("arg_min", numbers({1, 2, 3}), {float64(), {kNan, 7.0, kNan}}), "2");
  EXPECT_EQ(at("arg_max", numbers({4, 2, 3}), {uint64(), {-1, 7, -1}}), "3");
  EXPECT_EQ(at("arg_min", {float64(), {kNan, 2.0}}, numbers({1, 1})), "2");
  EXPECT_EQ(at("arg_max", {boolean(), {true, false}}, texts({"é", "z"})), "true");
  EXPECT_EQ(at("arg_max", {decimal128(9, 2), {15, 25}}, {decimal128(9, 2), {-3, -2}}), "25");
  EXPECT_EQ(at("arg_max", {uint64(), {-1, 5}}, {boolean(), {true, false}}), "18446744073709551615");
  EXPECT_EQ(at("arg_max", {null_type(), {nullptr}}, numbers({1})), "null");
  EXPECT_EQ(code_of([&] { at("arg_max", numbers({1}), {list(int64()), {nullptr}}); }),
            ErrorCode::InvalidQuery);
}

struct Longest {
  std::optional<std::string> text;
  void add(std::string_view other, std::optional<std::int64_t> bonus) {
    if (!text || other.size() + static_cast<std::size_t>(bonus.value_or(0)) > text->size()) {
      text = std::string(other);
    }
  }
  void merge(const Longest& other) {
    if (other.text) add(*other.text, std::nullopt);
  }
  [[nodiscard]] std::optional<std::string> result() const { return text; }
  [[nodiscard]] std::tuple<std::optional<std::string>> saved() const { return {text}; }
  static Longest restored(std::optional<std::string> text) { return {std::move(text)}; }
  [[nodiscard]] std::size_t heap_bytes() const { return text ? text->capacity() : 0; }
};

TEST(TypedAggregate, CarriesStatesOfTextAndOptionals) {
  const AggregateFunction function = typed_aggregate<Longest>(
      {.name = "longest", .parameters = {{"text", utf8()}, {"bonus", int64()}}});
  EXPECT_FALSE(function.retracts);
  EXPECT_TRUE(function.returns.nullable);
  EXPECT_EQ(function.returns.type, utf8());
  const AggregateFunction::Call call{};
  const auto make = [&] {
    auto accumulator = function.accumulator(call);
    accumulator->grow(3);
    return accumulator;
  };
  const Columns rows({texts({"a", "ccc", "bb", nullptr}), numbers({nullptr, 1, nullptr, 1})}, 4);
  const auto first = make();
  first->update(rows.views(), std::vector<std::size_t>{0, 0, 1, 2});
  EXPECT_GT(first->bytes(), 0U);
  const Schema states{.fields = function.state_fields(call)};
  RecordBatchBuilder builder(states);
  std::vector<ColumnBuilder> columns = {builder.column(0)};
  first->write_states(3, columns);
  const RecordBatch saved = builder.finish();
  const auto second = make();
  const std::vector<ColumnView> views = {saved.column(0)};
  second->merge(views, std::vector<std::size_t>{2, 1, 0});
  Result result(function.returns);
  ColumnBuilder column = result.column();
  second->write_results(3, column);
  EXPECT_EQ(result.texts(), Texts({"null", "bb", "ccc"}));
  EXPECT_EQ(code_of([&] { first->retract(rows.views(), std::vector<std::size_t>{0, 0, 1, 2}); }),
            ErrorCode::Internal);
  EXPECT_EQ(code_of([] { typed_aggregate<Longest>({.name = "longest"}); }),
            ErrorCode::InvalidArgument);
}

struct Sum {
  double sum = 0;
  void add(double x) { sum += x; }
  void merge(const Sum& other) { sum += other.sum; }
  [[nodiscard]] double result() const { return sum; }
  [[nodiscard]] std::tuple<double> saved() const { return {sum}; }
  static Sum restored(double sum) { return {sum}; }
};

TEST(TypedAggregate, AddsNumbers) {
  const AggregateFunction function =
      typed_aggregate<Sum>({.name = "total", .parameters = {{"x", float64()}}});
  EXPECT_FALSE(function.returns.nullable);
  for (const bool with_null : {false, true}) {
    const auto accumulator = function.accumulator({});
    accumulator->grow(2);
    const Columns rows({{float64(), {1.5, with_null ? Value(nullptr) : Value(2.0), 4.0}}}, 3);
    accumulator->update(rows.views(), std::vector<std::size_t>{0, 0, 1});
    Result result(function.returns);
    ColumnBuilder column = result.column();
    accumulator->write_results(2, column);
    EXPECT_EQ(result.texts(), Texts({with_null ? "1.5" : "3.5", "4"}));
  }
}

std::vector<std::string> ranks(Column scores) {
  const WindowFunction& function = function_named(library().windows, "dedupe_best_by_score");
  const auto rows = static_cast<std::int64_t>(scores.values.size());
  const Columns arguments({std::move(scores)}, rows);
  Result result(function.returns);
  ColumnBuilder column = result.column();
  function.partition_kernel(arguments.views(), rows, column);
  return result.texts();
}

TEST(DedupeBestByScore, NumbersFromTheBestScoreDown) {
  EXPECT_EQ(ranks({float64(), {1.0, nullptr, 3.0, kNan, 3.0, nullptr}}),
            Texts({"3", "5", "1", "4", "2", "6"}));
  EXPECT_EQ(ranks({uint64(), {1, -1}}), Texts({"2", "1"}));
  EXPECT_EQ(ranks({decimal128(9, 2), {-1, 1}}), Texts({"2", "1"}));
  EXPECT_EQ(ranks({int32(), {}}), Texts());
}

TEST(Library, IsWhole) {
  const FunctionSet& functions = library();
  const auto check = [](const auto& function) {
    EXPECT_FALSE(function.documentation.description.empty()) << function.name;
    EXPECT_FALSE(function.documentation.example.empty()) << function.name;
    EXPECT_FALSE(function.documentation.example_result.empty()) << function.name;
    EXPECT_NE(function.documentation.category, "other") << function.name;
    bool optional = false;
    for (const Parameter& parameter : function.parameters) {
      EXPECT_FALSE(parameter.name.empty()) << function.name;
      EXPECT_FALSE(parameter.description.empty()) << function.name << ' ' << parameter.name;
      EXPECT_GE(parameter.default_value.has_value(), optional) << function.name;
      optional = parameter.default_value.has_value();
    }
  };
  for (const auto& function : functions.scalars) check(function);
  for (const auto& function : functions.aggregates) check(function);
  for (const auto& function : functions.windows) check(function);
}

}  // namespace
}  // namespace alluvium::testing
