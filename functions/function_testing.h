#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/functions/library.h"
#include "frame/column_internal.h"
#include "functions/ordering.h"

/// For tests: calls the library's kernels as the engine does, with values that are written down.
namespace alluvium::testing {

/// A value of any type; of a list its items, of a struct its fields, of a map its entries, each a
/// list of key and value.
struct Value {
  // NOLINTBEGIN(google-explicit-constructor)
  Value(std::nullptr_t) {}
  Value(bool value) : scalar(value) {}
  Value(int value) : scalar(std::int64_t{value}) {}
  Value(std::int64_t value) : scalar(value) {}
  Value(double value) : scalar(value) {}
  Value(const char* value) : scalar(std::string(value)) {}
  Value(std::string value) : scalar(std::move(value)) {}
  // NOLINTEND(google-explicit-constructor)
  std::variant<std::monostate, bool, std::int64_t, double, std::string> scalar;
  std::vector<Value> parts = {};
  bool nested = false;
};

inline Value parts(std::vector<Value> values) {
  Value value(nullptr);
  value.parts = std::move(values);
  value.nested = true;
  return value;
}

inline DataType map_of(DataType key, DataType value) {
  return DataType("+m",
                  {{.name = "entries",
                    .type = struct_({{.name = "key", .type = std::move(key), .nullable = false},
                                     {.name = "value", .type = std::move(value)}}),
                    .nullable = false}});
}

inline void append(const Value& value, const DataType& type, ColumnBuilder column) {
  if (value.nested) {
    const bool is_struct = type.id() == DataType::Id::Struct;
    for (std::size_t i = 0; i < value.parts.size(); ++i) {
      const std::size_t child = is_struct ? i : 0;
      append(value.parts[i], type.children()[child].type, column.child(static_cast<int>(child)));
    }
    column.finish_element();
  } else if (const auto* boolean = std::get_if<bool>(&value.scalar)) {
    column.append(*boolean);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.scalar)) {
    if (type == uint64()) {
      append_ordered(static_cast<std::uint64_t>(*integer), type, column);
    } else if (representation_of(type) == Representation::Decimal) {
      append_ordered(WideInteger{*integer}, type, column);
    } else {
      column.append(*integer);
    }
  } else if (const auto* number = std::get_if<double>(&value.scalar)) {
    column.append(*number);
  } else if (const auto* text = std::get_if<std::string>(&value.scalar)) {
    column.append(std::string_view(*text));
  } else {
    column.append_null();
  }
}

/// A column's value as text: `null`, `[1, 2]`, `{a: 1}`.
inline std::string text_of(const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return "null";
  const DataType& type = column.type();
  std::string text;
  if (type.id() == DataType::Id::Struct) {
    for (int i = 0; i < column.child_count(); ++i) {
      text += (i == 0 ? "" : ", ") + type.children()[static_cast<std::size_t>(i)].name + ": " +
              text_of(column.child(i), row);
    }
    return "{" + text + "}";
  }
  if (representation_of(type) == Representation::None) {
    const ColumnView::Range range = column.list_range(row);
    for (std::int64_t item = range.begin; item < range.end; ++item) {
      text += (item == range.begin ? "" : ", ") + text_of(column.child(0), item);
    }
    return "[" + text + "]";
  }
  switch (representation_of(type)) {
    case Representation::Boolean:
      return column.boolean(row) ? "true" : "false";
    case Representation::Signed:
      return std::to_string(column.int64(row));
    case Representation::Unsigned:
      return std::to_string(static_cast<std::uint64_t>(column.int64(row)));
    case Representation::Float: {
      std::ostringstream stream;
      stream << column.float64(row);
      return stream.str();
    }
    case Representation::Decimal:
      return std::to_string(static_cast<std::int64_t>(wide_integer(column.bytes(row))));
    default:
      return std::string(column.bytes(row));
  }
}

/// An argument: one value for each row, or one for all.
struct Column {
  DataType type;
  std::vector<Value> values;
  bool scalar = false;
};

inline Column texts(std::vector<Value> values) { return {utf8(), std::move(values)}; }
inline Column numbers(std::vector<Value> values) { return {int64(), std::move(values)}; }
inline Column constant(DataType type, Value value) {
  return {std::move(type), {std::move(value)}, true};
}

