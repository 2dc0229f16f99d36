#include "code/scip/scip_placement.h"

#include "code/scip/scip_schema.h"

namespace alluvium::code {
namespace {

/// References alone judge whether a document fits when there are so many: some are aliases.
constexpr std::int64_t kEnoughReferences = 20;

/// Whether the source has `name` at a range with `text`. Indexers give all of `name as alias`, of
/// an import, as one range.
bool is_at(std::string_view text, std::string_view name) {
  return text.starts_with(name) &&
         (text.size() == name.size() || text.substr(name.size()).starts_with(" as "));
}

void decide_unit(const ScipDocument& document, std::span<const std::string* const> names,
                 ScipPositions& positions) {
  std::vector<ScipLandmark> landmarks;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != nullptr) landmarks.push_back({*document.occurrences[i].range, *names[i]});
  }
  positions.decide_unit(document.position_unit, landmarks);
}

}  // namespace

std::optional<std::string_view> ScipPlacement::fit() const {
  // A definition is always at its own name; a reference may be by another (`import x as y`).
  if (definitions.looked > 0) {
    if (definitions.landed == definitions.looked) return "whole";
    return 2 * definitions.landed < definitions.looked ? "none" : "partial";
  }
  if (references.looked < kEnoughReferences) return std::nullopt;
  return 2 * references.landed < references.looked ? "none" : "whole";
}

ScipPlacement place_occurrences(const ScipDocument& document,
                                std::span<const std::string* const> names,
                                ScipPositions& positions) {
  decide_unit(document, names, positions);
  ScipPlacement placement;
  placement.places.reserve(document.occurrences.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ScipOccurrence& occurrence = document.occurrences[i];
    ScipPlacement::Place& place = placement.places.emplace_back();
    if (occurrence.range) place.range = positions.find(*occurrence.range);
    if (!place.range) {
      ++placement.outside;
      if (placement.first_outside == nullptr) placement.first_outside = &occurrence;
    }
    if (names[i] == nullptr) continue;
    const bool lands = place.range && is_at(positions.text(*place.range), *names[i]);
    place.lands = lands;
    const bool defines = (occurrence.roles & kScipDefinitionRole) != 0;
    ScipLanding& landing = defines ? placement.definitions : placement.references;
    ++landing.looked;
    if (lands) ++landing.landed;
    if (defines && !lands && placement.first_astray == nullptr) {
      placement.first_astray = &occurrence;
    }
  }
  return placement;
}

}  // namespace alluvium::code
