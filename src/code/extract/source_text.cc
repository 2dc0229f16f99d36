#include "code/extract/source_text.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

namespace alluvium::code {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// Returns how many bytes the UTF-8 sequence at `text[0]` has, or 0 when it is not one.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto continues = [&](std::size_t index, unsigned low = 0x80, unsigned high = 0xBF) {
    return index < text.size() && byte(index) >= low && byte(index) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

/// Returns the length of the longest prefix of `text` that is ASCII.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t index = 0;
  for (; index + 8 <= text.size(); index += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + index, 8);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  while (index < text.size() && static_cast<unsigned char>(text[index]) < 0x80) ++index;
  return index;
}

/// Returns the offset of the first byte of `text` that is not part of valid UTF-8.
std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t index = ascii_prefix(text);
  while (index < text.size()) {
    const std::size_t length = utf8_length(text.substr(index));
    if (length == 0) return index;
    index += length;
    if (length == 1) index += ascii_prefix(text.substr(index));
  }
  return index;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

bool is_cookie_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

/// Returns the encoding that the comment line `line` declares (PEP 263), or an empty view.
std::string_view cookie_of_line(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && is_blank(line[at])) ++at;
  if (at == line.size() || line[at] != '#') return {};
  while ((at = line.find("coding", at)) != std::string_view::npos) {
    at += 6;
    if (at >= line.size() || (line[at] != ':' && line[at] != '=')) continue;
    std::size_t begin = at + 1;
    while (begin < line.size() && (line[begin] == ' ' || line[begin] == '\t')) ++begin;
    std::size_t end = begin;
    while (end < line.size() && is_cookie_char(line[end])) ++end;
    if (end > begin) return line.substr(begin, end - begin);
  }
  return {};
}

/// Returns the encoding that the first two lines declare, or an empty view.
std::string_view cookie(std::string_view text) {
  for (int line_number = 0; line_number < 2; ++line_number) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    if (const std::string_view found = cookie_of_line(line); !found.empty()) return found;
    const std::size_t first = line.find_first_not_of(" \t\f");
    if (first != std::string_view::npos && line[first] != '#') return {};
    if (end == text.size()) return {};
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return {};
}

/// Returns `name` in lower case with `_` as `-`, and Python's spellings of UTF-8 and Latin-1 as
/// one.
std::string normalized_encoding(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  const auto is_or_starts = [&](std::string_view prefix) {
    return result == prefix || (result.starts_with(prefix) && result[prefix.size()] == '-');
  };
  if (is_or_starts("utf-8") || result == "utf8" || result == "u8" || result == "cp65001") {
    return "utf-8";
  }
  if (is_or_starts("latin-1") || is_or_starts("iso-8859-1") || is_or_starts("iso-latin-1") ||
      result == "latin1" || result == "iso8859-1" || result == "l1" || result == "latin") {
    return "iso-8859-1";
  }
  if (result == "us-ascii" || result == "646") return "ascii";
  return result;
}

