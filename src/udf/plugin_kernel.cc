#include "udf/plugin_kernel_internal.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "alluvium/error.h"
#include "frame/column_transfer_internal.h"
#include "udf/plugin_call_internal.h"

namespace alluvium {
namespace {

using ExactTypes = std::vector<std::optional<DataType>>;

ExactTypes exact_types(const std::vector<Parameter>& parameters) {
  ExactTypes out;
  for (const Parameter& parameter : parameters) out.push_back(parameter.type.exact());
  return out;
}

void require_crossing(const std::string& function, const Field& field) {
  if (!can_append_column(field.type)) {
    fail_function(function, fmt::format("declares the type {}, which a plug-in can't return",
                                        field.type.to_string()));
  }
}

/// What all accumulators of a call share.
struct PluginAggregate {
  std::string name;
  AlluviumAggregateFunction callbacks;
  ExactTypes arguments;
  ExactTypes states;
};

class PluginAccumulator : public Accumulator {
 public:
  PluginAccumulator(std::shared_ptr<const PluginAggregate> aggregate, void* context,
                    const AggregateFunction::Call& call)
      : aggregate_(std::move(aggregate)) {
    SchemaExport arguments(Schema{.fields = call.arguments});
    PluginCall surroundings;
    surroundings.check(callbacks().create(context, arguments.get(), call.ignore_nulls ? 1 : 0,
                                          &accumulator_, surroundings.get()),
                       aggregate_->name);
  }
  ~PluginAccumulator() override { callbacks().destroy(accumulator_); }

  void grow(std::size_t groups) override { run(callbacks().grow, groups); }

  void update(std::span<const ColumnView> arguments, std::span<const std::size_t> groups) override {
    give(callbacks().update, arguments, aggregate_->arguments, groups);
  }

  void merge(std::span<const ColumnView> states, std::span<const std::size_t> groups) override {
    give(callbacks().merge, states, aggregate_->states, groups);
  }

  void retract(std::span<const ColumnView> arguments,
               std::span<const std::size_t> groups) override {
    give(callbacks().retract, arguments, aggregate_->arguments, groups);
  }

  void write_states(std::size_t count, std::span<ColumnBuilder> states) override {
    take(callbacks().write_states, count, states);
  }

  void write_results(std::size_t count, ColumnBuilder& results) override {
    take(callbacks().write_results, count, {&results, 1});
  }

  void drop_first(std::size_t count) override { run(callbacks().drop_first, count); }

  [[nodiscard]] std::size_t bytes() const override { return callbacks().bytes(accumulator_); }

 private:
  [[nodiscard]] const AlluviumAggregateFunction& callbacks() const { return aggregate_->callbacks; }

  template <typename Callback, typename... Arguments>
  void run(Callback callback, Arguments... arguments) {
    run_guarded(aggregate_->name, [&] {
      PluginCall call;
      call.check(callback(accumulator_, arguments..., call.get()), aggregate_->name);
    });
  }

  template <typename Callback>
  void give(Callback callback, std::span<const ColumnView> columns, const ExactTypes& types,
            std::span<const std::size_t> groups) {
    run_guarded(aggregate_->name, [&] {
      const PluginColumns given(columns, static_cast<std::int64_t>(groups.size()), types);
      run(callback, given.get(), groups.data());
    });
  }

  template <typename Callback>
  void take(Callback callback, std::size_t count, std::span<ColumnBuilder> columns) {
    run_guarded(aggregate_->name, [&] {
      PluginResults results(columns.size());
      run(callback, count, results.get());
      for (std::size_t i = 0; i < columns.size(); ++i) {
        results.append_to(columns[i], i, static_cast<std::int64_t>(count));
      }
    });
  }

  std::shared_ptr<const PluginAggregate> aggregate_;
  void* accumulator_ = nullptr;
};

using FieldCallback = std::int32_t (*)(void*, const ArrowSchema*, ArrowSchema*, AlluviumCall*);

// A field that a plug-in derives from a call's arguments.
Field derive_field(const std::string& function, FieldCallback callback, void* context,
                   const FunctionCall& call, ErrorCode on_failure) {
  SchemaExport arguments(Schema{.fields = call.arguments});
  nanoarrow::UniqueSchema out;
  PluginCall surroundings;
  if (callback(context, arguments.get(), out.get(), surroundings.get()) != 0) {
    throw Error(on_failure, fmt::format("function `{}`: {}", function, surroundings.message()),
                false, {{"function", function}});
  }
  std::optional<Field> field;
  run_guarded(function, [&] { field = read_plugin_schema(*out.get()); });
  field->name.clear();
  require_crossing(function, *field);
  return *std::move(field);
}

}  // namespace

ScalarFunction::Kernel plugin_kernel(const ScalarFunction& function,
                                     const AlluviumScalarFunction& callbacks,
                                     const AlluviumDeclaration& declaration) {
  return [name = function.name, types = exact_types(function.parameters), invoke = callbacks.invoke,
          context = declaration.context, null_propagating = function.null_propagating](
             std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
    run_guarded(name, [&] {
      const PluginColumns given(arguments, rows, types);
      PluginResults results(1);
      PluginCall call;
      call.check(invoke(context, given.get(), results.get(), call.get()), name);
      results.append_to(result, 0, rows,
                        null_propagating ? arguments : std::span<const ColumnView>());
    });
  };
}

std::function<Field(const FunctionCall&)> plugin_return_field(
    std::string function, const AlluviumDeclaration& declaration) {
  return [name = std::move(function), callback = declaration.return_field,
          context = declaration.context](const FunctionCall& call) {
    return derive_field(name, callback, context, call, ErrorCode::InvalidQuery);
  };
}

std::function<std::vector<Field>(const FunctionCall&)> plugin_state_fields(
    std::string function, const AlluviumAggregateFunction& callbacks,
    const AlluviumDeclaration& declaration, std::vector<Field> states) {
  if (callbacks.state_fields == nullptr) {
    return [fields = std::move(states)](const FunctionCall&) { return fields; };
  }
  return [name = std::move(function), callback = callbacks.state_fields,
          context = declaration.context](const FunctionCall& call) {
    const Field states_of_call =
        derive_field(name, callback, context, call, ErrorCode::FunctionFailed);
    if (states_of_call.type.id() != DataType::Id::Struct) {
      fail_function(name, "writes states that aren't a struct of columns");
    }
    return states_of_call.type.children();
  };
}

std::function<std::unique_ptr<Accumulator>(const AggregateFunction::Call&)> plugin_accumulator(
    const AggregateFunction& function, const AlluviumAggregateFunction& callbacks,
    const AlluviumDeclaration& declaration) {
  return [name = function.name, types = exact_types(function.parameters),
          state_fields = function.state_fields, callbacks,
          context = declaration.context](const AggregateFunction::Call& call) {
    ExactTypes states;
    for (const Field& field : state_fields(call)) states.emplace_back(field.type);
    return std::make_unique<PluginAccumulator>(
        std::make_shared<const PluginAggregate>(PluginAggregate{
            .name = name, .callbacks = callbacks, .arguments = types, .states = std::move(states)}),
        context, call);
  };
}

}  // namespace alluvium
