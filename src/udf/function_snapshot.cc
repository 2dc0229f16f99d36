#include "alluvium/udf/function_snapshot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "frame/hash_internal.h"
#include "udf/syntax_internal.h"

namespace alluvium {
namespace {

std::string name_of(Volatility volatility) {
  switch (volatility) {
    case Volatility::Immutable:
      return "immutable";
    case Volatility::Stable:
      return "stable";
    case Volatility::Volatile:
      break;
  }
  return "volatile";
}

std::vector<FunctionEntry::Argument> arguments_of(const std::vector<Parameter>& parameters) {
  std::vector<FunctionEntry::Argument> arguments;
  for (const Parameter& parameter : parameters) {
    arguments.push_back(
        {.name = parameter.name,
         .type = parameter.type.to_string(),
         .default_value = parameter.default_value ? to_sql(*parameter.default_value) : "",
         .constant = parameter.constant,
         .description = parameter.description,
         .examples = parameter.examples});
  }
  return arguments;
}

template <typename Function>
FunctionEntry entry_of(const Function& function, std::string kind) {
  FunctionEntry entry{.name = function.name,
                      .kind = std::move(kind),
                      .arguments = arguments_of(function.parameters),
                      .variadic = is_variadic(function),
                      .volatility = "immutable",
                      .syntax = syntax(function),
                      .documentation = function.documentation};
  if constexpr (requires { function.aliases; }) entry.aliases = function.aliases;
  if constexpr (requires { function.returns; }) {
    entry.returns =
        function.return_field ? "depends on the arguments" : function.returns.type.to_string();
    entry.nullable = function.return_field || function.returns.nullable;
  }
  return entry;
}

void mark(FunctionEntry& entry, bool holds, std::string_view trait) {
  if (holds) entry.traits.emplace_back(trait);
}

FunctionEntry describe(const ScalarFunction& function) {
  FunctionEntry entry = entry_of(function, "scalar");
  entry.volatility = name_of(function.volatility);
  mark(entry, function.null_propagating, "null_propagating");
  mark(entry, function.short_circuits, "short_circuits");
  mark(entry, !function.monotonicity.empty(), "monotonic");
  mark(entry, static_cast<bool>(function.rewrite), "rewrites");
  return entry;
}

FunctionEntry describe(const AggregateFunction& function) {
  FunctionEntry entry = entry_of(function, "aggregate");
  mark(entry, function.retracts, "retracts");
  mark(entry, function.order_sensitive, "order_sensitive");
  mark(entry, function.null_treatment, "null_treatment");
  return entry;
}

FunctionEntry describe(const WindowFunction& function) {
  FunctionEntry entry = entry_of(function, "window");
  mark(entry, static_cast<bool>(function.frame_kernel), "frames");
  return entry;
}

FunctionEntry describe(const TableFunction& function) {
  FunctionEntry entry = entry_of(function, "table");
  entry.volatility = "volatile";
  entry.returns = "TABLE";
  return entry;
}

FunctionEntry describe(const FunctionAlias& alias) {
  return {.name = alias.name,
          .kind = "alias",
          .returns = alias.function,
          .syntax = alias.name + "(...)",
          .documentation = {.category = "alias",
                            .description = fmt::format("The engine's `{}`.", alias.function)}};
}

FunctionEntry describe(const OperatorBinding& binding) {
  return {
      .name = binding.symbol,
      .kind = "operator",
      .arguments = {{.name = "left", .type = binding.left.to_string()},
                    {.name = "right", .type = binding.right.to_string()}},
      .returns = binding.function,
      .traits = binding.swapped ? std::vector<std::string>{"swapped"} : std::vector<std::string>{},
      .syntax = fmt::format("left {} right", binding.symbol),
      .documentation = {.category = "operator",
                        .description = fmt::format("Stands for `{}`.", binding.function)}};
}

// What decides what a call means.
std::string signature_of(const FunctionEntry& entry) {
  std::string text =
      fmt::format("{} {} [{}] (", entry.kind, entry.name, fmt::join(entry.aliases, ", "));
  for (const FunctionEntry::Argument& argument : entry.arguments) {
    text += fmt::format("{}: {}{}{}, ", argument.name, argument.type,
                        argument.default_value.empty() ? "" : " = " + argument.default_value,
                        argument.constant ? " constant" : "");
  }
  return text + fmt::format("){} -> {}{} {} {}", entry.variadic ? "..." : "", entry.returns,
                            entry.nullable ? "" : " not null", entry.volatility,
                            fmt::join(entry.traits, " "));
}

}  // namespace

const FunctionEntry* FunctionSnapshot::find(std::string_view name) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const FunctionEntry& entry) {
    return entry.name == name ||
           std::find(entry.aliases.begin(), entry.aliases.end(), name) != entry.aliases.end();
  });
  return found == entries.end() ? nullptr : &*found;
}

FunctionSnapshot snapshot(const FunctionSet& functions) {
  FunctionSnapshot out;
  const auto add = [&](const auto& each) {
    for (const auto& function : each) out.entries.push_back(describe(function));
  };
  add(functions.scalars);
  add(functions.aggregates);
  add(functions.windows);
  add(functions.tables);
  add(functions.aliases);
  add(functions.operators);
  std::sort(out.entries.begin(), out.entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.name, signature_of(a)) < std::pair(b.name, signature_of(b));
  });
  SequenceHash hash;
  for (const FunctionEntry& entry : out.entries) hash.add(signature_of(entry));
  out.hash = hash.digest();
  return out;
}

std::vector<std::string> differences(const FunctionSnapshot& wanted,
                                     const FunctionSnapshot& found) {
  std::vector<std::string> lines;
  std::set<std::string> signatures;
  for (const FunctionEntry& entry : found.entries) signatures.insert(signature_of(entry));
  for (const FunctionEntry& entry : wanted.entries) {
    const FunctionEntry* const other = found.find(entry.name);
    if (other == nullptr) {
      lines.push_back("- " + signature_of(entry));
    } else if (!signatures.contains(signature_of(entry))) {
      lines.push_back(fmt::format("~ {}: {} instead of {}", entry.name, signature_of(*other),
                                  signature_of(entry)));
    }
  }
  for (const FunctionEntry& entry : found.entries) {
    if (wanted.find(entry.name) == nullptr) lines.push_back("+ " + signature_of(entry));
  }
  return lines;
}

}  // namespace alluvium
