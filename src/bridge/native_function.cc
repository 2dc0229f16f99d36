#include "bridge/native_function.h"

#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <utility>

#include "alluvium-bridge/src/lib.rs.h"
#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"
#include "frame/expr_internal.h"
#include "udf/call_internal.h"
#include "udf/kernel_internal.h"

namespace alluvium::bridge {
namespace {

// Arrays that lie side by side as one struct array, which is how columns are read. They stay the
// engine's.
class StructArray {
 public:
  StructArray(std::int64_t rows, std::size_t count, ArrowArray* arrays) {
    if (count > few_.size()) many_.resize(count);
    ArrowArray** const children = count > few_.size() ? many_.data() : few_.data();
    for (std::size_t i = 0; i < count; ++i) children[i] = &arrays[i];
    array = {.length = rows,
             .n_buffers = 1,
             .n_children = static_cast<std::int64_t>(count),
             .buffers = buffers_.data(),
             .children = children,
             .release = [](ArrowArray* self) { self->release = nullptr; }};
  }

  StructArray(const StructArray&) = delete;
  StructArray& operator=(const StructArray&) = delete;

  ArrowArray array{};

 private:
  std::array<ArrowArray*, 4> few_{};
  std::vector<ArrowArray*> many_;
  std::array<const void*, 1> buffers_{nullptr};
};

// The text that the Rust side reads a failure from.
std::string encode(const Error& error) {
  const nlohmann::json document = {{"code", to_string(error.code())},
                                   {"retryable", error.retryable()},
                                   {"message", error.message()},
                                   {"details", error.details()}};
  return error.message() + '\x1e' +
         document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <typename Work>
auto crossing(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    throw std::runtime_error(encode(error));
  } catch (const std::exception& error) {
    throw std::runtime_error(encode(Error(ErrorCode::FunctionFailed, error.what())));
  } catch (...) {
    throw std::runtime_error(
        encode(Error(ErrorCode::FunctionFailed, "an exception of an unknown type was thrown")));
  }
}

// What a function throws while a call is planned speaks of the query.
template <typename Work>
auto planning(std::string_view function, Work&& work) -> decltype(work()) {
  return crossing([&]() -> decltype(work()) {
    try {
      return std::forward<Work>(work)();
    } catch (const Error& error) {
      if (error.details().contains("function")) throw;
      Error::Details details = error.details();
      details.emplace("function", function);
      throw Error(error.code(), std::string(function) + ": " + error.message(), false,
                  std::move(details));
    } catch (const std::exception& error) {
      fail_function(function, error.what());
    } catch (...) {
      fail_function(function, "threw something that is not an exception");
    }
  });
}

template <typename Function>
Callable callable_of(const Function& function) {
  if constexpr (std::is_same_v<Function, WindowFunction>) {
    return {.name = function.name, .parameters = function.parameters};
  } else {
    return {
        .name = function.name, .parameters = function.parameters, .variadic = function.variadic};
  }
}

std::vector<bool> flags(rust::Slice<const bool> values) { return {values.begin(), values.end()}; }

std::span<const bool> span(rust::Slice<const bool> values) {
  return {values.data(), values.size()};
}

}  // namespace

NativeKernel::NativeKernel(std::shared_ptr<const Function> function, std::vector<Field> arguments,
                           Field returns)
    : function_(std::move(function)),
      arguments_(std::move(arguments)),
      returns_(result_schema(std::move(returns))) {}

void NativeKernel::invoke(std::int64_t rows, ArrowArray* arguments, rust::Slice<const bool> scalars,
                          const rust_side::Token* stop, ArrowArray* result) const {
  StructArray columns(rows, scalars.size(), arguments);
  crossing([&] {
    const StopCheck check = [stop] { return stop != nullptr && rust_side::token_has_ended(*stop); };
    const StopScope scope(check);
    invoke_kernel(std::get<ScalarFunction>(*function_), arguments_, returns_, rows, &columns.array,
                  span(scalars), result);
  });
}

void NativeKernel::evaluate_partition(std::int64_t rows, ArrowArray* arguments,
                                      ArrowArray* result) const {
  StructArray columns(rows, arguments_.size(), arguments);
  crossing([&] {
    const auto& function = std::get<WindowFunction>(*function_);
    const Columns views(&columns.array, arguments_);
    build_result(
        function.name, returns_, rows,
        [&](ColumnBuilder& out) { function.partition_kernel(views.views(), rows, out); }, result);
  });
}

void NativeKernel::evaluate_frame(std::int64_t rows, ArrowArray* arguments, std::int64_t begin,
                                  std::int64_t end, ArrowArray* result) const {
  StructArray columns(rows, arguments_.size(), arguments);
  crossing([&] {
    const auto& function = std::get<WindowFunction>(*function_);
    const Columns views(&columns.array, arguments_);
    build_result(
        function.name, returns_, 1,
        [&](ColumnBuilder& out) { function.frame_kernel(views.views(), {begin, end}, out); },
        result);
  });
}

NativeAccumulator::NativeAccumulator(std::shared_ptr<const AggregateFunction> function,
                                     AggregateFunction::Call call)
    : function_(std::move(function)),
      call_(std::move(call)),
      states_(function_->state_fields(call_)),
      results_(result_schema(call_.returns)),
      accumulator_(function_->accumulator(call_)) {
  // What they view lives no longer than the call that made this.
  call_.constants.assign(call_.constants.size(), std::nullopt);
}

void NativeAccumulator::grow(std::size_t groups) {
  crossing([&] { run_guarded(function_->name, [&] { accumulator_->grow(groups); }); });
}

void NativeAccumulator::update(ArrowArray* arguments, rust::Slice<const bool> scalars,
                               rust::Slice<const std::size_t> groups) {
  StructArray columns(static_cast<std::int64_t>(groups.size()), scalars.size(), arguments);
  crossing([&] {
    const Columns views(&columns.array, call_.arguments, span(scalars));
    run_guarded(function_->name,
                [&] { accumulator_->update(views.views(), {groups.data(), groups.size()}); });
  });
}

void NativeAccumulator::merge(ArrowArray* states, rust::Slice<const std::size_t> groups) {
  StructArray columns(static_cast<std::int64_t>(groups.size()), states_.fields().size(), states);
  crossing([&] {
    const Columns views(&columns.array, states_.fields());
    run_guarded(function_->name,
                [&] { accumulator_->merge(views.views(), {groups.data(), groups.size()}); });
  });
}

void NativeAccumulator::retract(ArrowArray* arguments, rust::Slice<const bool> scalars,
                                rust::Slice<const std::size_t> groups) {
  StructArray columns(static_cast<std::int64_t>(groups.size()), scalars.size(), arguments);
  crossing([&] {
    const Columns views(&columns.array, call_.arguments, span(scalars));
    run_guarded(function_->name,
                [&] { accumulator_->retract(views.views(), {groups.data(), groups.size()}); });
  });
}

void NativeAccumulator::write_states(std::size_t count, ArrowArray* states) {
  crossing([&] {
    run_guarded(function_->name, [&] {
      ColumnWriter writer(states_);
      std::vector<ColumnBuilder> builders;
      for (std::size_t i = 0; i < states_.fields().size(); ++i)
        builders.push_back(writer.column(i));
      accumulator_->write_states(count, builders);
      ArrowArray parent;
      writer.finish(&parent);
      if (parent.length != static_cast<std::int64_t>(count)) {
        parent.release(&parent);
        fail_function(function_->name, "wrote another number of states than groups");
      }
      for (std::size_t i = 0; i < states_.fields().size(); ++i) {
        states[i] = *parent.children[i];
        parent.children[i]->release = nullptr;
      }
      parent.release(&parent);
    });
  });
}

void NativeAccumulator::write_results(std::size_t count, ArrowArray* results) {
  crossing([&] {
    build_result(
        function_->name, results_, static_cast<std::int64_t>(count),
        [&](ColumnBuilder& out) { accumulator_->write_results(count, out); }, results);
  });
}

void NativeAccumulator::drop_first(std::size_t count) {
  crossing([&] { run_guarded(function_->name, [&] { accumulator_->drop_first(count); }); });
}

std::size_t NativeAccumulator::bytes() const { return accumulator_->bytes(); }

bool NativeOperator::holds(ArrowSchema* operands) const noexcept {
  try {
    const std::vector<Field> fields = import_schema(operands).fields;
    return binding_.left.coerce(fields.at(0).type) && binding_.right.coerce(fields.at(1).type);
  } catch (const std::exception&) {
    return false;  // of types that have no value form here
  }
}

NativeFunction::NativeFunction(ScalarFunction function)
    : kernel_(std::make_shared<const NativeKernel::Function>(std::move(function))) {}

NativeFunction::NativeFunction(AggregateFunction function)
    : aggregate_(std::make_shared<const AggregateFunction>(std::move(function))) {}

NativeFunction::NativeFunction(WindowFunction function)
    : kernel_(std::make_shared<const NativeKernel::Function>(std::move(function))) {}

template <typename Visit>
static auto visit(const std::shared_ptr<const NativeKernel::Function>& kernel,
                  const std::shared_ptr<const AggregateFunction>& aggregate, Visit&& with) {
  return kernel ? std::visit(with, *kernel) : with(*aggregate);
}

void NativeFunction::coerce(ArrowSchema* given, ArrowSchema* wanted) const {
  crossing([&] {
    std::vector<DataType> types;
    for (Field& field : import_schema(given).fields) types.push_back(std::move(field.type));
    const auto coerced = visit(kernel_, aggregate_, [&](const auto& function) {
      return coerce_call(callable_of(function), types);
    });
    Schema out;
    for (const DataType& type : coerced) out.fields.push_back({.name = "", .type = type});
    export_schema(out, wanted);
  });
}

void NativeFunction::return_field(ArrowSchema* arguments, ArrowArray* constants,
                                  rust::Slice<const bool> is_constant, ArrowSchema* out) const {
  visit(kernel_, aggregate_, [&](const auto& function) {
    planning(function.name, [&] {
      const PlannedCall planned(arguments, constants, flags(is_constant));
      // The engine doesn't check again what could not be coerced.
      std::vector<DataType> types;
      for (const Field& field : planned.call().arguments) types.push_back(field.type);
      coerce_call(callable_of(function), types);
      export_field(result_field(function, planned.call()), out);
    });
  });
}

void NativeFunction::require_constants(rust::Slice<const bool> is_constant) const {
  visit(kernel_, aggregate_, [&](const auto& function) {
    planning(function.name, [&] {
      const Callable callable = callable_of(function);
      for (std::size_t i = 0; i < is_constant.size(); ++i) {
        if (is_constant[i] || !callable.parameter(i).constant) continue;
        throw Error(ErrorCode::InvalidQuery,
                    "argument `" + callable.parameter(i).name + "` must be a constant");
      }
    });
  });
}

rust::String NativeFunction::rewrite(ArrowSchema* arguments, ArrowArray* constants,
                                     rust::Slice<const bool> is_constant) const {
  const auto& function = std::get<ScalarFunction>(*kernel_);
  return planning(function.name, [&]() -> rust::String {
    const PlannedCall planned(arguments, constants, flags(is_constant));
    const std::optional<Expr> expression = function.rewrite(planned.call());
    if (!expression) return {};
    return encode_parameters({{"result", *expression}});
  });
}

void NativeFunction::state_fields(ArrowSchema* arguments, ArrowSchema* out) const {
  planning(aggregate_->name, [&] {
    FunctionCall call{.arguments = import_schema(arguments).fields};
    call.constants.resize(call.arguments.size());
    export_schema(Schema{.fields = aggregate_->state_fields(call)}, out);
  });
}

std::shared_ptr<NativeKernel> NativeFunction::prepare(ArrowSchema* arguments,
                                                      ArrowSchema* returns) const {
  return crossing([&] {
    std::vector<Field> fields = import_schema(arguments).fields;
    return std::make_shared<NativeKernel>(kernel_, std::move(fields), import_field(returns));
  });
}

std::unique_ptr<NativeAccumulator> NativeFunction::accumulate(ArrowSchema* arguments,
                                                              ArrowArray* constants,
                                                              rust::Slice<const bool> is_constant,
                                                              ArrowSchema* returns,
                                                              bool ignore_nulls) const {
  return planning(aggregate_->name, [&] {
    const PlannedCall planned(arguments, constants, flags(is_constant));
    // Views of constants end with this call; an accumulator takes what it needs of them now.
    AggregateFunction::Call call{planned.call(), import_field(returns), ignore_nulls};
    return std::make_unique<NativeAccumulator>(aggregate_, std::move(call));
  });
}

}  // namespace alluvium::bridge