/// Owns one `iconv` conversion to UTF-8.
class Converter {
 public:
  explicit Converter(const std::string& encoding) : handle_(open(encoding)) {}
  ~Converter() {
    if (valid()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  [[nodiscard]] bool valid() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  /// Converts the character that `bytes` starts with. Returns the number of bytes consumed, 0 when
  /// they are no character; `out` gets its UTF-8, which is empty for a shift sequence.
  std::size_t convert(std::string_view bytes, std::string& out) {
    constexpr std::size_t kLongest = 8;
    for (std::size_t length = 1; length <= std::min(kLongest, bytes.size()); ++length) {
      std::array<char, 32> buffer;
      char* in = const_cast<char*>(bytes.data());
      std::size_t in_left = length;
      char* to = buffer.data();
      std::size_t to_left = buffer.size();
      const std::size_t result = iconv(handle_, &in, &in_left, &to, &to_left);
      const bool failed = result == static_cast<std::size_t>(-1);
      if (in_left < length) {
        out.assign(buffer.data(), to);
        return length - in_left;
      }
      if (failed && errno != EINVAL) break;
    }
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    return 0;
  }

 private:
  static iconv_t open(const std::string& encoding) {
    iconv_t handle = iconv_open("UTF-8", encoding.c_str());
    if (handle != reinterpret_cast<iconv_t>(-1)) return handle;
    // Python spells `iso8859-15`, `mac-roman`, `shift-jis`; iconv `ISO8859-15`, `MACINTOSH`,
    // `SHIFT_JIS`.
    std::string other = encoding;
    std::replace(other.begin(), other.end(), '-', '_');
    handle = iconv_open("UTF-8", other.c_str());
    if (handle != reinterpret_cast<iconv_t>(-1)) return handle;
    other.erase(std::remove(other.begin(), other.end(), '_'), other.end());
    if (other == "macroman") other = "MACINTOSH";
    return iconv_open("UTF-8", other.c_str());
  }

  iconv_t handle_;
};

std::size_t count_lines(std::string_view text, std::vector<std::uint32_t>& starts) {
  starts.reserve(text.size() / 32 + 1);
  starts.push_back(0);
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* at = begin; at != end;) {
    at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (at == nullptr) break;
    ++at;
    starts.push_back(static_cast<std::uint32_t>(at - begin));
  }
  return starts.size() - (starts.back() == text.size() ? 1 : 0);
}

/// Returns whether `text` has a CR that no LF follows.
bool has_lone_carriage_return(std::string_view text) {
  for (std::size_t at = text.find('\r'); at != std::string_view::npos;
       at = text.find('\r', at + 1)) {
    if (at + 1 == text.size() || text[at + 1] != '\n') return true;
  }
  return false;
}

}  // namespace

/// Decodes one file.
class SourceDecoder {
 public:
  SourceDecoder(std::string_view bytes, FileFacts& facts) : bytes_(bytes), facts_(facts) {}

  SourceText run() {
    if (bytes_.starts_with("\xFF\xFE") || bytes_.starts_with("\xFE\xFF")) {
      const bool little = bytes_[0] == '\xFF';
      facts_.encoding = little ? "utf-16-le" : "utf-16-be";
      diagnose("invalid-encoding", "UTF-16 is not an encoding of Python source", {0, 2});
      rebuild(2, facts_.encoding);
    } else {
      decode_marked_or_declared();
    }
    sanitize();
    facts_.line_count = static_cast<std::int64_t>(count_lines(source_.text_, source_.line_starts_));
    return std::move(source_);
  }

 private:
  void decode_marked_or_declared() {
    const bool marked = bytes_.starts_with(kUtf8Mark);
    const std::size_t base = marked ? kUtf8Mark.size() : 0;
    const std::string_view body = bytes_.substr(base);
    source_.base_ = static_cast<std::uint32_t>(base);
    source_.text_ = body;

    const std::string_view declared = cookie(body);
    std::string encoding = declared.empty() ? "utf-8" : normalized_encoding(declared);
    if (marked) {
      if (encoding != "utf-8") {
        diagnose("invalid-encoding", "the byte-order mark says UTF-8, the cookie another encoding",
                 range_of(declared));
        encoding = "utf-8";
      }
      facts_.encoding = "utf-8-sig";
    } else {
      facts_.encoding = facts_.storage.copy(encoding);
    }

    if (encoding == "utf-8" || encoding == "ascii") {
      const std::size_t valid = encoding == "ascii" ? ascii_prefix(body) : valid_utf8_prefix(body);
      if (valid == body.size()) return;
      diagnose(
          "invalid-encoding",
          encoding == "ascii" ? "a byte is not ASCII" : "a byte is not valid UTF-8",
          {static_cast<std::int64_t>(base + valid), static_cast<std::int64_t>(base + valid + 1)});
      if (encoding == "ascii" && valid_utf8_prefix(body) == body.size()) return;
      rebuild(base, "utf-8");
      return;
    }
    if (ascii_prefix(body) == body.size() && is_ascii_superset(encoding)) return;
    if (!rebuild(base, encoding)) {
      diagnose("unknown-encoding",
               facts_.storage.concat({"no decoder for encoding ", facts_.encoding}),
               range_of(declared));
      if (valid_utf8_prefix(body) != body.size()) rebuild(base, "utf-8");
    }
  }

