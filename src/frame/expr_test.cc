#include "alluvium/frame/expr.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "alluvium/error.h"
#include "alluvium/frame/functions.h"
#include "frame/expr_internal.h"

namespace alluvium {
namespace {

using nlohmann::json;

json nodes_of(const Expr& expression) {
  ExprEncoder encoder;
  const std::size_t index = encoder.add(expression);
  EXPECT_EQ(index, encoder.nodes().size() - 1);
  return encoder.nodes();
}

// The last node, which is the expression itself.
json node_of(const Expr& expression) { return nodes_of(expression).back(); }

TEST(ExprEncoder, WritesOperandsFirst) {
  EXPECT_EQ(nodes_of(col("a") + lit(1)), json::parse(R"([
    {"column": {"relation": null, "name": "a"}},
    {"literal": {"value": "1", "type": {"format": "i", "children": []}}},
    {"binary": {"op": "+", "left": 0, "right": 1}}])"));
}

TEST(ExprEncoder, WritesSharedNodesOnce) {
  const Expr a = col("a");
  Expr sum = a;
  for (int i = 0; i < 18; ++i) sum = sum + sum;  // 2^18 leaves, if they were copied
  EXPECT_EQ(nodes_of(sum).size(), 19U);
}

TEST(ExprEncoder, WritesLiterals) {
  const auto value = [](const Expr& literal) { return node_of(literal)["literal"]["value"]; };
  const auto format = [](const Expr& literal) {
    return node_of(literal)["literal"]["type"]["format"];
  };
  EXPECT_EQ(value(lit(true)), true);
  EXPECT_EQ(format(lit(true)), "b");
  EXPECT_EQ(value(lit("x")), "x");
  EXPECT_EQ(format(lit("x")), "u");
  EXPECT_EQ(value(lit(0.1)), "0.1");
  EXPECT_EQ(format(lit(0.1F)), "f");
  EXPECT_EQ(value(lit(std::numeric_limits<double>::infinity())), "inf");
  EXPECT_EQ(value(lit(std::int64_t{-5})), "-5");
  EXPECT_EQ(format(lit(std::int8_t{1})), "c");
  EXPECT_EQ(format(lit(std::uint16_t{1})), "S");
  EXPECT_EQ(format(lit(std::uint64_t{1})), "L");
  EXPECT_EQ(value(lit(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
  EXPECT_EQ(value(lit_null(date32())), nullptr);
  EXPECT_EQ(format(lit("2020-01-01", date32())), "tdD");
  EXPECT_EQ(node_of(lit_binary(std::string_view("\0\xff", 2)))["binary_literal"]["hex"], "00ff");
  EXPECT_EQ(node_of(lit_integer(-7, date32()))["integer_literal"]["value"], "-7");
}

TEST(ExprEncoder, WritesEveryOperator) {
  const Expr a = col("r", "a");
  const Expr b = col("b");
  EXPECT_EQ(node_of(a)["column"]["relation"], "r");
  EXPECT_EQ(node_of(a == b)["binary"]["op"], "=");
  EXPECT_EQ(node_of(a != b)["binary"]["op"], "!=");
  EXPECT_EQ(node_of(a % b)["binary"]["op"], "%");
  EXPECT_EQ(node_of(a && b)["binary"]["op"], "and");
  EXPECT_EQ(node_of(a | b)["binary"]["op"], "or");
  EXPECT_EQ(node_of(!a), json::parse(R"({"not": {"expr": 0}})"));
  EXPECT_EQ(node_of(-a), json::parse(R"({"negative": {"expr": 0}})"));
  EXPECT_EQ(node_of(a.is_null()), json::parse(R"({"is_null": {"expr": 0}})"));
  EXPECT_EQ(node_of(a.is_not_null()), json::parse(R"({"is_not_null": {"expr": 0}})"));
  EXPECT_EQ(node_of(a.between(b, lit(1))),
            json::parse(R"({"between": {"expr": 0, "low": 1, "high": 2}})"));
  EXPECT_EQ(node_of(a.in_list({b, b})), json::parse(R"({"in_list": {"expr": 0, "list": [1, 1]}})"));
  EXPECT_EQ(node_of(a.in_list({})), json::parse(R"({"in_list": {"expr": 0, "list": []}})"));
  EXPECT_EQ(node_of(a.like(b)), json::parse(R"({"like": {"expr": 0, "pattern": 1}})"));
  EXPECT_EQ(node_of(a.field("f")), json::parse(R"({"field": {"expr": 0, "name": "f"}})"));
  EXPECT_EQ(json::parse(node_of(a.conform_to(
                {.name = "f", .type = int8(), .nullable = false}))["conform"]["field"]
                            .get<std::string>()),
            json::parse(R"({"name": "f", "type": {"format": "c", "children": []},
                            "nullable": false, "metadata": {}})"));
  EXPECT_EQ(node_of(a.alias("n")), json::parse(R"({"alias": {"expr": 0, "name": "n"}})"));
  EXPECT_EQ(node_of(a.try_cast(int8())), json::parse(R"(
      {"cast": {"expr": 0, "type": {"format": "c", "children": []}, "try": true}})"));
  EXPECT_EQ(node_of(when(a, b).when(b, a).otherwise(b)),
            json::parse(R"({"case": {"branches": [[0, 1], [1, 0]], "otherwise": 1}})"));
  EXPECT_EQ(node_of(when(a, b).end()),
            json::parse(R"({"case": {"branches": [[0, 1]], "otherwise": null}})"));
}

TEST(ExprEncoder, WritesCalls) {
  EXPECT_EQ(node_of(functions::row_number()), json::parse(R"(
      {"call": {"name": "row_number", "args": [], "distinct": false, "filter": null,
                "over": null}})"));
  const Expr total =
      functions::sum(col("a"))
          .distinct()
          .over({.partition_by = {col("p")},
                 .order_by = {col("o").desc()},
                 .frame = WindowSpec::Frame{.units = WindowSpec::Units::Range,
                                            .start = {WindowBound::Kind::Preceding},
                                            .end = {WindowBound::Kind::Following, 2}}})
          .filter(col("a") > col("p"));
  ExprEncoder encoder;
  encoder.add(total);
  EXPECT_EQ(encoder.nodes().back(), json::parse(R"(
      {"call": {"name": "sum", "args": [0], "distinct": true, "filter": 3, "over":
        {"partition_by": [4], "order_by": [{"expr": 5, "ascending": false, "nulls_first": true}],
         "frame": {"units": "range", "start": {"kind": "preceding", "offset": null},
                   "end": {"kind": "following", "offset": 2}}}}})"))
      << encoder.nodes().dump(1);
}

TEST(Expr, AddsFiltersTogether) {
  const json nodes = nodes_of(functions::count(col("a")).filter(col("x")).filter(col("y")));
  EXPECT_EQ(nodes.back()["call"]["filter"], 3);
  EXPECT_EQ(nodes[3]["binary"]["op"], "and");
}

TEST(Expr, RefusesCallMethodsOnOtherThings) {
  EXPECT_THROW((void)col("a").distinct(), Error);
  EXPECT_THROW((void)col("a").over({}), Error);
  EXPECT_THROW((void)functions::sum(col("a")).alias("s").filter(col("b")), Error);
  EXPECT_THROW((void)functions::rank().over({}).over({}), Error);
}

TEST(Expr, LivesAndDiesAtAnyDepth) {
  Expr deep = col("a");
  for (int i = 0; i < 1'000'000; ++i) deep = deep + lit(1);
  std::thread([deep = std::move(deep)]() mutable { deep = col("gone"); }).join();
}

TEST(ExprEncoder, RefusesWhatTheEngineWouldNotSurvive) {
  const auto code_of = [](const Expr& expression) {
    try {
      ExprEncoder{}.add(expression);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  };
  Expr deep = col("a");
  for (std::size_t i = 1; i < ExprEncoder::kMaxDepth; ++i) deep = !deep;
  EXPECT_EQ(nodes_of(deep).size(), ExprEncoder::kMaxDepth);
  EXPECT_EQ(code_of(!deep), ErrorCode::ResourceExhausted);
  Expr wide = col("a");
  for (int i = 0; i < 64; ++i) wide = wide + wide;
  EXPECT_EQ(code_of(wide), ErrorCode::ResourceExhausted);
}

TEST(ExprEncoder, WritesOperations) {
  ExprEncoder encoder;
  const auto index = encoder.add(col("a"));
  EXPECT_EQ(json::parse(std::move(encoder).operation("filter", {{"predicate", index}})),
            json::parse(R"({"op": {"filter": {"predicate": 0}},
                            "nodes": [{"column": {"relation": null, "name": "a"}}]})"));
  EXPECT_EQ(json::parse(ExprEncoder{}.operation("distinct", json::object())),
            json::parse(R"({"op": {"distinct": {}}, "nodes": []})"));
  EXPECT_EQ(json::parse(encode_parameters({{"p", lit("x")}}))["values"]["p"], 0);
  EXPECT_THROW((void)encode_parameters({{"p", lit("\xff")}}), Error);
}

}  // namespace
}  // namespace alluvium
