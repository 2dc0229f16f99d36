#include <gtest/gtest.h>

#include "frame/hash_internal.h"

namespace alluvium {
namespace {

template <typename... Texts>
std::string hash_of(const Texts&... texts) {
  SequenceHash hash;
  (hash.add(texts), ...);
  return hash.digest();
}

TEST(SequenceHash, TellsSequencesApart) {
  EXPECT_EQ(hash_of("ab", "c").size(), 32U);
  EXPECT_EQ(hash_of("ab", "c"), hash_of("ab", "c"));
  EXPECT_NE(hash_of("ab", "c"), hash_of("a", "bc"));
  EXPECT_NE(hash_of("ab"), hash_of("ab", ""));
  SequenceHash null;
  null.add_null();
  EXPECT_NE(null.digest(), hash_of(""));
  EXPECT_NE(null.digest(), hash_of());
}

}  // namespace
}  // namespace alluvium
