#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "code/scip/scip_document.h"
#include "code/scip/scip_position.h"

namespace alluvium::code {

/// How many ranges were looked at, and how many are at their names.
struct ScipLanding {
  std::int64_t looked = 0;
  std::int64_t landed = 0;

  [[nodiscard]] std::int64_t missed() const { return looked - landed; }
};

/// Where the occurrences of a document are in its file.
struct ScipPlacement {
  struct Place {
    std::optional<ScipPositions::TextRange> range;  ///< Nothing outside of the file.
    std::optional<bool> lands;  ///< Whether the name is there; nothing where none is spelled.
  };
  std::vector<Place> places;  ///< Of all occurrences, in their order.
  ScipLanding definitions;
  ScipLanding references;
  std::int64_t outside = 0;
  const ScipOccurrence* first_outside = nullptr;
  const ScipOccurrence* first_astray = nullptr;  ///< A definition that is not at its name.

  /// Whether the file is the one that was indexed: `whole`, `partial` or `none`; nothing where that
  /// can't be told.
  [[nodiscard]] std::optional<std::string_view> fit() const;
};

/// Finds the occurrences of `document` at `positions`, whose unit it decides. `names` has, of each
/// occurrence, the name that the source should have there; null where that can't be told, and of
/// one without a range. The result points into `document`.
ScipPlacement place_occurrences(const ScipDocument& document,
                                std::span<const std::string* const> names,
                                ScipPositions& positions);

}  // namespace alluvium::code
