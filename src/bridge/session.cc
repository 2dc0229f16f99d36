#include <nlohmann/json.hpp>

#include "bridge/native_function.h"
#include "bridge/rust_call_internal.h"
#include "bridge/table_call_internal.h"
#include "frame/arrow_schema_internal.h"
#include "frame/expr_internal.h"
#include "frame/type_json_internal.h"
#include "udf/syntax_internal.h"

namespace alluvium::bridge {
namespace {

std::string_view name_of(Volatility volatility) {
  switch (volatility) {
    case Volatility::Immutable:
      return "immutable";
    case Volatility::Stable:
      return "stable";
    case Volatility::Volatile:
      return "volatile";
  }
  return "volatile";
}

// A type for each parameter, for the catalog to show.
DataType example_type(const ParameterType& type) {
  if (type.exact()) return *type.exact();
  switch (type.family()) {
    case TypeClass::Integer:
      return int64();
    case TypeClass::Numeric:
      return float64();
    case TypeClass::Binary:
      return binary();
    case TypeClass::Temporal:
      return timestamp(TimeUnit::Micro);
    case TypeClass::List:
      return list(utf8());
    case TypeClass::Map:
      return map(utf8(), utf8());
    case TypeClass::Struct:
      return struct_({{.name = "value", .type = utf8()}});
    case TypeClass::Any:
    case TypeClass::Text:
      break;
  }
  return utf8();
}

void register_function(rust_side::SessionBuilder& builder, nlohmann::json declaration,
                       const std::vector<Parameter>& parameters,
                       std::shared_ptr<NativeFunction> function) {
  Schema examples;
  ExprEncoder defaults;
  auto described = nlohmann::json::array();
  for (const Parameter& parameter : parameters) {
    examples.fields.push_back({.name = parameter.name, .type = example_type(parameter.type)});
    described.push_back({{"name", parameter.name},
                         {"description", parameter.description},
                         {"default", parameter.default_value
                                         ? nlohmann::json(defaults.add(*parameter.default_value))
                                         : nlohmann::json(nullptr)}});
  }
  declaration["parameters"] = std::move(described);
  declaration["nodes"] = defaults.nodes();
  SchemaExport exported(examples);
  const std::string document = to_document(declaration);
  cross([&] {
    rust_side::add_function(builder, text(document), exported.get(), std::move(function));
  });
}

template <typename Function>
nlohmann::json describe(const Function& function, std::string_view kind) {
  return {{"kind", kind},
          {"name", function.name},
          {"aliases", function.aliases},
          {"volatility", "immutable"},
          {"description", function.documentation.description},
          {"syntax", syntax(function)},
          {"example", function.documentation.example}};
}

void add(rust_side::SessionBuilder& builder, const ScalarFunction& function) {
  auto monotonicity = nlohmann::json::array();
  for (const ScalarFunction::Monotonicity each : function.monotonicity) {
    monotonicity.push_back(each == ScalarFunction::Monotonicity::Increasing   ? 1
                           : each == ScalarFunction::Monotonicity::Decreasing ? -1
                                                                              : 0);
  }
  nlohmann::json declaration = describe(function, "scalar");
  declaration["volatility"] = name_of(function.volatility);
  declaration["traits"] = {{"null_propagating", function.null_propagating},
                           {"short_circuits", function.short_circuits},
                           {"monotonicity", std::move(monotonicity)},
                           {"rewrites", static_cast<bool>(function.rewrite)}};
  register_function(builder, std::move(declaration), function.parameters,
                    std::make_shared<NativeFunction>(function));
}

void add(rust_side::SessionBuilder& builder, const AggregateFunction& function) {
  nlohmann::json declaration = describe(function, "aggregate");
  declaration["traits"] = {{"retracts", function.retracts},
                           {"order_sensitive", function.order_sensitive},
                           {"null_treatment", function.null_treatment}};
  register_function(builder, std::move(declaration), function.parameters,
                    std::make_shared<NativeFunction>(function));
}

void add(rust_side::SessionBuilder& builder, const WindowFunction& function) {
  nlohmann::json declaration = describe(function, "window");
  declaration["traits"] = {{"frames", static_cast<bool>(function.frame_kernel)}};
  register_function(builder, std::move(declaration), function.parameters,
                    std::make_shared<NativeFunction>(function));
}

void add_functions(rust_side::SessionBuilder& builder, const FunctionSet& functions) {
  for (const ScalarFunction& function : functions.scalars) add(builder, function);
  for (const AggregateFunction& function : functions.aggregates) add(builder, function);
  for (const WindowFunction& function : functions.windows) add(builder, function);
  for (const FunctionAlias& alias : functions.aliases) {
    cross([&] { rust_side::add_alias(builder, text(alias.name), text(alias.function)); });
  }
  for (const OperatorBinding& binding : functions.operators) {
    cross([&] {
      rust_side::add_operator(builder, text(binding.symbol), text(binding.function),
                              binding.swapped, std::make_shared<NativeOperator>(binding));
    });
  }
}

}  // namespace

SessionPtr open_session(const std::string& profile_json, const FunctionSet& functions) {
  auto builder = cross([&] { return rust_side::session_builder(text(profile_json)); });
  add_functions(*builder, functions);
  const std::string shapes = function_shapes(functions);
  rust_side::set_shapes(*builder, text(shapes));
  return cross([&] { return std::make_shared<const Session>(rust_side::open_session(*builder)); });
}

FramePtr table(const Session& session, std::string_view name) {
  return cross([&] { return wrap(rust_side::table(*session.rust, text(name))); });
}

bool has_table(const Session& session, std::string_view name) {
  return cross([&] { return rust_side::has_table(*session.rust, text(name)); });
}

FramePtr read(const Session& session, const Provider& provider) {
  return cross([&] { return wrap(rust_side::read(*session.rust, *provider.rust)); });
}

FramePtr read_stream(const Session& session, ArrowArrayStream* stream) {
  return cross([&] { return wrap(rust_side::read_stream(*session.rust, stream)); });
}

FramePtr read_ipc(const Session& session, std::span<const std::byte> bytes) {
  const rust::Slice<const std::uint8_t> slice(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                              bytes.size());
  return cross([&] { return wrap(rust_side::read_ipc(*session.rust, slice)); });
}

FramePtr cache_entries(const Session& session, std::string_view cache) {
  return cross([&] { return wrap(rust_side::cache_entries(*session.rust, text(cache))); });
}

FramePtr constraints(const Session& session, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] { return wrap(rust_side::constraints(*session.rust, interruption.token())); });
}

MemoryUse memory(const Session& session) {
  return {.reserved = rust_side::memory_reserved(*session.rust),
          .peak = rust_side::memory_peak(*session.rust)};
}

void shutdown(std::uint64_t patience_ms) {
  cross([&] { rust_side::shutdown(patience_ms); });
}

std::string_view datafusion_version() {
  const rust::Str version = rust_side::datafusion_version();
  return {version.data(), version.size()};
}

std::string_view delta_rs_version() {
  const rust::Str version = rust_side::delta_rs_version();
  return {version.data(), version.size()};
}

void provoke_panic() {
  cross([] { rust_side::provoke_panic(); });
}

}  // namespace alluvium::bridge
