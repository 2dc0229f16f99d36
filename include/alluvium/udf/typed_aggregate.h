#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "alluvium/udf/aggregate_function.h"
#include "alluvium/udf/typed_function.h"

/// Aggregates of plain C++ states.
///
///     struct Total {
///       std::int64_t sum = 0;
///       void add(std::int64_t x) { sum += x; }
///       void remove(std::int64_t x) { sum -= x; }  // if it can
///       void merge(const Total& other) { sum += other.sum; }
///       std::int64_t result() const { return sum; }
///       std::tuple<std::int64_t> saved() const { return {sum}; }
///       static Total restored(std::int64_t sum) { return {sum}; }
///     };
///     AggregateFunction total =
///         typed_aggregate<Total>({.name = "total", .parameters = {{"x", int64()}}});
///
/// A fresh state is that of no rows. `add` takes what typed functions take; rows in which an
/// argument that isn't optional is null are skipped. `result` gives what typed functions return,
/// null by an empty optional. `saved` and `restored` carry partial states between threads: a tuple
/// of values, which may be optional. A state that holds memory elsewhere says how much by
/// `std::size_t heap_bytes() const`, which is asked twice a row. What a state throws reaches the
/// caller as it is.
namespace alluvium {

namespace detail {

/// Appends `get(i)` for `count` groups, as whole buffers where it is a number or boolean.
template <typename T, typename Get>
void append_groups(std::size_t count, ColumnBuilder& column, const Get& get) {
  using Value = ValueOf<T>;
  Validity validity(static_cast<std::int64_t>(count));
  const auto value_of = [&](std::size_t group) {
    if constexpr (kIsOptional<T>) {
      return get(group).value_or(Value{});
    } else {
      return get(group);
    }
  };
  if constexpr (kIsOptional<T>) {
    for (std::size_t group = 0; group < count; ++group) {
      if (!get(group)) validity.set_null(static_cast<std::int64_t>(group));
    }
  }
  if constexpr (kIsNumber<Value>) {
    auto* const out = column.extend<Value>(validity);
    for (std::size_t group = 0; group < count; ++group) out[group] = value_of(group);
  } else if constexpr (std::is_same_v<Value, bool>) {
    std::vector<std::uint8_t> values(count);
    for (std::size_t group = 0; group < count; ++group) values[group] = value_of(group) ? 1 : 0;
    column.extend_booleans(values, validity);
  } else {
    for (std::size_t group = 0; group < count; ++group) {
      if (validity.is_null(static_cast<std::int64_t>(group))) {
        column.append_null();
      } else {
        append(column, value_of(group));
      }
    }
  }
}

template <typename State>
using ResultOf = std::remove_cvref_t<decltype(std::declval<const State&>().result())>;
template <typename State>
using SavedOf = std::remove_cvref_t<decltype(std::declval<const State&>().saved())>;
template <typename State, typename... Arguments>
constexpr bool kRemoves =
    requires(State& state, Arguments... arguments) { state.remove(arguments...); };
template <typename State>
constexpr bool kHasHeap = requires(const State& state) { state.heap_bytes(); };

template <typename State, typename... Arguments>
class TypedAccumulator final : public Accumulator {
 public:
  void grow(std::size_t groups) override {
    if (groups > states_.size()) states_.resize(groups);
  }

  void update(std::span<const ColumnView> arguments, std::span<const std::size_t> groups) override {
    for_rows(arguments, groups, std::index_sequence_for<Arguments...>(),
             [](State& state, const Arguments&... values) { state.add(values...); });
  }

  void retract(std::span<const ColumnView> arguments,
               std::span<const std::size_t> groups) override {
    if constexpr (kRemoves<State, Arguments...>) {
      for_rows(arguments, groups, std::index_sequence_for<Arguments...>(),
               [](State& state, const Arguments&... values) { state.remove(values...); });
    } else {
      Accumulator::retract(arguments, groups);
    }
  }

  void merge(std::span<const ColumnView> states, std::span<const std::size_t> groups) override {
    merge_saved(states, groups, std::make_index_sequence<std::tuple_size_v<SavedOf<State>>>());
  }

  void write_states(std::size_t count, std::span<ColumnBuilder> states) override {
    save(count, states, std::make_index_sequence<std::tuple_size_v<SavedOf<State>>>());
  }

  void write_results(std::size_t count, ColumnBuilder& results) override {
    append_groups<ResultOf<State>>(count, results,
                                   [&](std::size_t group) { return states_[group].result(); });
  }

