#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace alluvium::code {

/// The kinds of the view `edges` that say what depends on what; `edges.sql` tells what each means.
enum class EdgeKind : std::uint8_t {
  References,
  Calls,
  Inherits,
  DecoratedBy,
  Constructs,
  OverriddenBy,
  Contains,
  Protocol,
  Fixture,
  SetUpBy,
  SameName,
  Picks,
};

/// The kind's name in the view.
inline std::string_view name_of(EdgeKind kind) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "references", "calls",    "inherits", "decorated_by", "constructs", "overridden_by",
      "contains",   "protocol", "fixture",  "set_up_by",    "same_name",  "picks"};
  return kNames.at(static_cast<std::size_t>(kind));
}

/// Whom an edge that leads to a member of a class counts for.
enum class EdgeCondition : std::uint8_t {
  None,    ///< Everybody.
  Object,  ///< Who uses the class, or one that is derived from it: what is called on an object may
           ///< be something else where that is of another class.
};

}  // namespace alluvium::code