/// Columns in Arrow's memory, as kernels see them.
class Columns {
 public:
  /// The first row is number `first` of the arrays.
  Columns(const std::vector<Column>& columns, std::int64_t rows, std::int64_t first = 0)
      : rows_(rows) {
    const auto scalars = std::make_unique<bool[]>(columns.size());
    std::size_t at = 0;
    for (const Column& column : columns) {
      schema_.fields.push_back({.name = "c", .type = column.type});
      scalars[at++] = column.scalar;
    }
    RecordBatchBuilder builder(schema_);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Column& column = columns[i];
      const auto size = static_cast<std::int64_t>(column.values.size());
      for (std::int64_t row = -first; row < std::max<std::int64_t>(rows, 1); ++row) {
        // What lies before the first row must not be seen.
        const std::int64_t from = column.scalar ? 0 : row < 0 && size > 0 ? (-row) % size : row;
        const bool known = from >= 0 && from < size;
        append(known ? column.values[static_cast<std::size_t>(from)] : Value(nullptr), column.type,
               builder.column(static_cast<int>(i)));
      }
    }
    ArrowSchema exported;
    builder.finish().export_to(&array_, &exported);
    exported.release(&exported);
    array_.offset = first;
    array_.length = rows;
    tree_ = ColumnTree(array_, schema_.fields, {scalars.get(), columns.size()});
    for (std::size_t i = 0; i < columns.size(); ++i) views_.emplace_back(tree_.column(i));
  }
  ~Columns() { array_.release(&array_); }
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  [[nodiscard]] std::span<const ColumnView> views() const { return views_; }
  [[nodiscard]] FunctionCall call(const std::vector<Column>& columns) const {
    FunctionCall call{.arguments = schema_.fields};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      call.constants.push_back(columns[i].scalar ? std::optional(views_[i]) : std::nullopt);
    }
    return call;
  }

 private:
  std::int64_t rows_;
  Schema schema_;
  ArrowArray array_{};
  ColumnTree tree_;
  std::vector<ColumnView> views_;
};

/// A column that a kernel fills.
class Result {
 public:
  explicit Result(Field field) : builder_(Schema{.fields = {named(std::move(field))}}) {}
  [[nodiscard]] ColumnBuilder column() { return builder_.column(0); }
  std::vector<std::string> texts() {
    const RecordBatch batch = builder_.finish();
    std::vector<std::string> texts;
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      texts.push_back(text_of(batch.column(0), row));
    }
    return texts;
  }

 private:
  static Field named(Field field) {
    field.name = "result";
    return field;
  }
  RecordBatchBuilder builder_;
};

template <typename Function>
const Function& function_named(const std::vector<Function>& functions, std::string_view name) {
  for (const Function& function : functions) {
    if (function.name == name) return function;
  }
  throw Error(ErrorCode::NotFound, "no function " + std::string(name));
}

inline const FunctionSet& library() {
  static const FunctionSet functions = function_library();
  return functions;
}

inline std::vector<std::string> run_once(const ScalarFunction& function,
                                         const std::vector<Column>& columns, std::int64_t rows,
                                         std::int64_t first) {
  const Columns arguments(columns, rows, first);
  Field field =
      function.return_field ? function.return_field(arguments.call(columns)) : function.returns;
  if (!function.return_field && function.null_propagating) field.nullable = true;
  Result result(std::move(field));
  ColumnBuilder column = result.column();
  function.kernel(arguments.views(), rows, column);
  return result.texts();
}

/// What the scalar function `name` gives, each value as text. Calls it with other layouts of the
/// same values too, which must give the same.
inline std::vector<std::string> run(std::string_view name, std::vector<Column> columns) {
  const ScalarFunction& function = function_named(library().scalars, name);
  std::size_t size = 1;
  for (const Column& column : columns) {
    if (!column.scalar) size = column.values.size();
  }
  const auto rows = static_cast<std::int64_t>(size);
  const std::vector<std::string> results = run_once(function, columns, rows, 0);
  EXPECT_EQ(run_once(function, columns, rows, 3), results) << "sliced";
  EXPECT_TRUE(run_once(function, columns, 0, 0).empty()) << "no rows";
  for (const DataType& layout : {DataType("U"), utf8_view()}) {
    std::vector<Column> others = columns;
    for (Column& column : others) {
      if (column.type == utf8()) column.type = layout;
    }
    EXPECT_EQ(run_once(function, others, rows, 1), results) << layout.to_string();
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Parameter& parameter = function.parameters[std::min(i, function.parameters.size() - 1)];
    if (!columns[i].scalar || parameter.constant) continue;
    columns[i].scalar = false;
    columns[i].values.resize(size, columns[i].values[0]);
  }
  EXPECT_EQ(run_once(function, columns, rows, 2), results) << "expanded";
  return results;
}

