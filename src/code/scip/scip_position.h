#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "code/extract/file_facts.h"
#include "code/extract/source_text.h"
#include "code/scip/scip_document.h"
#include "functions/position_unit.h"

namespace alluvium::code {

/// A range at which the text should be a name.
struct ScipLandmark {
  ScipRange range;
  std::string_view name;
};

/// The text of a file at which a document's ranges are found.
///
/// Thread-safety: one thread at a time.
class ScipPositions {
 public:
  /// `content`, the file as stored, must outlive this.
  explicit ScipPositions(std::string_view content);

  /// Decides what columns count. `declared` wins. Without it, the unit in which most ranges are at
  /// their names, of UTF-16, characters and UTF-8 bytes, in this order where they are equal (as in
  /// ASCII text): indexers leave the unit unset, and what `Metadata` says is about files on disk.
  /// Where the file begins with a byte-order mark, whether the first line's columns count it is
  /// decided in the same way.
  void decide_unit(std::optional<PositionUnit> declared, std::span<const ScipLandmark> landmarks);
  [[nodiscard]] PositionUnit unit() const { return unit_; }

  /// Half-open, in the file's text.
  struct TextRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// Nothing for a range that is not in the file.
  [[nodiscard]] std::optional<TextRange> find(const ScipRange& range);
  [[nodiscard]] std::string_view text(TextRange range) const {
    return source_.text().substr(range.begin, range.end - range.begin);
  }
  /// The bytes of the file as stored.
  [[nodiscard]] ByteRange stored(TextRange range) const {
    return source_.stored_range(range.begin, range.end);
  }
  /// The UTF-8 bytes before `offset` in its line, which is `line`.
  [[nodiscard]] std::int64_t column(std::int32_t line, std::uint32_t offset) const {
    return offset - source_.line_starts()[static_cast<std::size_t>(line)];
  }

 private:
  /// A line without its end.
  [[nodiscard]] std::string_view line(std::int32_t number) const;
  [[nodiscard]] bool is_ascii(std::int32_t number);
  [[nodiscard]] std::optional<std::uint32_t> offset(std::int32_t line, std::int32_t column);
  [[nodiscard]] std::size_t count_landed(std::span<const ScipLandmark> landmarks);

  FileFacts facts_;  // owns what the text needs
  SourceText source_;
  bool has_mark_;
  PositionUnit unit_ = PositionUnit::Utf16;
  bool counts_mark_ = false;  // in the first line
  enum class LineKind : std::uint8_t { Unknown, Ascii, Other };
  std::vector<LineKind> kinds_;
};

}  // namespace alluvium::code
