#include "udf/plugin_declaration_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include "alluvium/error.h"
#include "frame/column_internal.h"
#include "frame/column_transfer_internal.h"
#include "frame/utf8_internal.h"
#include "udf/plugin_call_internal.h"
#include "udf/plugin_file_internal.h"
#include "udf/plugin_kernel_internal.h"

namespace alluvium {
namespace {

bool is_name(std::string_view name) {
  constexpr std::size_t kMaxName = 128;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz_";
  return !name.empty() && name.size() <= kMaxName && kLetters.find(name.front()) != name.npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == name.npos;
}

template <typename T>
std::optional<Expr> number_literal(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return lit(value);
}

std::optional<Expr> literal(std::string_view text, const DataType& type) {
  switch (type.id()) {
    case DataType::Id::Bool:
      if (text != "true" && text != "false") return std::nullopt;
      return lit(text == "true");
    case DataType::Id::Int8:
      return number_literal<std::int8_t>(text);
    case DataType::Id::Int16:
      return number_literal<std::int16_t>(text);
    case DataType::Id::Int32:
      return number_literal<std::int32_t>(text);
    case DataType::Id::Int64:
      return number_literal<std::int64_t>(text);
    case DataType::Id::UInt8:
      return number_literal<std::uint8_t>(text);
    case DataType::Id::UInt16:
      return number_literal<std::uint16_t>(text);
    case DataType::Id::UInt32:
      return number_literal<std::uint32_t>(text);
    case DataType::Id::UInt64:
      return number_literal<std::uint64_t>(text);
    case DataType::Id::Float32:
      return number_literal<float>(text);
    case DataType::Id::Float64:
      return number_literal<double>(text);
    case DataType::Id::Utf8:
      return lit(text);
    case DataType::Id::Binary:
      return lit_binary(text);
    default:
      if (!type.children().empty()) return std::nullopt;
      return lit(std::string(text), type);
  }
}

// The type that a literal for a parameter has.
std::optional<DataType> literal_type(const ParameterType& type) {
  if (type.exact()) return type.exact();
  switch (type.family()) {
    case TypeClass::Integer:
      return int64();
    case TypeClass::Numeric:
      return float64();
    case TypeClass::Text:
      return utf8();
    default:
      return std::nullopt;
  }
}

std::optional<TypeClass> type_class(std::int32_t number) {
  switch (number) {
    case ALLUVIUM_TYPE_ANY:
      return TypeClass::Any;
    case ALLUVIUM_TYPE_INTEGER:
      return TypeClass::Integer;
    case ALLUVIUM_TYPE_NUMERIC:
      return TypeClass::Numeric;
    case ALLUVIUM_TYPE_TEXT:
      return TypeClass::Text;
    case ALLUVIUM_TYPE_BINARY:
      return TypeClass::Binary;
    case ALLUVIUM_TYPE_TEMPORAL:
      return TypeClass::Temporal;
    case ALLUVIUM_TYPE_LIST:
      return TypeClass::List;
    case ALLUVIUM_TYPE_MAP:
      return TypeClass::Map;
    case ALLUVIUM_TYPE_STRUCT:
      return TypeClass::Struct;
    default:
      return std::nullopt;
  }
}

// Reads what a plug-in declares, and knows what it is reading when that is wrong.
class DeclarationReader {
 public:
  DeclarationReader(const std::string& file, std::string place)
      : file_(file), place_(std::move(place)) {}

  [[noreturn]] void refuse(std::string_view what,
                           ErrorCode code = ErrorCode::InvalidArgument) const {
    refuse_plugin(file_, code, fmt::format("{} {}", place_, what));
  }
  void require(bool holds, std::string_view what) const {
    if (!holds) refuse(what);
  }

  // A struct as this library knows it: what the plug-in's lacks is zero.
  template <typename Struct>
  [[nodiscard]] Struct structure(const Struct* given) const {
    require(given != nullptr, "is null");
    // All structs are as long as in the first version of the ABI; one that grows gets another
    // minimum than its size.
    constexpr std::size_t kLeast = sizeof(Struct);
    require(
        given->struct_size >= kLeast,
        fmt::format("has a struct_size of {} instead of {} or more", given->struct_size, kLeast));
    Struct copy{};
    std::memcpy(&copy, given, std::min(sizeof copy, given->struct_size));
    return copy;
  }

  template <typename Item>
  [[nodiscard]] std::span<const Item> items(const Item* pointer, std::size_t count,
                                            std::string_view of) const {
    constexpr std::size_t kMost = 10'000;
    require(count <= kMost, fmt::format("has {} {}", count, of));
    require(count == 0 || pointer != nullptr, fmt::format("has no array of its {}", of));
    return {pointer, count};
  }

