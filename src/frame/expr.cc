#include "alluvium/frame/expr.h"

#include <fmt/format.h>

#include <utility>

#include "alluvium/error.h"
#include "frame/expr_internal.h"

namespace alluvium {
namespace {

using Node = Expr::Node;

// Deletes nodes one after the other instead of one inside the other: a tree of a million levels,
// which a program may well generate, must not use up the stack when it goes.
struct DeleteFlat {
  void operator()(const Node* node) const {
    thread_local const Node* dead = nullptr;
    thread_local bool deleting = false;
    node->next_dead = std::exchange(dead, node);
    if (deleting) return;
    deleting = true;
    while (dead != nullptr) {
      const Node* next = std::exchange(dead, dead->next_dead);
      delete next;
    }
    deleting = false;
  }
};

Expr make(Node::What what, std::vector<Expr> operands = {}) {
  auto node = std::make_unique<Node>();
  node->what = std::move(what);
  node->operands = std::move(operands);
  return Expr(std::shared_ptr<const Node>(node.release(), DeleteFlat{}));
}

Expr unary(std::string_view name, const Expr& operand) {
  return make(Node::Unary{name}, {operand});
}

Expr binary(std::string_view op, const Expr& left, const Expr& right) {
  return make(Node::Binary{op}, {left, right});
}

// The call that `expression` is, for what makes sense on calls alone.
const Node::Call& call_of(const Expr& expression, std::string_view method) {
  const auto* call = std::get_if<Node::Call>(&expression.node().what);
  if (call == nullptr) {
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("{} goes on a function call, before alias() and other operators", method));
  }
  return *call;
}

}  // namespace

Expr Expr::alias(std::string name) const { return make(Node::Alias{std::move(name)}, {*this}); }

Expr Expr::cast(DataType type) const { return make(Node::Cast{std::move(type), false}, {*this}); }

Expr Expr::try_cast(DataType type) const {
  return make(Node::Cast{std::move(type), true}, {*this});
}

Expr Expr::is_null() const { return unary("is_null", *this); }

Expr Expr::is_not_null() const { return unary("is_not_null", *this); }

Expr Expr::between(const Expr& low, const Expr& high) const {
  return make(Node::Between{}, {*this, low, high});
}

Expr Expr::in_list(const std::vector<Expr>& values) const {
  std::vector<Expr> operands{*this};
  operands.insert(operands.end(), values.begin(), values.end());
  return make(Node::InList{}, std::move(operands));
}

Expr Expr::like(const Expr& pattern) const { return make(Node::Like{}, {*this, pattern}); }

Expr Expr::field(std::string name) const { return make(Node::FieldOf{std::move(name)}, {*this}); }

Expr Expr::conform_to(Field field) const { return make(Node::Conform{std::move(field)}, {*this}); }

SortExpr Expr::asc(bool nulls_first) const { return {*this, true, nulls_first}; }

SortExpr Expr::desc(bool nulls_first) const { return {*this, false, nulls_first}; }

Expr Expr::distinct() const {
  Node::Call call = call_of(*this, "distinct()");
  call.distinct = true;
  return make(std::move(call), node().operands);
}

Expr Expr::filter(const Expr& predicate) const {
  Node::Call call = call_of(*this, "filter()");
  std::vector<Expr> operands = node().operands;
  const auto place = operands.begin() + static_cast<std::ptrdiff_t>(call.argument_count);
  if (call.has_filter) {
    *place = *place && predicate;
  } else {
    operands.insert(place, predicate);
    call.has_filter = true;
  }
  return make(std::move(call), std::move(operands));
}

