#include "code/identity/interface_change.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace alluvium::code {
namespace {

/// A function that returns `size` values, each made of the one before.
FileInterface values_of_values(int size) {
  FileInterface made;
  made.texts = {"f", "g"};
  made.definitions = {{.id = {1, 2}, .kind = DefinitionKind::Function, .name = 0}};
  made.values.push_back({.kind = ValueKind::Builtin});
  for (FactIndex i = 0; i < size; ++i) {
    made.values.push_back({.kind = ValueKind::Attribute, .base = i, .name = 1});
    made.flows.push_back({.role = FlowRole::Return, .definition = 0, .value = i + 1});
  }
  return made;
}

TEST(InterfaceChangeTest, IsByTheNamesOfWhatDiffers) {
  const FileInterface before = values_of_values(2);
  const auto same = change_between(before, before);
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->any());
  const auto change = change_between(before, values_of_values(3));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->names.contains(name_hash("f")));
  EXPECT_FALSE(change->names.contains(name_hash("g")));
  EXPECT_FALSE(change->is_seen_by_all);
}

// What is said of each value is as long as what it is made of: all of it would take gigabytes.
TEST(InterfaceChangeTest, IsNotLookedForInValuesOfVeryManyValues) {
  EXPECT_FALSE(change_between(values_of_values(20'000), values_of_values(20'001)));
}

}  // namespace
}  // namespace alluvium::code
