#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace alluvium::code {

/// A SCIP symbol taken apart.
/// Source: the grammar of symbols in scip.proto.
struct ScipSymbol {
  bool is_local = false;  ///< Means something in its document only.
  std::string package;    ///< The package's name; empty where there is none.
  std::string package_version;
  std::string name;       ///< Of the last descriptor.
  std::string_view kind;  ///< As the last descriptor's suffix tells: `type`, `method`, ...

  /// Whether the source may spell `name` where the symbol occurs: not for modules, whose occurrence
  /// is a dotted path or a whole file, nor for names that indexers make up, such as `<init>`.
  [[nodiscard]] bool is_spelled() const;
};

/// Returns nothing for text that is no symbol.
std::optional<ScipSymbol> parse_scip_symbol(std::string_view symbol);

}  // namespace alluvium::code