Expr Expr::over(const WindowSpec& window) const {
  Node::Call call = call_of(*this, "over()");
  if (call.over) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("`{}` is over a window already", call.name));
  }
  Node::Over over{
      .partition_count = window.partition_by.size(), .order = {}, .frame = window.frame};
  std::vector<Expr> operands = node().operands;
  operands.insert(operands.end(), window.partition_by.begin(), window.partition_by.end());
  for (const SortExpr& by : window.order_by) {
    over.order.emplace_back(by.ascending, by.nulls_first);
    operands.push_back(by.expr);
  }
  call.over = std::move(over);
  return make(std::move(call), std::move(operands));
}

Expr col(std::string name) { return make(Node::Column{std::nullopt, std::move(name)}); }

Expr col(std::string relation, std::string name) {
  return make(Node::Column{std::move(relation), std::move(name)});
}

Expr lit(bool value) { return make(Node::Literal{value, boolean()}); }

Expr lit(double value) { return make(Node::Literal{fmt::format("{}", value), float64()}); }

Expr lit(float value) { return make(Node::Literal{fmt::format("{}", value), float32()}); }

Expr lit(std::string value) { return make(Node::Literal{std::move(value), utf8()}); }

Expr lit_null(DataType type) { return make(Node::Literal{std::monostate{}, std::move(type)}); }

Expr lit(std::string text, DataType type) {
  return make(Node::Literal{std::move(text), std::move(type)});
}

Expr lit_binary(std::string_view bytes) { return make(Node::BinaryLiteral{std::string(bytes)}); }

Expr lit_integer(std::int64_t value, DataType type) {
  return make(Node::IntegerLiteral{value, std::move(type)});
}

Expr call(std::string name, std::vector<Expr> arguments) {
  Node::Call call{.name = std::move(name), .argument_count = arguments.size()};
  return make(std::move(call), std::move(arguments));
}

CaseBuilder& CaseBuilder::when(const Expr& condition, const Expr& value) {
  branches_.emplace_back(condition, value);
  return *this;
}

Expr CaseBuilder::otherwise(const Expr& value) const {
  std::vector<Expr> operands;
  for (const auto& [condition, result] : branches_) {
    operands.push_back(condition);
    operands.push_back(result);
  }
  operands.push_back(value);
  return make(Node::Case{branches_.size(), true}, std::move(operands));
}

Expr CaseBuilder::end() const {
  std::vector<Expr> operands;
  for (const auto& [condition, result] : branches_) {
    operands.push_back(condition);
    operands.push_back(result);
  }
  return make(Node::Case{branches_.size(), false}, std::move(operands));
}

CaseBuilder when(const Expr& condition, const Expr& value) {
  CaseBuilder builder;
  builder.when(condition, value);
  return builder;
}

Expr operator+(const Expr& a, const Expr& b) { return binary("+", a, b); }
Expr operator-(const Expr& a, const Expr& b) { return binary("-", a, b); }
Expr operator*(const Expr& a, const Expr& b) { return binary("*", a, b); }
Expr operator/(const Expr& a, const Expr& b) { return binary("/", a, b); }
Expr operator%(const Expr& a, const Expr& b) { return binary("%", a, b); }
Expr operator==(const Expr& a, const Expr& b) { return binary("=", a, b); }
Expr operator!=(const Expr& a, const Expr& b) { return binary("!=", a, b); }
Expr operator<(const Expr& a, const Expr& b) { return binary("<", a, b); }
Expr operator<=(const Expr& a, const Expr& b) { return binary("<=", a, b); }
Expr operator>(const Expr& a, const Expr& b) { return binary(">", a, b); }
Expr operator>=(const Expr& a, const Expr& b) { return binary(">=", a, b); }
Expr operator&&(const Expr& a, const Expr& b) { return binary("and", a, b); }
Expr operator||(const Expr& a, const Expr& b) { return binary("or", a, b); }
Expr operator!(const Expr& a) { return unary("not", a); }
Expr operator-(const Expr& a) { return unary("negative", a); }

namespace detail {

Expr integer_literal(std::string digits, DataType type) {
  return make(Node::Literal{std::move(digits), std::move(type)});
}

}  // namespace detail
}  // namespace alluvium
