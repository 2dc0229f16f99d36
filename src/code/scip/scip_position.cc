#include "code/scip/scip_position.h"

#include <algorithm>
#include <array>

namespace alluvium::code {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool all_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

ScipPositions::ScipPositions(std::string_view content)
    : source_(SourceText::decode(content, facts_)),
      has_mark_(content.starts_with(kUtf8Mark)),
      kinds_(source_.line_starts().size(), LineKind::Unknown) {}

void ScipPositions::decide_unit(std::optional<PositionUnit> declared,
                                std::span<const ScipLandmark> landmarks) {
  constexpr std::array<PositionUnit, 3> kUnits = {PositionUnit::Utf16, PositionUnit::Utf32,
                                                  PositionUnit::Utf8};
  // Only what the choices disagree about can decide.
  std::vector<ScipLandmark> deciding;
  for (const ScipLandmark& landmark : landmarks) {
    const ScipRange& range = landmark.range;
    if (range.start_line != range.end_line || range.start_line < 0 ||
        static_cast<std::size_t>(range.start_line) >= kinds_.size()) {
      continue;
    }
    if ((has_mark_ && range.start_line == 0) || !is_ascii(range.start_line)) {
      deciding.push_back(landmark);
    }
  }
  PositionUnit best_unit = declared.value_or(kUnits.front());
  bool best_mark = false;
  std::size_t most = 0;
  for (const PositionUnit unit : kUnits) {
    if (declared && unit != *declared) continue;
    for (const bool mark : {false, true}) {
      if (mark && !has_mark_) continue;
      unit_ = unit;
      counts_mark_ = mark;
      const std::size_t landed = count_landed(deciding);
      if (landed <= most) continue;
      most = landed;
      best_unit = unit;
      best_mark = mark;
    }
  }
  unit_ = best_unit;
  counts_mark_ = best_mark;
}

std::optional<ScipPositions::TextRange> ScipPositions::find(const ScipRange& range) {
  const auto begin = offset(range.start_line, range.start_column);
  const auto end = offset(range.end_line, range.end_column);
  if (!begin || !end || *end < *begin) return std::nullopt;
  return TextRange{*begin, *end};
}

std::size_t ScipPositions::count_landed(std::span<const ScipLandmark> landmarks) {
  return static_cast<std::size_t>(
      std::count_if(landmarks.begin(), landmarks.end(), [this](const ScipLandmark& landmark) {
        const auto place = find(landmark.range);
        return place && text(*place) == landmark.name;
      }));
}

std::string_view ScipPositions::line(std::int32_t number) const {
  const auto& starts = source_.line_starts();
  const auto index = static_cast<std::size_t>(number);
  const std::string_view text = source_.text();
  const std::size_t end = index + 1 < starts.size() ? starts[index + 1] : text.size();
  std::string_view line = text.substr(starts[index], end - starts[index]);
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool ScipPositions::is_ascii(std::int32_t number) {
  LineKind& kind = kinds_[static_cast<std::size_t>(number)];
  if (kind == LineKind::Unknown) {
    kind = all_ascii(line(number)) ? LineKind::Ascii : LineKind::Other;
  }
  return kind == LineKind::Ascii;
}

std::optional<std::uint32_t> ScipPositions::offset(std::int32_t number, std::int32_t column) {
  if (number < 0 || static_cast<std::size_t>(number) >= kinds_.size() || column < 0) {
    return std::nullopt;
  }
  if (number == 0 && counts_mark_ && column > 0) {
    column -= unit_ == PositionUnit::Utf8 ? static_cast<std::int32_t>(kUtf8Mark.size()) : 1;
    if (column < 0) return std::nullopt;
  }
  const std::uint32_t start = source_.line_starts()[static_cast<std::size_t>(number)];
  const std::string_view text = line(number);
  const auto size = static_cast<std::int64_t>(text.size());
  if (is_ascii(number)) {
    if (column > size) return std::nullopt;
    return start + static_cast<std::uint32_t>(column);
  }
  if (column > column_of_byte(text, size, unit_)) return std::nullopt;
  return start + static_cast<std::uint32_t>(byte_of_column(text, column, unit_));
}

}  // namespace alluvium::code
