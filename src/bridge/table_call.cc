#include "bridge/table_call_internal.h"

#include <nlohmann/json.hpp>

#include "bridge/rust_call_internal.h"
#include "frame/arrow_schema_internal.h"
#include "frame/expr_internal.h"
#include "frame/type_json_internal.h"

namespace alluvium::bridge {
namespace {

using nlohmann::json;

class ShapeWriter {
 public:
  void add(std::vector<std::string> names, bool table, const std::vector<Parameter>& parameters) {
    json list = json::array();
    for (const Parameter& parameter : parameters) {
      json value = nullptr;
      if (parameter.default_value) value = encoder_.add(*parameter.default_value);
      list.push_back({{"name", parameter.name}, {"default", std::move(value)}});
    }
    functions_.push_back(
        {{"names", std::move(names)}, {"table", table}, {"parameters", std::move(list)}});
  }

  template <typename Function>
  void add_value(const Function& function) {
    std::vector<std::string> names = function.aliases;
    names.push_back(function.name);
    add(std::move(names), false, function.parameters);
  }

  [[nodiscard]] std::string document() && {
    return to_document({{"nodes", encoder_.nodes()}, {"functions", std::move(functions_)}});
  }

 private:
  ExprEncoder encoder_;
  json functions_ = json::array();
};

}  // namespace

std::string function_shapes(const FunctionSet& functions) {
  ShapeWriter writer;
  for (const auto& function : functions.scalars) {
    if (!function.variadic) writer.add_value(function);
  }
  for (const auto& function : functions.aggregates) {
    if (!function.variadic) writer.add_value(function);
  }
  for (const auto& function : functions.windows) writer.add_value(function);
  for (const auto& function : functions.tables) {
    writer.add({function.name}, true, function.parameters);
  }
  return std::move(writer).document();
}

class TableCall {
 public:
  explicit TableCall(rust::Box<rust_side::Call> call) : rust(std::move(call)) {}
  rust::Box<rust_side::Call> rust;
};

struct ResolvedCalls::Impl {
  rust::Box<rust_side::Tables> rust = rust_side::tables_new();
};

ResolvedCalls::ResolvedCalls() : impl_(std::make_unique<Impl>()) {}
ResolvedCalls::~ResolvedCalls() = default;

void ResolvedCalls::add(const TableCall& call, const Frame& frame) {
  rust_side::tables_add(*impl_->rust, *call.rust, *frame.rust);
}

std::string table_call_function(const TableCall& call) {
  return static_cast<std::string>(rust_side::call_function(*call.rust));
}

Schema table_call_types(const TableCall& call) {
  SchemaExport schema;
  cross([&] { rust_side::call_schema(*call.rust, schema.get()); });
  return schema.take();
}

RecordBatch table_call_row(const TableCall& call, const Schema& wanted) {
  SchemaExport types(wanted);
  ArrowArray array{};
  ArrowSchema schema{};
  cross([&] { rust_side::call_row(*call.rust, types.get(), &array, &schema); });
  return RecordBatch::import_from(&array, &schema);
}

PlannedStatement sql(const Session& session, std::string_view query, const std::string& permissions,
                     const std::string& parameters, ResolvedCalls& calls,
                     const Interrupt& interrupt) {
  const Interruption interruption(interrupt);
  return cross([&] {
    auto planned = rust_side::sql(*session.rust, text(query), text(permissions), text(parameters),
                                  *calls.impl().rust, interruption.token());
    PlannedStatement statement{.frame = nullptr,
                               .change = {},
                               .call = nullptr,
                               .changed_functions = rust_side::planned_changed_functions(*planned)};
    if (rust_side::planned_has_call(*planned)) {
      statement.call = std::make_shared<const TableCall>(rust_side::planned_call(*planned));
      return statement;
    }
    statement.frame = wrap(rust_side::planned_frame(*planned));
    statement.change = static_cast<std::string>(rust_side::planned_change(*planned));
    return statement;
  });
}

}  // namespace alluvium::bridge
