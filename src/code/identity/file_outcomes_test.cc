#include "code/identity/file_outcomes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

OutcomesOfFile outcomes(std::string_view dataset, Outcome outcome) {
  OutcomesOfFile made;
  made[outcome_place(dataset)] = outcome;
  return made;
}

TEST(FileOutcomesTest, AreUnpackedAsTheyWerePacked) {
  OutcomesOfFile made;
  for (std::size_t place = 0; place < made.size(); place += 2) {
    made[place] = {static_cast<std::int64_t>(place) * 1'000, ~std::uint64_t{place}};
  }
  std::string bytes;
  pack(made, bytes);
  EXPECT_EQ(unpack(bytes), made);
  EXPECT_EQ(unpack(""), OutcomesOfFile());
}

TEST(FileOutcomesTest, OtherBytesAreRefused) {
  std::string bytes;
  pack(outcomes("refs", {7, 8}), bytes);
  EXPECT_THROW(unpack(std::string_view(bytes).substr(1)), Error);
  EXPECT_THROW(unpack(std::string_view(bytes).substr(0, bytes.size() - 1)), Error);
  EXPECT_THROW(unpack(std::string(1, '\x7f') + bytes), Error);
}

TEST(FileOutcomesTest, DifferByDataset) {
  const FileOutcomes before = {{"a", outcomes("refs", {1, 1})},
                               {"b", outcomes("refs", {1, 1})},
                               {"c", outcomes("calls", {1, 1})}};
  const FileOutcomes now = {{"a", outcomes("refs", {1, 1})},
                            {"b", outcomes("refs", {2, 1})},
                            {"d", outcomes("calls", {1, 1})}};
  const OutcomeDifferences differ = differences(now, before);
  EXPECT_THAT(differ.any, ElementsAre("b", "c", "d"));
  EXPECT_THAT(differ.by_dataset[outcome_place("refs")], ElementsAre("b"));
  EXPECT_THAT(differ.by_dataset[outcome_place("calls")], ElementsAre("c", "d"));
  EXPECT_THAT(differ.by_dataset[outcome_place("exports")], IsEmpty());
}

}  // namespace
}  // namespace alluvium::code