  [[nodiscard]] std::string name(const char* text) const {
    require(text != nullptr, "has no name");
    require(is_name(text), fmt::format("has the name `{}`, which isn't lower-case letters, digits "
                                       "and `_`, at most 128 of them",
                                       is_valid_utf8(text) ? text : "?"));
    return text;
  }

  [[nodiscard]] DataType exact_type(const AlluviumType& type) const {
    require(type.type_class == ALLUVIUM_TYPE_EXACT, "has a class of types where one type is due");
    require((type.format == nullptr) != (type.schema == nullptr),
            "has neither or both of a type's format and schema");
    try {
      if (type.schema != nullptr) return read_plugin_schema(*type.schema).type;
      const ArrowSchema simple{.format = type.format, .release = [](ArrowSchema*) {}};
      const DataType read = read_plugin_schema(simple).type;
      // Made once, so that nanoarrow looks at the format too.
      (void)ColumnWriter(WriterSchema({{.name = "value", .type = read}}));
      return read;
    } catch (const Error& error) {
      refuse(fmt::format("has a type that can't be: {}", error.message()));
    }
  }

  [[nodiscard]] ParameterType parameter_type(const AlluviumType& type) const {
    if (type.type_class == ALLUVIUM_TYPE_EXACT) return exact_type(type);
    const std::optional<TypeClass> known = type_class(type.type_class);
    if (!known) refuse(fmt::format("has the unknown class of types {}", type.type_class));
    return *known;
  }

  [[nodiscard]] DataType crossing_type(const AlluviumType& type) const {
    DataType read = exact_type(type);
    if (!can_append_column(read)) {
      refuse(fmt::format("has the type {}, which a plug-in can't return", read.to_string()),
             ErrorCode::Unsupported);
    }
    return read;
  }

  [[nodiscard]] DeclarationReader part(const std::string& what) const {
    return {file_, fmt::format("{}, {}", place_, what)};
  }

  Parameter parameter(const AlluviumParameter* given) const {
    const auto read = structure(given);
    const std::string named = name(read.name);
    const DeclarationReader here = part(fmt::format("`{}`,", named));
    Parameter out{.name = named,
                  .type = here.parameter_type(read.type),
                  .description = text_or_empty(read.description)};
    if (read.has_default != 0) out.default_value = here.default_value(out.type, read.default_text);
    return out;
  }

  std::vector<Parameter> parameters(const AlluviumDeclaration& declaration) const {
    std::vector<Parameter> out;
    std::set<std::string> names;
    for (const auto* const given :
         items(declaration.parameters, declaration.parameter_count, "parameters")) {
      const DeclarationReader here = part(fmt::format("parameter {}", out.size() + 1));
      out.push_back(here.parameter(given));
      here.require(names.insert(out.back().name).second,
                   fmt::format("has the name `{}` of another one", out.back().name));
      here.require(
          out.size() == 1 || !out[out.size() - 2].default_value || out.back().default_value,
          "has no default, but the one before it does");
    }
    require(declaration.variadic == 0 || !out.empty(),
            "is variadic but has no parameter to repeat");
    return out;
  }

 private:
  [[nodiscard]] Expr default_value(const ParameterType& type, const char* text) const {
    const std::optional<DataType> read_as = literal_type(type);
    if (!read_as) refuse("can't have a default: its type is a class");
    if (text == nullptr) return lit_null(*read_as);
    require(is_valid_utf8(text), "has a default that isn't UTF-8");
    std::optional<Expr> value = literal(text, *read_as);
    if (!value)
      refuse(fmt::format("has the default `{}`, which is no {}", text, read_as->to_string()));
    return *std::move(value);
  }

