#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alluvium/error.h"
#include "frame/expr_internal.h"
#include "frame/type_json_internal.h"

namespace alluvium {
namespace {

using nlohmann::json;
using Node = Expr::Node;

const char* units_name(WindowSpec::Units units) {
  switch (units) {
    case WindowSpec::Units::Rows:
      return "rows";
    case WindowSpec::Units::Range:
      return "range";
    default:
      return "groups";
  }
}

json bound_to_json(const WindowBound& bound) {
  const char* kind = bound.kind == WindowBound::Kind::Preceding   ? "preceding"
                     : bound.kind == WindowBound::Kind::Following ? "following"
                                                                  : "current_row";
  return {{"kind", kind}, {"offset", bound.offset ? json(*bound.offset) : json(nullptr)}};
}

json sort_to_json(std::size_t index, bool ascending, bool nulls_first) {
  return {{"expr", index}, {"ascending", ascending}, {"nulls_first", nulls_first}};
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

// Writes a node, given the indexes of its operands.
struct Writer {
  const std::vector<std::size_t>& at;

  [[nodiscard]] json slice(std::size_t begin, std::size_t end) const {
    json out = json::array();
    for (std::size_t i = begin; i < end; ++i) out.push_back(at[i]);
    return out;
  }

  json operator()(const Node::Column& column) const {
    return {{"column",
             {{"relation", column.relation ? json(*column.relation) : json(nullptr)},
              {"name", column.name}}}};
  }
  json operator()(const Node::Literal& literal) const {
    json value = nullptr;
    if (const auto* truth = std::get_if<bool>(&literal.value)) value = *truth;
    if (const auto* text = std::get_if<std::string>(&literal.value)) value = *text;
    return {{"literal", {{"value", std::move(value)}, {"type", type_to_json(literal.type)}}}};
  }
  json operator()(const Node::BinaryLiteral& literal) const {
    return {{"binary_literal", {{"hex", to_hex(literal.bytes)}}}};
  }
  json operator()(const Node::IntegerLiteral& literal) const {
    return {{"integer_literal",
             {{"value", std::to_string(literal.value)}, {"type", type_to_json(literal.type)}}}};
  }
  json operator()(const Node::Call& call) const {
    std::size_t next = call.argument_count;
    json filter = nullptr;
    if (call.has_filter) filter = at[next++];
    json over = nullptr;
    if (call.over) {
      const std::size_t order_begin = next + call.over->partition_count;
      json order = json::array();
      for (std::size_t i = 0; i < call.over->order.size(); ++i) {
        const auto [ascending, nulls_first] = call.over->order[i];
        order.push_back(sort_to_json(at[order_begin + i], ascending, nulls_first));
      }
      json frame = nullptr;
      if (const auto& given = call.over->frame) {
        frame = {{"units", units_name(given->units)},
                 {"start", bound_to_json(given->start)},
                 {"end", bound_to_json(given->end)}};
      }
      over = {{"partition_by", slice(next, order_begin)},
              {"order_by", std::move(order)},
              {"frame", std::move(frame)}};
    }
    return {{"call",
             {{"name", call.name},
              {"args", slice(0, call.argument_count)},
              {"distinct", call.distinct},
              {"filter", std::move(filter)},
              {"over", std::move(over)}}}};
  }
  json operator()(const Node::Alias& alias) const {
    return {{"alias", {{"expr", at[0]}, {"name", alias.name}}}};
  }
  json operator()(const Node::Cast& cast) const {
    return {{"cast", {{"expr", at[0]}, {"type", type_to_json(cast.type)}, {"try", cast.is_try}}}};
  }
  json operator()(const Node::Binary& binary) const {
    return {{"binary", {{"op", binary.op}, {"left", at[0]}, {"right", at[1]}}}};
  }
  json operator()(const Node::Unary& unary) const {
    json out = json::object();
    out[std::string(unary.name)] = {{"expr", at[0]}};
    return out;
  }
  json operator()(const Node::Between&) const {
    return {{"between", {{"expr", at[0]}, {"low", at[1]}, {"high", at[2]}}}};
  }
  json operator()(const Node::InList&) const {
    return {{"in_list", {{"expr", at[0]}, {"list", slice(1, at.size())}}}};
  }
  json operator()(const Node::Like&) const {
    return {{"like", {{"expr", at[0]}, {"pattern", at[1]}}}};
  }
  json operator()(const Node::FieldOf& field) const {
    return {{"field", {{"expr", at[0]}, {"name", field.name}}}};
  }
  json operator()(const Node::Conform& conform) const {
    return {{"conform", {{"expr", at[0]}, {"field", to_document(field_to_json(conform.field))}}}};
  }
  json operator()(const Node::Case& choice) const {
    json branches = json::array();
    for (std::size_t i = 0; i < choice.branch_count; ++i) {
      branches.push_back(slice(2 * i, 2 * i + 2));
    }
    return {{"case",
             {{"branches", std::move(branches)},
              {"otherwise", choice.has_otherwise ? json(at.back()) : json(nullptr)}}}};
  }
};

}  // namespace

ExprEncoder::Known ExprEncoder::measure(const Expr::Node& node) const {
  Known known{.index = nodes_.size()};
  for (const Expr& operand : node.operands) {
    const Known& part = known_.at(&operand.node());
    known.depth = std::max(known.depth, part.depth + 1);
    known.size += part.size;
  }
  if (known.depth > kMaxDepth) {
    throw Error(ErrorCode::ResourceExhausted,
                fmt::format("an expression is nested deeper than {} levels; build chains of "
                            "alternatives with in_list(), or join with a table of them",
                            kMaxDepth));
  }
  if (known.size > kMaxSize) {
    throw Error(ErrorCode::ResourceExhausted,
                fmt::format("an expression has more than {} parts; compute shared parts once with "
                            "with_column(), or join with a table of the values",
                            kMaxSize));
  }
  return known;
}

json ExprEncoder::encode(const Expr::Node& node) const {
  std::vector<std::size_t> at;
  at.reserve(node.operands.size());
  for (const Expr& operand : node.operands) at.push_back(known_.at(&operand.node()).index);
  return std::visit(Writer{at}, node.what);
}

std::size_t ExprEncoder::add(const Expr& expression) {
  struct Step {
    const Expr::Node* node;
    std::size_t next_operand;
  };
  std::vector<Step> path{{&expression.node(), 0}};
  while (!path.empty()) {
    Step& step = path.back();
    if (known_.contains(step.node)) {
      path.pop_back();
    } else if (step.next_operand < step.node->operands.size()) {
      const Expr::Node* operand = &step.node->operands[step.next_operand++].node();
      if (!known_.contains(operand)) path.push_back({operand, 0});
    } else {
      const Known known = measure(*step.node);
      nodes_.push_back(encode(*step.node));
      known_.emplace(step.node, known);
      path.pop_back();
    }
  }
  kept_.push_back(expression);
  return known_.at(&expression.node()).index;
}

json ExprEncoder::add_all(const std::vector<Expr>& expressions) {
  json out = json::array();
  for (const Expr& expression : expressions) out.push_back(add(expression));
  return out;
}

json ExprEncoder::add_sort(const SortExpr& by) {
  return sort_to_json(add(by.expr), by.ascending, by.nulls_first);
}

std::string ExprEncoder::operation(const char* name, json body) && {
  json document = json::object();
  document["op"][name] = std::move(body);
  document["nodes"] = std::move(nodes_);
  return to_document(document);
}

std::string encode_parameters(const std::map<std::string, Expr>& values) {
  ExprEncoder encoder;
  json indexes = json::object();
  for (const auto& [name, value] : values) indexes[name] = encoder.add(value);
  return to_document({{"nodes", encoder.nodes()}, {"values", std::move(indexes)}});
}

}  // namespace alluvium
