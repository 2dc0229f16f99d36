#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "code/extract/file_facts.h"

namespace alluvium::code {

/// A Python source file as UTF-8 text, with the way back to the bytes as stored.
///
/// The text is valid UTF-8 without NUL, and its lines end in LF or CRLF (a lone CR, which ends a
/// line in Python too, has become LF). The byte-order mark is not part of it.
///
/// Thread-safety: immutable after `decode`.
class SourceText {
 public:
  /// Decodes `bytes` by byte-order mark, PEP 263 cookie or as UTF-8. Text that is not a view of
  /// `bytes` is stored in `facts.storage`; `facts` also gets the encoding, the number of lines and
  /// the diagnostics. Bytes that don't decode become U+FFFD.
  static SourceText decode(std::string_view bytes, FileFacts& facts);

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Offsets in `text()` of the first byte of every line.
  [[nodiscard]] const std::vector<std::uint32_t>& line_starts() const noexcept {
    return line_starts_;
  }
  /// The offset in the file as stored of offset `offset` in `text()`.
  [[nodiscard]] std::int64_t stored_offset(std::uint32_t offset) const;
  [[nodiscard]] ByteRange stored_range(std::uint32_t begin, std::uint32_t end) const {
    return {stored_offset(begin), stored_offset(end)};
  }

 private:
  friend class SourceDecoder;

  /// From `text` on, offsets as stored are `text offset - text + stored`.
  struct Shift {
    std::uint32_t text;
    std::uint32_t stored;
  };

  std::string_view text_;
  std::vector<std::uint32_t> line_starts_;
  std::uint32_t base_ = 0;
  std::vector<Shift> shifts_;  // empty: every offset is shifted by base_
};

}  // namespace alluvium::code
