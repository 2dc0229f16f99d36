#include "functions/id_parts.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace alluvium {
namespace {

std::string id_of(const IdParts& parts) { return std::string(parts.id().digits().view()); }

TEST(IdParts, IsTheSameEverywhere) {
  // XXH3-128 of the length-prefixed parts, computed with another implementation (Python's xxhash).
  EXPECT_EQ(id_of(IdParts()), "99aa06d3014798d86001c324468d497f");
  IdParts parts;
  parts.add("repo").add("a/b.py").add_null().add_number(-7);
  EXPECT_EQ(id_of(parts), "2bba1689cd421718d427954b168b70d3");
}

TEST(IdParts, TellsPartsApart) {
  const auto two = [](std::string_view a, std::string_view b) {
    IdParts parts;
    parts.add(a).add(b);
    return parts.id();
  };
  EXPECT_NE(two("ab", "c"), two("a", "bc"));
  EXPECT_NE(two("", "a"), two("a", ""));
  IdParts null;
  null.add_null();
  IdParts empty;
  empty.add("");
  EXPECT_NE(null.id(), empty.id());
  EXPECT_NE(empty.id(), IdParts().id());
}

TEST(IdParts, NumbersAreTheirDigits) {
  IdParts number;
  number.add_number(std::numeric_limits<std::int64_t>::min());
  IdParts text;
  text.add("-9223372036854775808");
  EXPECT_EQ(number.id(), text.id());
}

TEST(IdParts, RewindsToAMark) {
  IdParts parts;
  parts.add("a");
  const std::size_t mark = parts.mark();
  const StableId first = parts.add(std::string(1000, 'x')).id();
  parts.rewind(mark);
  EXPECT_NE(parts.id(), first);
  EXPECT_EQ(parts.add(std::string(1000, 'x')).id(), first);
}

}  // namespace
}  // namespace alluvium
