#include "code/index/data_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alluvium::code {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::Lt;

DataFiles three_full() {
  return DataFiles({{.rows = 1'000, .first = "a", .last = "f"},
                    {.rows = 1'000, .first = "g", .last = "p"},
                    {.rows = 1'000, .first = "p", .last = "z"}});
}

TEST(DataFiles, AFileThatGrowsStaysOne) {
  EXPECT_THAT(three_full().piece({"b"}, 1), AllOf(Gt(1.1), Lt(1.3)));
  EXPECT_THAT(three_full().piece({"b"}, 400), AllOf(Gt(1.5), Lt(1.8)));
}

TEST(DataFiles, OneThatIsTwiceAsLargeIsHalved) {
  EXPECT_THAT(three_full().piece({"b"}, 800), AllOf(Gt(0.99), Lt(1.15)));
  EXPECT_THAT(three_full().piece({"p"}, 0), AllOf(Gt(1.1), Lt(1.3)));
}

TEST(DataFiles, OneOfSeveralInWhoseRangeItIsStaysOneToo) {
  const DataFiles overlapping({{.rows = 1'000, .first = "a", .last = "f"},
                               {.rows = 1'400, .first = "d", .last = "p"},
                               {.rows = 1'000, .first = "q", .last = "z"}});
  EXPECT_THAT(overlapping.piece({"e"}, 1), AllOf(Gt(1.6), Lt(1.8)));
}

TEST(DataFiles, WhatIsWhereNothingLiesHasTheUsualSize) {
  EXPECT_EQ(three_full().piece({"zz"}, 10), 1);
  EXPECT_EQ(DataFiles({}).piece({"a"}, 10), 1);
}

TEST(DataFiles, ManySmallOnesAreScattered) {
  std::vector<DataFiles::DataFile> files = {
      {.rows = 1'000, .bytes = 100'000, .first = "a", .last = "f"},
      {.rows = 1'000, .bytes = 100'000, .first = "g", .last = "z"}};
  EXPECT_FALSE(DataFiles(files).are_scattered(100'000));
  for (int i = 0; i < 15; ++i)
    files.push_back({.rows = 1, .bytes = 3'000, .first = "b", .last = "b"});
  EXPECT_FALSE(DataFiles(files).are_scattered(100'000));
  for (int i = 0; i < 15; ++i)
    files.push_back({.rows = 1, .bytes = 3'000, .first = "b", .last = "b"});
  EXPECT_TRUE(DataFiles(files).are_scattered(100'000));
  EXPECT_FALSE(DataFiles({}).are_scattered(100'000));
}

TEST(DataFiles, ManySmallOnesAloneAreScatteredToo) {
  std::vector<DataFiles::DataFile> files(30,
                                         {.rows = 1, .bytes = 3'000, .first = "b", .last = "b"});
  EXPECT_TRUE(DataFiles(files).are_scattered(100'000));
  files.resize(17);
  EXPECT_FALSE(DataFiles(files).are_scattered(100'000));
}

}  // namespace
}  // namespace alluvium::code