  /// Whether bytes below 0x80 surely mean ASCII, so that an ASCII file needs no conversion.
  static bool is_ascii_superset(std::string_view encoding) {
    return encoding.starts_with("iso-8859") || encoding.starts_with("iso8859") ||
           encoding.starts_with("cp125") || encoding.starts_with("koi8");
  }

  /// Makes the text anew from the bytes from `base` on; false when `encoding` is unknown.
  bool rebuild(std::size_t base, std::string_view encoding) {
    std::optional<Converter> converter;
    const bool utf8 = encoding == "utf-8";
    const bool latin1 = encoding == "iso-8859-1";
    if (!utf8 && !latin1) {
      converter.emplace(std::string(encoding));
      if (!converter->valid()) return false;
    }
    std::string out;
    out.reserve(bytes_.size() + bytes_.size() / 8);
    source_.shifts_.clear();
    source_.shifts_.push_back({0, static_cast<std::uint32_t>(base)});
    bool valid = true;
    std::string character;
    for (std::size_t at = base; at < bytes_.size();) {
      std::size_t consumed = 1;
      const auto byte = static_cast<unsigned char>(bytes_[at]);
      if (utf8) {
        consumed = utf8_length(bytes_.substr(at));
        character.assign(bytes_.substr(at, consumed));
      } else if (latin1) {
        character.clear();
        if (byte < 0x80) {
          character.push_back(static_cast<char>(byte));
        } else {
          character.push_back(static_cast<char>(0xC0 | (byte >> 6)));
          character.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
        }
      } else {
        consumed = converter->convert(bytes_.substr(at), character);
      }
      if (consumed == 0) {
        consumed = 1;
        character.assign(kReplacement);
        if (valid && !utf8) {
          diagnose("invalid-encoding", "bytes are no character of the file's encoding",
                   {static_cast<std::int64_t>(at), static_cast<std::int64_t>(at + 1)});
        }
        valid = false;
      }
      out += character;
      at += consumed;
      if (character.size() != consumed) {
        source_.shifts_.push_back(
            {static_cast<std::uint32_t>(out.size()), static_cast<std::uint32_t>(at)});
      }
    }
    source_.text_ = facts_.storage.copy(out);
    return true;
  }

  /// Replaces NUL by a space and a lone CR by LF, without changing any offset.
  void sanitize() {
    const std::size_t null = source_.text_.find('\0');
    const bool has_null = null != std::string_view::npos;
    if (has_null) {
      const std::int64_t at = source_.stored_offset(static_cast<std::uint32_t>(null));
      diagnose("null-byte", "source code must not contain a null byte", {at, at + 1});
    }
    if (!has_null && !has_lone_carriage_return(source_.text_)) return;
    char* const out = facts_.storage.allocate(source_.text_.size());
    const std::string_view text = source_.text_;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (c == '\0') c = ' ';
      if (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) c = '\n';
      out[i] = c;
    }
    source_.text_ = {out, text.size()};
  }

  [[nodiscard]] ByteRange range_of(std::string_view part) const {
    const std::int64_t begin = part.empty() ? 0 : part.data() - bytes_.data();
    return {begin, begin + static_cast<std::int64_t>(part.size())};
  }

  void diagnose(std::string_view code, std::string_view message, ByteRange range) {
    facts_.diagnostics.push_back({Severity::Error, code, message, range});
  }

  std::string_view bytes_;
  FileFacts& facts_;
  SourceText source_;
};

SourceText SourceText::decode(std::string_view bytes, FileFacts& facts) {
  return SourceDecoder(bytes, facts).run();
}

std::int64_t SourceText::stored_offset(std::uint32_t offset) const {
  if (shifts_.empty()) return static_cast<std::int64_t>(offset) + base_;
  const auto after =
      std::upper_bound(shifts_.begin(), shifts_.end(), offset,
                       [](std::uint32_t value, const Shift& shift) { return value < shift.text; });
  const Shift& shift = *(after - 1);
  return static_cast<std::int64_t>(offset) - shift.text + shift.stored;
}

}  // namespace alluvium::code
