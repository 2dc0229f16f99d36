#include "functions/position_unit.h"

#include <limits>

#include "functions/function_testing.h"

namespace alluvium::testing {
namespace {

using Texts = std::vector<std::string>;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

// a, é (2 bytes), 😀 (4 bytes, 2 units of UTF-16), z
constexpr const char* kLine = "aé😀z";

Texts bytes(const char* unit, std::vector<Value> columns) {
  return run("col_to_byte",
             {constant(utf8(), kLine), numbers(std::move(columns)), constant(utf8(), unit)});
}
Texts columns(const char* unit, std::vector<Value> at) {
  return run("byte_to_col",
             {constant(utf8(), kLine), numbers(std::move(at)), constant(utf8(), unit)});
}

TEST(Position, CountsEachUnit) {
  EXPECT_EQ(bytes("utf32", {0, 1, 2, 3, 4}), Texts({"0", "1", "3", "7", "8"}));
  EXPECT_EQ(bytes("utf16", {0, 1, 2, 4, 5}), Texts({"0", "1", "3", "7", "8"}));
  EXPECT_EQ(bytes("utf8", {0, 1, 3, 7, 8}), Texts({"0", "1", "3", "7", "8"}));
  EXPECT_EQ(bytes("BYTE", {0, 1, 3, 7, 8}), Texts({"0", "1", "3", "7", "8"}));
  EXPECT_EQ(columns("utf32", {0, 1, 3, 7, 8}), Texts({"0", "1", "2", "3", "4"}));
  EXPECT_EQ(columns("utf16", {0, 1, 3, 7, 8}), Texts({"0", "1", "2", "4", "5"}));
  EXPECT_EQ(columns("byte", {0, 1, 3, 7, 8}), Texts({"0", "1", "3", "7", "8"}));
}

TEST(Position, GoesToTheStartOfACharacter) {
  EXPECT_EQ(bytes("utf16", {3}), Texts({"3"}));
  EXPECT_EQ(bytes("byte", {2, 4, 6}), Texts({"1", "3", "3"}));
  EXPECT_EQ(columns("utf32", {2, 4, 6}), Texts({"1", "2", "2"}));
}

TEST(Position, StaysInTheLine) {
  EXPECT_EQ(bytes("utf32", {-1, kLeast, 9, kMost, nullptr}), Texts({"0", "0", "8", "8", "null"}));
  EXPECT_EQ(columns("utf32", {-1, kLeast, 9, kMost, nullptr}), Texts({"0", "0", "4", "4", "null"}));
  EXPECT_EQ(run("col_to_byte",
                {texts({"", nullptr, "ab"}), numbers({5, 5, 1}), constant(utf8(), "utf32")}),
            Texts({"0", "null", "1"}));
  EXPECT_EQ(code_of([] { bytes("lines", {0}); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(bytes("utf32", {}), Texts());
}

TEST(Position, RoundTripsOverLongLines) {
  std::string line;
  for (int i = 0; i < 50; ++i) line += i % 7 == 0 ? "😀" : i % 5 == 0 ? "é" : "plain text";
  for (const auto unit : {PositionUnit::Utf16, PositionUnit::Utf32, PositionUnit::Utf8}) {
    for (std::int64_t byte = 0; byte <= std::int64_t(line.size()); ++byte) {
      const std::int64_t start = byte_of_column(line, column_of_byte(line, byte, unit), unit);
      EXPECT_LE(start, byte);
      EXPECT_EQ(column_of_byte(line, start, unit), column_of_byte(line, byte, unit));
    }
  }
}

TEST(Position, ReadsNothingBehindInvalidText) {
  // Copies of the exact size, so that a sanitizer sees a byte too far.
  for (const char* invalid : {"\xF0", "\xF0\x9F", "a\xE2\x82", "\x80\x80", "\xFF", "\xC3"}) {
    const std::vector<char> bytes(invalid, invalid + std::string_view(invalid).size());
    const std::string_view line(bytes.data(), bytes.size());
    const auto size = static_cast<std::int64_t>(line.size());
    EXPECT_EQ(byte_of_column(line, 100, PositionUnit::Utf16), size);
    EXPECT_EQ(column_of_byte(line, 100, PositionUnit::Utf32), size);
  }
}

TEST(Position, SpansOfFiles) {
  const auto span = [](std::int64_t line, std::int64_t begin, std::int64_t end) {
    return value("canonicalize_byte_span",
                 {numbers({line}), constant(utf8(), kLine), numbers({begin}), numbers({line}),
                  constant(utf8(), kLine), numbers({end}), constant(utf8(), "utf32")});
  };
  EXPECT_EQ(span(100, 1, 3), "{bstart: 101, bend: 107}");
  EXPECT_EQ(span(kMost, 1, 3), "{bstart: 9223372036854775807, bend: 9223372036854775807}");
  EXPECT_EQ(run("canonicalize_byte_span",
                {numbers({0, nullptr}), texts({kLine, kLine}), numbers({0, 0}), numbers({20, 20}),
                 texts({kLine, kLine}), numbers({2, 2}), constant(utf8(), "utf16")}),
            Texts({"{bstart: 0, bend: 23}", "null"}));
}

}  // namespace
}  // namespace alluvium::testing
