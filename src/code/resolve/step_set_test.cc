#include "code/resolve/step_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace alluvium::code {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<StepSet::Step> take_all(StepSet& due) {
  std::vector<StepSet::Step> taken;
  for (std::size_t word = 0; word < due.words(); ++word) {
    StepSet::Step from = 0;
    while (const auto step = due.take(word, from)) {
      taken.push_back(*step);
      from = *step + 1;
    }
  }
  return taken;
}

TEST(StepSet, HasAllStepsAtFirst) {
  for (const std::size_t steps : {0U, 1U, 63U, 64U, 65U, 200U}) {
    StepSet due(steps);
    EXPECT_EQ(take_all(due).size(), steps);
    EXPECT_THAT(take_all(due), IsEmpty());
  }
}

TEST(StepSet, GivesThemInOrder) {
  StepSet due(200);
  take_all(due);
  for (const StepSet::Step step : {130U, 63U, 64U, 0U, 63U, 199U}) due.add(step);
  EXPECT_THAT(take_all(due), ElementsAre(0, 63, 64, 130, 199));
}

TEST(StepSet, WhatIsBeforeWaits) {
  StepSet due(64);
  take_all(due);
  due.add(63);
  due.add(3);
  EXPECT_EQ(due.take(0, 4), 63);
  EXPECT_EQ(due.take(0, 64), std::nullopt);
  EXPECT_EQ(due.take(0, 0), 3);
}

}  // namespace
}  // namespace alluvium::code