  void drop_first(std::size_t count) override {
    if constexpr (kHasHeap<State>) {
      for (std::size_t group = 0; group < count; ++group) heap_ -= states_[group].heap_bytes();
    }
    states_.erase(states_.begin(), states_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  [[nodiscard]] std::size_t bytes() const override {
    return states_.capacity() * sizeof(State) + heap_;
  }

 private:
  template <typename Change>
  void changed(State& state, const Change& change) {
    if constexpr (kHasHeap<State>) {
      const std::size_t before = state.heap_bytes();
      change();
      heap_ += state.heap_bytes() - before;
    } else {
      change();
    }
  }

  template <std::size_t... I, typename Step>
  void for_rows(std::span<const ColumnView> arguments, std::span<const std::size_t> groups,
                std::index_sequence<I...> /*indexes*/, const Step& step) {
    std::vector<ColumnView> strict;
    ((kIsOptional<Arguments> ? void() : strict.push_back(arguments[I])), ...);
    const auto rows = static_cast<std::int64_t>(groups.size());
    const Validity validity = Validity::of_all(strict, rows);
    State* const states = states_.data();
    const bool no_null = validity.null_count() == 0;
    if constexpr (sizeof...(Arguments) > 0 && (kIsNumber<Arguments> && ...)) {
      // Arrays of numbers without a null: the loop that most aggregations spend their time in.
      const std::tuple<Reader<Arguments>...> readers(arguments[I]...);
      if (no_null && (std::get<I>(readers).is_array() && ...)) {
        for (std::int64_t row = 0; row < rows; ++row) {
          State& state = states[groups[static_cast<std::size_t>(row)]];
          changed(state, [&] { step(state, std::get<I>(readers).from_array(row)...); });
        }
        return;
      }
    }
    for (std::int64_t row = 0; row < rows; ++row) {
      if (!no_null && validity.is_null(row)) continue;
      State& state = states[groups[static_cast<std::size_t>(row)]];
      changed(state, [&] { step(state, read<Arguments>(arguments[I], row)...); });
    }
  }

  template <std::size_t... I>
  void merge_saved(std::span<const ColumnView> saved, std::span<const std::size_t> groups,
                   std::index_sequence<I...> /*indexes*/) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      State& state = states_[groups[i]];
      const auto row = static_cast<std::int64_t>(i);
      changed(state, [&] {
        state.merge(State::restored(
            ValueToSave<std::tuple_element_t<I, SavedOf<State>>>::read_from(saved[I], row)...));
      });
    }
  }

  template <std::size_t... I>
  void save(std::size_t count, std::span<ColumnBuilder> columns,
            std::index_sequence<I...> /*indexes*/) {
    (append_groups<std::tuple_element_t<I, SavedOf<State>>>(
         count, columns[I], [&](std::size_t group) { return std::get<I>(states_[group].saved()); }),
     ...);
  }

  // A saved text is read as a text of its own.
  template <typename T>
  struct ValueToSave {
    static T read_from(const ColumnView& column, std::int64_t row) {
      if constexpr (std::is_same_v<T, std::string>) {
        return std::string(column.bytes(row));
      } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {
        return column.is_null(row) ? T() : T(std::string(column.bytes(row)));
      } else {
        return read<T>(column, row);
      }
    }
  };

  std::vector<State> states_;
  std::size_t heap_ = 0;
};

template <typename... Saved>
std::vector<Field> saved_fields(std::type_identity<std::tuple<Saved...>> /*type*/) {
  std::vector<Field> fields = {
      {.name = "", .type = arrow_type<ValueOf<Saved>>(), .nullable = kIsOptional<Saved>}...};
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i].name = "state_" + std::to_string(i);
  return fields;
}

template <typename State, typename... Arguments>
AggregateFunction make_aggregate(AggregateFunction declaration) {
  if (declaration.parameters.size() != sizeof...(Arguments)) {
    throw Error(ErrorCode::InvalidArgument, "aggregate `" + declaration.name + "` adds " +
                                                std::to_string(sizeof...(Arguments)) +
                                                " values, its declaration names " +
                                                std::to_string(declaration.parameters.size()));
  }
  if (declaration.returns.type == null_type()) {
    declaration.returns.type = arrow_type<ValueOf<ResultOf<State>>>();
  }
  declaration.returns.nullable = kIsOptional<ResultOf<State>>;
  declaration.state_fields = [](const FunctionCall&) {
    return saved_fields(std::type_identity<SavedOf<State>>());
  };
  declaration.accumulator = [](const AggregateFunction::Call&) -> std::unique_ptr<Accumulator> {
    return std::make_unique<TypedAccumulator<State, Arguments...>>();
  };
  declaration.retracts = kRemoves<State, Arguments...>;
  return declaration;
}

template <typename Add>
struct AddSignature;
template <typename State, typename... Arguments>
struct AddSignature<void (State::*)(Arguments...)> {
  static AggregateFunction make(AggregateFunction declaration) {
    return make_aggregate<State, std::remove_cvref_t<Arguments>...>(std::move(declaration));
  }
};
template <typename State, typename... Arguments>
struct AddSignature<void (State::*)(Arguments...) noexcept>
    : AddSignature<void (State::*)(Arguments...)> {};

}  // namespace detail

/// The aggregate that `declaration` describes, over states of type `State`. Where
/// `declaration.returns` has no type, it is that of the C++ result; nullability and `retracts`
/// follow from `State`.
/// Errors: InvalidArgument when the numbers of parameters differ.
template <typename State>
AggregateFunction typed_aggregate(AggregateFunction declaration) {
  return detail::AddSignature<decltype(&State::add)>::make(std::move(declaration));
}

}  // namespace alluvium
