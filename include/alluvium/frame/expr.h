#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/frame/data_type.h"

namespace alluvium {

struct SortExpr;
struct WindowSpec;

/// An expression over the columns of a frame, as an immutable value: built with `col`, `lit`,
/// `call`, the functions of `functions.h`, and operators, and checked against the frame it is
/// used on.
///
/// Thread-safety: immutable; copies share.
class Expr {
 public:
  struct Node;
  explicit Expr(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  [[nodiscard]] Expr alias(std::string name) const;
  /// Converts to `type`; a value that doesn't fit fails the query.
  [[nodiscard]] Expr cast(DataType type) const;
  /// Converts to `type`; a value that doesn't fit becomes null.
  [[nodiscard]] Expr try_cast(DataType type) const;
  [[nodiscard]] Expr is_null() const;
  [[nodiscard]] Expr is_not_null() const;
  [[nodiscard]] Expr between(const Expr& low, const Expr& high) const;
  [[nodiscard]] Expr in_list(const std::vector<Expr>& values) const;
  /// SQL LIKE, with `%` and `_`.
  [[nodiscard]] Expr like(const Expr& pattern) const;
  /// A struct's field, or a map's value.
  [[nodiscard]] Expr field(std::string name) const;
  /// The value as `field` describes it: of its type, with its nullability and metadata, under its
  /// name in errors only. Parts of nested types are found by name (exact case), at any depth: in
  /// their new order, null where they are missing, dropped where `field` has none; keys and values
  /// of maps by position. Dictionaries are made and resolved.
  ///
  /// Where it is used, fails with SchemaMismatch (details `column`, `from`, `to`) when no value of
  /// the type could become the other, a NOT NULL part is missing, or one of two timestamps has a
  /// time zone. A query that runs it fails with SchemaMismatch on a value that doesn't fit (an
  /// overflow, text that is no number), and with ConstraintViolation on a null where `field` has
  /// none. As in SQL's CAST, fractions are cut or rounded to what the new type can hold.
  [[nodiscard]] Expr conform_to(Field field) const;
  [[nodiscard]] SortExpr asc(bool nulls_first = false) const;
  [[nodiscard]] SortExpr desc(bool nulls_first = true) const;
  /// An aggregate over distinct values only.
  [[nodiscard]] Expr distinct() const;
  /// An aggregate over the rows that pass `predicate` only.
  [[nodiscard]] Expr filter(const Expr& predicate) const;
  /// The aggregate or window function over `window`.
  [[nodiscard]] Expr over(const WindowSpec& window) const;

  [[nodiscard]] const Node& node() const { return *node_; }

 private:
  std::shared_ptr<const Node> node_;
};

/// An expression to sort by.
struct SortExpr {
  Expr expr;
  bool ascending = true;
  bool nulls_first = false;
};

/// One end of a window frame, relative to the current row. No `offset` is unbounded.
struct WindowBound {
  enum class Kind { Preceding, CurrentRow, Following };
  Kind kind = Kind::CurrentRow;
  std::optional<std::uint64_t> offset = std::nullopt;
};

/// What an aggregate or window function ranges over.
struct WindowSpec {
  enum class Units { Rows, Range, Groups };
  std::vector<Expr> partition_by = {};
  std::vector<SortExpr> order_by = {};
  /// The frame; without one, SQL's default for the function.
  struct Frame {
    Units units = Units::Rows;
    WindowBound start = {WindowBound::Kind::Preceding};
    WindowBound end = {WindowBound::Kind::CurrentRow};
  };
  std::optional<Frame> frame = std::nullopt;
};

/// The column `name`; case-sensitive, and never parsed: dots and quotes are part of the name.
Expr col(std::string name);
/// The column `name` of the relation `relation`, after a join of aliased frames.
Expr col(std::string relation, std::string name);

Expr lit(bool value);
Expr lit(double value);
Expr lit(float value);
Expr lit(std::string value);
inline Expr lit(std::string_view value) { return lit(std::string(value)); }
inline Expr lit(const char* value) { return lit(std::string(value)); }
/// An integer literal with the type of its C++ width and sign.
template <std::integral T>
  requires(!std::same_as<T, bool>)
Expr lit(T value);
/// A null of `type`.
Expr lit_null(DataType type);
/// The value of `type` that its text form names, as a cast from text reads it: dates, times,
/// timestamps, decimals, intervals.
Expr lit(std::string text, DataType type);
/// A literal of binary type.
Expr lit_binary(std::string_view bytes);
/// A temporal literal of `type` from its storage integer.
Expr lit_integer(std::int64_t value, DataType type);

/// The scalar, aggregate or window function `name` of the session, engine's or native.
Expr call(std::string name, std::vector<Expr> arguments);

/// CASE WHEN ... THEN ... ELSE ... END.
class CaseBuilder {
 public:
  CaseBuilder& when(const Expr& condition, const Expr& value);
  [[nodiscard]] Expr otherwise(const Expr& value) const;
  /// Without an ELSE: null where no condition holds.
  [[nodiscard]] Expr end() const;

 private:
  std::vector<std::pair<Expr, Expr>> branches_;
};
CaseBuilder when(const Expr& condition, const Expr& value);

Expr operator+(const Expr& a, const Expr& b);
Expr operator-(const Expr& a, const Expr& b);
Expr operator*(const Expr& a, const Expr& b);
Expr operator/(const Expr& a, const Expr& b);
Expr operator%(const Expr& a, const Expr& b);
Expr operator==(const Expr& a, const Expr& b);
Expr operator!=(const Expr& a, const Expr& b);
Expr operator<(const Expr& a, const Expr& b);
Expr operator<=(const Expr& a, const Expr& b);
Expr operator>(const Expr& a, const Expr& b);
Expr operator>=(const Expr& a, const Expr& b);
/// SQL AND, OR and NOT, with SQL's three truth values. `&&` and `||` don't short-circuit in C++:
/// both sides are always built.
Expr operator&&(const Expr& a, const Expr& b);
Expr operator||(const Expr& a, const Expr& b);
inline Expr operator&(const Expr& a, const Expr& b) { return a && b; }
inline Expr operator|(const Expr& a, const Expr& b) { return a || b; }
Expr operator!(const Expr& a);
Expr operator-(const Expr& a);

namespace detail {
Expr integer_literal(std::string digits, DataType type);
template <typename T>
DataType integer_type() {
  if constexpr (std::signed_integral<T>) {
    if constexpr (sizeof(T) == 1) return int8();
    if constexpr (sizeof(T) == 2) return int16();
    if constexpr (sizeof(T) == 4) return int32();
    return int64();
  } else {
    if constexpr (sizeof(T) == 1) return uint8();
    if constexpr (sizeof(T) == 2) return uint16();
    if constexpr (sizeof(T) == 4) return uint32();
    return uint64();
  }
}
}  // namespace detail

template <std::integral T>
  requires(!std::same_as<T, bool>)
Expr lit(T value) {
  return detail::integer_literal(std::to_string(value), detail::integer_type<T>());
}

}  // namespace alluvium