  std::string file_;
  std::string place_;
};

std::string label(const AlluviumDeclaration& declaration, std::string_view otherwise) {
  const bool readable = declaration.name != nullptr && is_name(declaration.name);
  return readable ? fmt::format("function `{}`", declaration.name) : std::string(otherwise);
}

Volatility volatility(std::int32_t number, const DeclarationReader& reader) {
  switch (number) {
    case ALLUVIUM_IMMUTABLE:
      return Volatility::Immutable;
    case ALLUVIUM_STABLE:
      return Volatility::Stable;
    case ALLUVIUM_VOLATILE:
      return Volatility::Volatile;
    default:
      reader.refuse(fmt::format("has the unknown volatility {}", number));
  }
}

// What scalar and aggregate functions have in common.
template <typename Function>
Function read_common(const AlluviumDeclaration& declaration, const DeclarationReader& reader) {
  Function out{.name = reader.name(declaration.name), .parameters = reader.parameters(declaration)};
  out.variadic = declaration.variadic != 0;
  for (const char* alias : reader.items(declaration.aliases, declaration.alias_count, "aliases")) {
    out.aliases.push_back(reader.part("alias").name(alias));
  }
  const auto text = [&](const char* given) {
    reader.require(given == nullptr || is_valid_utf8(given), "has documentation that isn't UTF-8");
    return text_or_empty(given);
  };
  out.documentation = {.description = text(declaration.description),
                       .example = text(declaration.example),
                       .example_result = text(declaration.example_result)};
  if (declaration.category != nullptr) out.documentation.category = text(declaration.category);
  if (declaration.return_field != nullptr) {
    out.return_field = plugin_return_field(out.name, declaration);
  } else {
    out.returns = {.name = "",
                   .type = reader.part("result").crossing_type(declaration.returns),
                   .nullable = declaration.returns_nullable != 0};
  }
  return out;
}

ScalarFunction read_scalar(const AlluviumScalarFunction& function,
                           const AlluviumDeclaration& declaration,
                           const DeclarationReader& reader) {
  reader.require(function.invoke != nullptr, "has no `invoke`");
  auto out = read_common<ScalarFunction>(declaration, reader);
  out.volatility = volatility(function.volatility, reader);
  out.null_propagating = function.null_propagating != 0;
  out.kernel = plugin_kernel(out, function, declaration);
  return out;
}

std::vector<Field> read_states(const AlluviumAggregateFunction& function,
                               const DeclarationReader& reader) {
  std::vector<Field> out;
  for (const auto* const given : reader.items(function.states, function.state_count, "states")) {
    const DeclarationReader here = reader.part(fmt::format("state {}", out.size() + 1));
    const auto read = here.structure(given);
    out.push_back({.name = here.name(read.name),
                   .type = here.crossing_type(read.type),
                   .nullable = read.nullable != 0});
  }
  return out;
}

AggregateFunction read_aggregate(const AlluviumAggregateFunction& function,
                                 const AlluviumDeclaration& declaration,
                                 const DeclarationReader& reader) {
  const auto has = [&](bool given, std::string_view what) {
    reader.require(given, fmt::format("has no `{}`", what));
  };
  has(function.create != nullptr, "create");
  has(function.grow != nullptr, "grow");
  has(function.update != nullptr, "update");
  has(function.merge != nullptr, "merge");
  has(function.write_states != nullptr, "write_states");
  has(function.write_results != nullptr, "write_results");
  has(function.drop_first != nullptr, "drop_first");
  has(function.bytes != nullptr, "bytes");
  has(function.destroy != nullptr, "destroy");
  auto out = read_common<AggregateFunction>(declaration, reader);
  out.retracts = function.retract != nullptr;
  out.order_sensitive = function.order_sensitive != 0;
  out.null_treatment = function.null_treatment != 0;
  std::vector<Field> states = read_states(function, reader);
  reader.require(states.empty() != (function.state_fields == nullptr),
                 "has neither or both of `states` and `state_fields`");
  out.state_fields = plugin_state_fields(out.name, function, declaration, std::move(states));
  out.accumulator = plugin_accumulator(out, function, declaration);
  return out;
}

}  // namespace

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

FunctionSet read_functions(const std::string& file, const AlluviumPlugin& given) {
  const DeclarationReader reader(file, "its AlluviumPlugin");
  const auto plugin = reader.structure(&given);
  reader.require(plugin.name != nullptr && is_valid_utf8(plugin.name), "has no name");
  reader.require(is_valid_utf8(text_or_empty(plugin.version)), "has a version that isn't UTF-8");
  FunctionSet out;
  const auto read_all = [&](auto functions, std::string_view kind, const auto& read_one, auto& to) {
    for (const auto* const each : functions) {
      const std::string number = fmt::format("{} function {}", kind, to.size() + 1);
      const DeclarationReader unnamed(file, number);
      const auto function = unnamed.structure(each);
      const auto declaration = unnamed.part("declaration").structure(function.declaration);
      to.push_back(
          read_one(function, declaration, DeclarationReader(file, label(declaration, number))));
    }
  };
  read_all(reader.items(plugin.scalars, plugin.scalar_count, "scalars"), "scalar", read_scalar,
           out.scalars);
  read_all(reader.items(plugin.aggregates, plugin.aggregate_count, "aggregates"), "aggregate",
           read_aggregate, out.aggregates);
  reader.require(!out.empty(), "declares no function");
  return out;
}

}  // namespace alluvium
