#pragma once

#include <cstdint>
#include <string_view>

namespace alluvium::code {

/// The name of a `SymbolInformation.Kind` (`type_alias`); empty for 0 and for numbers without one.
std::string_view scip_kind_name(std::int64_t kind);

}  // namespace alluvium::code
