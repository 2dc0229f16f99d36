#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/udf/function_set.h"

namespace alluvium {

/// What a registry tells of one function.
struct FunctionEntry {
  struct Argument {
    std::string name;
    std::string type;           ///< A type, or a class of types.
    std::string default_value;  ///< As SQL; empty without one.
    bool constant = false;
    std::string description;
    std::vector<std::string> examples;
  };

  std::string name;
  std::string kind;  ///< `scalar`, `aggregate`, `window`, `table`, `alias` or `operator`.
  std::vector<std::string> aliases;
  std::vector<Argument> arguments;
  bool variadic = false;
  std::string volatility;  ///< `immutable`, `stable` or `volatile`.
  std::string returns;     ///< A type, or `depends on the arguments`; what an alias stands for.
  bool nullable = true;
  /// What else the engine is told: `null_propagating`, `short_circuits`, `monotonic`, `rewrites`,
  /// `retracts`, `order_sensitive`, `null_treatment`, `frames`.
  std::vector<std::string> traits;
  std::string syntax;
  FunctionDocumentation documentation;
};

/// The functions of a set at one moment, ordered by name. Equal sets have equal hashes, whatever
/// the order in which they were put together; documentation doesn't count.
struct FunctionSnapshot {
  std::vector<FunctionEntry> entries;
  std::string hash;  ///< 32 hex digits.

  /// The function that is called `name`, by its name or an alias; null without one.
  [[nodiscard]] const FunctionEntry* find(std::string_view name) const;
};

FunctionSnapshot snapshot(const FunctionSet& functions);

/// What tells two snapshots apart, one line for each function: `- name ...` only in `wanted`,
/// `+ name ...` only in `found`, `~ name: ...` where they differ.
std::vector<std::string> differences(const FunctionSnapshot& wanted, const FunctionSnapshot& found);

}  // namespace alluvium
