#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "alluvium/frame/expr.h"

namespace alluvium {

/// An expression's node: what it is, and its operands in one list whose order each kind defines.
/// One list, so that walking a tree needs no case for each kind.
struct Expr::Node {
  struct Column {
    std::optional<std::string> relation;
    std::string name;
  };
  /// A value as text that is cast to `type`; nothing is null.
  struct Literal {
    std::variant<std::monostate, bool, std::string> value;
    DataType type;
  };
  struct BinaryLiteral {
    std::string bytes;
  };
  struct IntegerLiteral {
    std::int64_t value;
    DataType type;
  };
  struct Over {
    std::size_t partition_count = 0;
    std::vector<std::pair<bool, bool>> order;  ///< Ascending, nulls first.
    std::optional<WindowSpec::Frame> frame;
  };
  /// Operands: the arguments; the filter, if there is one; of `over`, the partitioning and the
  /// order.
  struct Call {
    std::string name;
    std::size_t argument_count = 0;
    bool distinct = false;
    bool has_filter = false;
    std::optional<Over> over;
  };
  struct Alias {
    std::string name;
  };
  struct Cast {
    DataType type;
    bool is_try = false;
  };
  struct Binary {
    std::string_view op;
  };
  /// `not`, `negative`, `is_null` or `is_not_null`.
  struct Unary {
    std::string_view name;
  };
  struct Between {};
  /// Operands: the value, then the list.
  struct InList {};
  struct Like {};
  struct FieldOf {
    std::string name;
  };
  struct Conform {
    Field field;
  };
  /// Operands: condition and value of each branch, then the otherwise.
  struct Case {
    std::size_t branch_count = 0;
    bool has_otherwise = false;
  };
  using What = std::variant<Column, Literal, BinaryLiteral, IntegerLiteral, Call, Alias, Cast,
                            Binary, Unary, Between, InList, Like, FieldOf, Conform, Case>;

  What what;
  std::vector<Expr> operands;
  /// Links nodes that wait for their destruction (see `expr.cc`).
  mutable const Node* next_dead = nullptr;
};

/// Encodes expressions as the flat list of nodes that the engines' side reads: operands before
/// those that use them, referred to by index, each shared node once. Walks without recursion, and
/// refuses what the engine, which does recurse and copies shared nodes, would not survive.
class ExprEncoder {
 public:
  /// How deep an expression may nest, and how many nodes it may have with shared ones counted as
  /// often as they are used. The engine overflows its caller's stack, which no bridge can catch, at
  /// some 20,000 levels on 8 MiB, and plans 1,000 levels for seconds.
  static constexpr std::size_t kMaxDepth = 1'000;
  static constexpr std::size_t kMaxSize = 1'000'000;

  /// Returns the index of `expression` in `nodes()`. Errors: ResourceExhausted when it is too deep
  /// or too large.
  std::size_t add(const Expr& expression);
  [[nodiscard]] nlohmann::json add_all(const std::vector<Expr>& expressions);
  /// `{"expr", "ascending", "nulls_first"}`.
  [[nodiscard]] nlohmann::json add_sort(const SortExpr& by);

  [[nodiscard]] const nlohmann::json& nodes() const { return nodes_; }
  /// `{"op": {name: body}, "nodes": [...]}` as text. Errors: InvalidArgument when a string in it is
  /// not valid UTF-8.
  [[nodiscard]] std::string operation(const char* name, nlohmann::json body) &&;

 private:
  struct Known {
    std::size_t index = 0;
    std::size_t depth = 1;
    std::size_t size = 1;
  };

  [[nodiscard]] Known measure(const Expr::Node& node) const;
  [[nodiscard]] nlohmann::json encode(const Expr::Node& node) const;

  nlohmann::json nodes_ = nlohmann::json::array();
  std::unordered_map<const Expr::Node*, Known> known_;
  // Keeps what is known alive, so that no new node takes an old one's address.
  std::vector<Expr> kept_;
};

/// `{"nodes": [...], "values": {"name": index}}` as text.
std::string encode_parameters(const std::map<std::string, Expr>& values);

}  // namespace alluvium
