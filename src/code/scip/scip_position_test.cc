#include "code/scip/scip_position.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace alluvium::code {
namespace {

ScipRange in_line(std::int32_t line, std::int32_t begin, std::int32_t end) {
  return {line, begin, line, end};
}

/// The bytes of `range`, as `begin-end`.
std::string bytes(ScipPositions& positions, const ScipRange& range) {
  const auto place = positions.find(range);
  if (!place) return "none";
  const ByteRange stored = positions.stored(*place);
  return std::to_string(stored.begin) + "-" + std::to_string(stored.end);
}

// A character beyond the basic plane is two UTF-16 units, one character, four bytes.
constexpr std::string_view kAstral = "x = '\xF0\x9F\x90\x8D'; name\n";

TEST(ScipPositions, TakeTheUnitThatPutsRangesOnTheirNames) {
  const struct {
    ScipRange range;
    PositionUnit unit;
  } kCases[] = {{in_line(0, 10, 14), PositionUnit::Utf16},
                {in_line(0, 9, 13), PositionUnit::Utf32},
                {in_line(0, 12, 16), PositionUnit::Utf8}};
  for (const auto& [range, unit] : kCases) {
    ScipPositions positions(kAstral);
    positions.decide_unit({}, std::vector<ScipLandmark>{{range, "name"}});
    EXPECT_EQ(positions.unit(), unit);
    EXPECT_EQ(bytes(positions, range), "12-16");
  }
}

TEST(ScipPositions, BelieveADeclaredUnit) {
  ScipPositions positions(kAstral);
  positions.decide_unit(PositionUnit::Utf8,
                        std::vector<ScipLandmark>{{in_line(0, 10, 14), "name"}});
  EXPECT_EQ(positions.unit(), PositionUnit::Utf8);
}

TEST(ScipPositions, AreUtf16WhereNothingTells) {
  ScipPositions positions(kAstral);
  positions.decide_unit({}, {});
  EXPECT_EQ(positions.unit(), PositionUnit::Utf16);
}

TEST(ScipPositions, AreBytesOfTheFileAsStored) {
  ScipPositions latin("# -*- coding: latin-1 -*-\nx = '\xE9\xE9'; name\n");
  latin.decide_unit({}, std::vector<ScipLandmark>{{in_line(1, 10, 14), "name"}});
  EXPECT_EQ(bytes(latin, in_line(1, 10, 14)), "36-40");
}

TEST(ScipPositions, CountAByteOrderMarkWhenTheIndexerDid) {
  const std::string content = "\xEF\xBB\xBFname = 1\n";
  ScipPositions counting(content);
  counting.decide_unit({}, std::vector<ScipLandmark>{{in_line(0, 1, 5), "name"}});
  EXPECT_EQ(bytes(counting, in_line(0, 1, 5)), "3-7");
  ScipPositions skipping(content);
  skipping.decide_unit({}, std::vector<ScipLandmark>{{in_line(0, 0, 4), "name"}});
  EXPECT_EQ(bytes(skipping, in_line(0, 0, 4)), "3-7");
}

TEST(ScipPositions, AreNoneOutsideOfTheFile) {
  ScipPositions positions("ab\r\ncd\n");
  EXPECT_EQ(bytes(positions, in_line(0, 0, 2)), "0-2");
  EXPECT_EQ(bytes(positions, in_line(1, 2, 2)), "6-6");
  EXPECT_EQ(bytes(positions, {0, 1, 1, 1}), "1-5");
  EXPECT_EQ(bytes(positions, in_line(2, 0, 0)), "7-7");
  EXPECT_EQ(bytes(positions, in_line(0, 0, 3)), "none");
  EXPECT_EQ(bytes(positions, in_line(2, 0, 1)), "none");
  EXPECT_EQ(bytes(positions, in_line(3, 0, 0)), "none");
  EXPECT_EQ(bytes(positions, in_line(-1, 0, 0)), "none");
  EXPECT_EQ(bytes(positions, in_line(0, -1, 1)), "none");
  EXPECT_EQ(bytes(positions, in_line(0, 2, 1)), "none");
  EXPECT_EQ(bytes(positions, {1, 0, 0, 0}), "none");
}

}  // namespace
}  // namespace alluvium::code
