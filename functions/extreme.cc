#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/udf/aggregate_function.h"
#include "functions/constant.h"
#include "functions/copy.h"
#include "functions/families.h"
#include "functions/ordering.h"

namespace alluvium {
namespace {

enum class Wanted { SmallestKey, LargestKey };

// The value at the smallest or largest key of each group. A partial state is the row that is best
// so far, so that states are added as rows are.
template <typename Value, typename Key>
class ValueAtKey final : public Accumulator {
 public:
  ValueAtKey(Wanted wanted, DataType value_type, DataType key_type)
      : largest_(wanted == Wanted::LargestKey),
        value_type_(std::move(value_type)),
        key_type_(std::move(key_type)) {}

  void grow(std::size_t groups) override {
    if (groups > states_.size()) states_.resize(groups);
  }

  void update(std::span<const ColumnView> arguments, std::span<const std::size_t> groups) override {
    const Validity validity = Validity::of_all(arguments, static_cast<std::int64_t>(groups.size()));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      if (validity.is_null(row)) continue;
      offer(states_[groups[i]], read_ordered<Value>(arguments[0], row),
            read_ordered<Key>(arguments[1], row));
    }
  }

  void merge(std::span<const ColumnView> states, std::span<const std::size_t> groups) override {
    update(states, groups);
  }

  void write_states(std::size_t count, std::span<ColumnBuilder> states) override {
    write_results(count, states[0]);
    for (std::size_t group = 0; group < count; ++group) {
      if (states_[group].any) {
        append_ordered(Key(states_[group].key), key_type_, states[1]);
      } else {
        states[1].append_null();
      }
    }
  }

  void write_results(std::size_t count, ColumnBuilder& results) override {
    for (std::size_t group = 0; group < count; ++group) {
      if (states_[group].any) {
        append_ordered(Value(states_[group].value), value_type_, results);
      } else {
        results.append_null();
      }
    }
  }

  void drop_first(std::size_t count) override {
    for (std::size_t group = 0; group < count; ++group) heap_ -= texts_of(states_[group]);
    states_.erase(states_.begin(), states_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  [[nodiscard]] std::size_t bytes() const override {
    return states_.capacity() * sizeof(State) + heap_;
  }

 private:
  struct State {
    Kept<Key> key{};
    Kept<Value> value{};
    bool any = false;
  };

  // Of equal keys the smallest value wins, so that the order of the rows doesn't matter.
  bool is_better(const State& state, const Value& value, const Key& key) const {
    if (!state.any) return true;
    const Key best(state.key);
    if (is_same(key, best)) return is_before(value, Value(state.value));
    return is_before(key, best) != largest_;
  }

  void offer(State& state, const Value& value, const Key& key) {
    if (!is_better(state, value, key)) return;
    heap_ -= texts_of(state);
    state.key = key;
    state.value = value;
    state.any = true;
    heap_ += texts_of(state);
  }

  template <typename T>
  static std::size_t text_bytes(const T& kept) {
    if constexpr (std::is_same_v<T, std::string>) {
      return kept.capacity() > std::string().capacity() ? kept.capacity() + 1 : 0;
    } else {
      return 0;
    }
  }
  static std::size_t texts_of(const State& state) {
    return text_bytes(state.key) + text_bytes(state.value);
  }

  bool largest_;
  DataType value_type_;
  DataType key_type_;
  std::vector<State> states_;
  std::size_t heap_ = 0;
};

DataType compared_type(const FunctionCall& call, std::size_t index) {
  const DataType& type = call.arguments.at(index).type;
  if (representation_of(type) == Representation::None) {
    refuse_call("values of type " + type.to_string() + " have no order");
  }
  return copied_type(type);
}

std::unique_ptr<Accumulator> accumulator_of(Wanted wanted, const FunctionCall& call) {
  const DataType value = compared_type(call, 0);
  const DataType key = compared_type(call, 1);
  return with_representation(representation_of(value), [&]<typename V>(std::type_identity<V>) {
    return with_representation(
        representation_of(key),
        [&]<typename K>(std::type_identity<K>) -> std::unique_ptr<Accumulator> {
          return std::make_unique<ValueAtKey<V, K>>(wanted, value, key);
        });
  });
}

AggregateFunction value_at_key(std::string name, Wanted wanted, std::string description,
                               std::string result) {
  std::string example =
      "SELECT " + name + "(v, k) FROM (VALUES ('a', 1), ('b', 2), ('c', 2)) AS t(v, k)";
  return {
      .name = std::move(name),
      .parameters = {{"value", TypeClass::Any,
                      "Text, bytes, a number, a boolean or a temporal value; rows where it is "
                      "null don't count."},
                     {"key", TypeClass::Any,
                      "What rows are compared by, of one of these types; rows where it is null "
                      "don't count."}},
      .returns = {"", null_type()},
      .return_field =
          [](const FunctionCall& call) {
            static_cast<void>(compared_type(call, 1));
            return Field{.name = "", .type = compared_type(call, 0)};
          },
      .state_fields =
          [](const FunctionCall& call) {
            return std::vector<Field>{{.name = "value", .type = compared_type(call, 0)},
                                      {.name = "key", .type = compared_type(call, 1)}};
          },
      .accumulator =
          [wanted](const AggregateFunction::Call& call) { return accumulator_of(wanted, call); },
      .documentation = {.category = "aggregate",
                        .description = std::move(description) +
                                       " Of equal keys the smallest value; NaN is larger than "
                                       "all numbers. Null where there is none.",
                        .example = std::move(example),
                        .example_result = std::move(result)}};
}

}  // namespace

FunctionSet extreme_functions() {
  return {.aggregates = {
              value_at_key("any_value_det", Wanted::SmallestKey,
                           "One of the values, always the same: that at the smallest key.", "a"),
              value_at_key("arg_min", Wanted::SmallestKey, "The value at the smallest key.", "a"),
              value_at_key("arg_max", Wanted::LargestKey, "The value at the largest key.", "b"),
              value_at_key("asof_select", Wanted::LargestKey,
                           "The value as of the latest time: that at the largest key.", "b")}};
}

}  // namespace alluvium
