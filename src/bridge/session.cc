#include <nlohmann/json.hpp>

#include "bridge/native_kernel.h"
#include "bridge/rust_call_internal.h"
#include "frame/arrow_schema_internal.h"
#include "frame/type_json_internal.h"

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

void add_function(rust_side::SessionBuilder& builder, const ScalarFunction& function) {
  Schema parameters;
  auto descriptions = nlohmann::json::array();
  for (const auto& parameter : function.parameters) {
    parameters.fields.push_back(
        {.name = parameter.name, .type = parameter.type.exact().value_or(null_type())});
    descriptions.push_back(parameter.description);
  }
  const nlohmann::json declaration = {
      {"name", function.name},
      {"aliases", function.aliases},
      {"variadic", function.variadic},
      {"volatility", name_of(function.volatility)},
      {"description", function.documentation.description},
      {"example", function.documentation.example},
      {"parameter_descriptions", descriptions},
  };
  SchemaExport parameter_schema(parameters);
  ArrowSchema returns{};
  export_field(function.returns, &returns);
  const std::string document = to_document(declaration);
  cross([&] {
    rust_side::add_function(builder, text(document), parameter_schema.get(), &returns,
                            std::make_shared<NativeKernel>(function));
  });
}

}  // namespace

SessionPtr open_session(const std::string& profile_json, const FunctionSet& functions) {
  auto builder = cross([&] { return rust_side::session_builder(text(profile_json)); });
  for (const auto& function : functions.scalars) add_function(*builder, function);
  return cross([&] { return std::make_shared<const Session>(rust_side::open_session(*builder)); });
}

PlannedStatement sql(const Session& session, std::string_view query, const std::string& permissions,
                     const std::string& parameters, const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    auto planned = rust_side::sql(*session.rust, text(query), text(permissions), text(parameters),
                                  interruption.token());
    return PlannedStatement{
        .frame = wrap(rust_side::planned_frame(*planned)),
        .change = static_cast<std::string>(rust_side::planned_change(*planned))};
  });
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

FramePtr read_ipc(const Session& session, std::span<const std::byte> bytes) {
  const rust::Slice<const std::uint8_t> slice(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                              bytes.size());
  return cross([&] { return wrap(rust_side::read_ipc(*session.rust, slice)); });
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
