#pragma once

#include <string>
#include <string_view>

namespace alluvium::cli {

/// One character of UTF-8 text. A byte that isn't UTF-8 is U+FFFD with `valid` false and length 1.
struct CodePoint {
  char32_t value;
  std::size_t length;
  bool valid;
};

/// Reads the first character of `text`, which must not be empty.
CodePoint first_code_point(std::string_view text);
void append_utf8(std::string& out, char32_t value);

/// Text that is safe to show: valid UTF-8 without control or direction-changing characters, which
/// become escapes such as `\n` and `\u202e`. (What a hostile repository put into its tables must
/// not drive the terminal.) Line ends are kept when `keep_lines`.
std::string visible(std::string_view text, bool keep_lines = false);

/// The columns that `text` takes on a terminal.
int display_width(std::string_view text);

/// `text` cut to at most `width` columns, ending in `…` (`~` where `unicode` is false) if cut.
std::string shortened(std::string_view text, int width, bool unicode);

}  // namespace alluvium::cli