/// What the scalar function `name` gives for one row.
inline std::string value(std::string_view name, const std::vector<Column>& columns) {
  return run(name, columns).at(0);
}

/// The code of what `action` throws.
template <typename Action>
std::optional<ErrorCode> code_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

/// Accumulators of an aggregate over written-down rows.
class Aggregation {
 public:
  Aggregation(std::string_view name, std::vector<Column> columns, bool ignore_nulls = false)
      : function_(function_named(library().aggregates, name)), columns_(std::move(columns)) {
    const Columns none(columns_, 0);
    call_.arguments = none.call(columns_).arguments;
    call_.constants.resize(columns_.size());
    call_.returns = function_.return_field ? function_.return_field(call_) : function_.returns;
    call_.ignore_nulls = ignore_nulls;
  }

  [[nodiscard]] std::unique_ptr<Accumulator> make(std::size_t groups) const {
    auto accumulator = function_.accumulator(call_);
    accumulator->grow(groups);
    return accumulator;
  }

  void update(Accumulator& accumulator, const std::vector<std::size_t>& groups,
              std::size_t begin = 0) const {
    const Columns rows(part(begin, groups.size()), static_cast<std::int64_t>(groups.size()), 1);
    accumulator.update(rows.views(), groups);
  }
  void retract(Accumulator& accumulator, const std::vector<std::size_t>& groups,
               std::size_t begin = 0) const {
    const Columns rows(part(begin, groups.size()), static_cast<std::int64_t>(groups.size()), 1);
    accumulator.retract(rows.views(), groups);
  }

  [[nodiscard]] std::vector<std::string> results(Accumulator& accumulator,
                                                 std::size_t count) const {
    Result result(call_.returns);
    ColumnBuilder column = result.column();
    accumulator.write_results(count, column);
    return result.texts();
  }

  /// Moves the states of `from` into `to`.
  void merge(Accumulator& from, std::size_t count, Accumulator& to) const {
    const Schema schema{.fields = function_.state_fields(call_)};
    RecordBatchBuilder builder(schema);
    std::vector<ColumnBuilder> columns;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      columns.push_back(builder.column(static_cast<int>(i)));
    }
    from.write_states(count, columns);
    const RecordBatch batch = builder.finish();
    std::vector<ColumnView> views;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      views.push_back(batch.column(static_cast<int>(i)));
    }
    std::vector<std::size_t> groups(count);
    std::iota(groups.begin(), groups.end(), std::size_t{0});
    to.merge(views, groups);
  }

 private:
  [[nodiscard]] std::vector<Column> part(std::size_t begin, std::size_t count) const {
    std::vector<Column> columns = columns_;
    for (Column& column : columns) {
      const auto first = column.values.begin() + static_cast<std::ptrdiff_t>(begin);
      column.values = {first, first + static_cast<std::ptrdiff_t>(count)};
    }
    return columns;
  }

  const AggregateFunction& function_;
  std::vector<Column> columns_;
  AggregateFunction::Call call_;
};

/// What the aggregate `name` gives for each group. Splits the rows over two threads' states too,
/// and forgets the first group, which must change nothing.
inline std::vector<std::string> aggregate(std::string_view name, std::vector<Column> columns,
                                          const std::vector<std::size_t>& groups, std::size_t count,
                                          bool ignore_nulls = false) {
  const Aggregation aggregation(name, std::move(columns), ignore_nulls);
  const auto whole = aggregation.make(count);
  aggregation.update(*whole, groups);
  std::vector<std::string> results = aggregation.results(*whole, count);

  const auto middle = static_cast<std::ptrdiff_t>(groups.size() / 2);
  const auto first = aggregation.make(count);
  const auto second = aggregation.make(count);
  aggregation.update(*first, {groups.begin(), groups.begin() + middle});
  aggregation.update(*second, {groups.begin() + middle, groups.end()},
                     static_cast<std::size_t>(middle));
  aggregation.merge(*first, count, *second);
  EXPECT_EQ(aggregation.results(*second, count), results) << "merged";

  if (count > 0) {
    whole->drop_first(1);
    EXPECT_EQ(aggregation.results(*whole, count - 1),
              std::vector<std::string>(results.begin() + 1, results.end()))
        << "without the first group";
    whole->drop_first(count - 1);
    whole->grow(2);
    EXPECT_EQ(aggregation.results(*whole, 2), aggregation.results(*aggregation.make(2), 2));
  }
  return results;
}

}  // namespace alluvium::testing
