#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/udf/aggregate_function.h"
#include "functions/constant.h"
#include "functions/copy.h"
#include "functions/families.h"
#include "functions/grouped_set.h"
#include "functions/ordering.h"

namespace alluvium {
namespace {

enum class Outcome { List, Count };

// The distinct values of each group, and how many of its rows are null.
template <typename T>
class DistinctValues final : public Accumulator {
 public:
  DistinctValues(Outcome outcome, DataType type, bool ignore_nulls)
      : outcome_(outcome), type_(std::move(type)), ignore_nulls_(ignore_nulls) {}

  void grow(std::size_t groups) override {
    values_.grow(groups);
    nulls_.resize(values_.groups());
  }

  void update(std::span<const ColumnView> arguments, std::span<const std::size_t> groups) override {
    for_rows(arguments[0], groups, 1,
             [&](std::size_t group, const T& value) { values_.add(group, value); });
  }

  void retract(std::span<const ColumnView> arguments,
               std::span<const std::size_t> groups) override {
    for_rows(arguments[0], groups, -1,
             [&](std::size_t group, const T& value) { values_.remove(group, value); });
  }

  void merge(std::span<const ColumnView> states, std::span<const std::size_t> groups) override {
    const ColumnView items = states[0].child(0);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      nulls_[groups[i]] += states[1].int64(row);
      const ColumnView::Range range = states[0].list_range(row);
      for (std::int64_t item = range.begin; item < range.end; ++item) {
        values_.add(groups[i], read_ordered<T>(items, item));
      }
    }
  }

  void write_states(std::size_t count, std::span<ColumnBuilder> states) override {
    const auto lists = values_.lists(count);
    ColumnBuilder items = states[0].child(0);
    auto value = lists.values.begin();
    for (const std::size_t end : lists.ends) {
      for (; value != lists.values.begin() + std::ptrdiff_t(end); ++value) {
        append_ordered(T(*value), type_, items);
      }
      states[0].finish_element();
    }
    std::copy_n(nulls_.begin(), count,
                states[1].extend<std::int64_t>(Validity(static_cast<std::int64_t>(count))));
  }

  void write_results(std::size_t count, ColumnBuilder& results) override {
    if (outcome_ == Outcome::List) return write_lists(count, results);
    auto* const counts = results.extend<std::int64_t>(Validity(static_cast<std::int64_t>(count)));
    for (std::size_t group = 0; group < count; ++group) {
      counts[group] = static_cast<std::int64_t>(values_.size(group)) + (nulls_[group] > 0 ? 1 : 0);
    }
  }

  void drop_first(std::size_t count) override {
    values_.drop_first(count);
    nulls_.erase(nulls_.begin(), nulls_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  [[nodiscard]] std::size_t bytes() const override {
    return values_.bytes() + nulls_.capacity() * sizeof(std::int64_t);
  }

 private:
  template <typename Change>
  void for_rows(const ColumnView& column, std::span<const std::size_t> groups, std::int64_t of_null,
                const Change& change) {
    const bool may_be_null = column.may_have_nulls();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      if (!may_be_null || !column.is_null(row)) {
        change(groups[i], read_ordered<T>(column, row));
      } else if (!ignore_nulls_) {
        nulls_[groups[i]] += of_null;
      }
    }
  }

  void write_lists(std::size_t count, ColumnBuilder& results) {
    auto lists = values_.lists(count);
    ColumnBuilder items = results.child(0);
    auto value = lists.values.begin();
    for (std::size_t group = 0; group < count; ++group) {
      const auto end = lists.values.begin() + std::ptrdiff_t(lists.ends[group]);
      const bool null = nulls_[group] > 0;
      if (value == end && !null) {
        results.append_null();
        continue;
      }
      std::sort(value, end, is_before<T, T>);
      for (; value != end; ++value) append_ordered(T(*value), type_, items);
      if (null) items.append_null();
      results.finish_element();
    }
  }

  Outcome outcome_;
  DataType type_;
  bool ignore_nulls_;
  GroupedSet<T> values_;
  std::vector<std::int64_t> nulls_;
};

DataType counted_type(const FunctionCall& call) {
  const DataType& type = call.arguments.at(0).type;
  if (representation_of(type) == Representation::None) {
    refuse_call("values of type " + type.to_string() + " have no order");
  }
  return copied_type(type);
}

AggregateFunction distinct_function(Outcome outcome) {
  return {.parameters = {{"value", TypeClass::Any,
                          "Text, bytes, numbers, booleans or temporal values."}},
          .state_fields =
              [](const FunctionCall& call) {
                return std::vector<Field>{{.name = "values", .type = list(counted_type(call))},
                                          {.name = "nulls", .type = int64()}};
              },
          .accumulator =
              [outcome](const AggregateFunction::Call& call) {
                const DataType type = counted_type(call);
                return with_representation(
                    representation_of(type),
                    [&]<typename T>(std::type_identity<T>) -> std::unique_ptr<Accumulator> {
                      return std::make_unique<DistinctValues<T>>(outcome, type, call.ignore_nulls);
                    });
              },
          .retracts = true,
          .null_treatment = true};
}

AggregateFunction list_unique() {
  AggregateFunction function = distinct_function(Outcome::List);
  function.name = "list_unique";
  function.returns = {"", list(utf8())};
  function.return_field = [](const FunctionCall& call) {
    return Field{.name = "", .type = list(counted_type(call))};
  };
  function.aliases = {"collect_set"};
  function.documentation = {
      .category = "aggregate",
      .description =
          "The distinct values in ascending order: text by code points, NaN after all "
          "numbers. Where a value is null, one null comes last, unless the call says "
          "IGNORE NULLS. Null where there is nothing.",
      .example = "SELECT list_unique(x) FROM (VALUES ('b'), ('a'), ('b')) AS t(x)",
      .example_result = "[a, b]"};
  return function;
}

AggregateFunction count_distinct_agg() {
  AggregateFunction function = distinct_function(Outcome::Count);
  function.name = "count_distinct_agg";
  function.returns = {"", int64(), /*nullable=*/false};
  function.return_field = [](const FunctionCall& call) {
    static_cast<void>(counted_type(call));
    return Field{.name = "", .type = int64(), .nullable = false};
  };
  function.documentation = {
      .category = "aggregate",
      .description =
          "How many distinct values there are. Null counts as one more, unless the call "
          "says IGNORE NULLS. 0 where there is nothing.",
      .example = "SELECT count_distinct_agg(x) FROM (VALUES (1), (2), (2), (NULL)) AS t(x)",
      .example_result = "3"};
  return function;
}

}  // namespace

FunctionSet distinct_functions() { return {.aggregates = {list_unique(), count_distinct_agg()}}; }

}  // namespace alluvium
