#include "code/resolve/known_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace alluvium::code {
namespace {

using testing::ElementsAre;

KnownValue instance(ProgramIndex index, KnownValue::Source source = KnownValue::Source::Inferred) {
  return {.kind = KnownValue::Kind::Instance, .source = source, .index = index};
}

KnownSet set_of(std::initializer_list<KnownValue> values) {
  KnownSet set;
  for (const KnownValue& value : values) set.add(value);
  return set;
}

TEST(KnownSetTest, IsInAnOrderOfItsOwn) {
  EXPECT_THAT(set_of({instance(3), instance(1), instance(2)}).values(),
              ElementsAre(instance(1), instance(2), instance(3)));
}

TEST(KnownSetTest, KeepsTheSurestSource) {
  const KnownValue sure = instance(1, KnownValue::Source::Annotated);
  EXPECT_THAT(set_of({instance(1), sure, instance(1)}).values(), ElementsAre(sure));
}

TEST(KnownSetTest, WhatMayBeTooMuchIsNotKnown) {
  KnownSet set;
  for (ProgramIndex i = 0; i < static_cast<ProgramIndex>(KnownSet::kMost); ++i)
    set.add(instance(i));
  set.add(instance(0));
  EXPECT_EQ(set.values().size(), KnownSet::kMost);
  set.add(instance(100));
  EXPECT_TRUE(set.is_overflown());
  set.add(instance(0));
  EXPECT_TRUE(set.values().empty());
}

TEST(KnownSetsTest, GrowByWhatIsNew) {
  KnownSets sets(2);
  EXPECT_FALSE(sets.grow(0, KnownSet()));
  EXPECT_TRUE(sets.grow(0, set_of({instance(2)})));
  EXPECT_FALSE(sets.grow(0, set_of({instance(2)})));
  EXPECT_TRUE(sets.grow(1, set_of({instance(7)})));
  EXPECT_TRUE(sets.grow(0, set_of({instance(1), instance(3)})));
  EXPECT_THAT(sets.values(0), ElementsAre(instance(1), instance(2), instance(3)));
  EXPECT_THAT(sets.values(1), ElementsAre(instance(7)));
}

TEST(KnownSetsTest, OverflowIsForGood) {
  KnownSets sets(1);
  sets.grow(0, set_of({instance(1)}));
  KnownSet too_many;
  too_many.overflow();
  EXPECT_TRUE(sets.grow(0, too_many));
  EXPECT_TRUE(sets.is_overflown(0) && sets.values(0).empty());
  EXPECT_FALSE(sets.grow(0, set_of({instance(1)})));
}

}  // namespace
}  // namespace alluvium::code
