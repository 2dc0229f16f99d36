#include "code/extract/character_name.h"

#include <gtest/gtest.h>

namespace alluvium::code {
namespace {

TEST(CharacterName, NamesAndAliases) {
  EXPECT_EQ(character_named("MICRO SIGN"), U'\u00B5');
  EXPECT_EQ(character_named("SNOWMAN"), U'\u2603');
  EXPECT_EQ(character_named("BELL"), U'\U0001F514');
  EXPECT_EQ(character_named("BEL"), U'\a');
  EXPECT_EQ(character_named("NULL"), U'\0');
  EXPECT_EQ(character_named("NBSP"), U'\u00A0');
  // The name and its correction.
  EXPECT_EQ(character_named("LATIN CAPITAL LETTER OI"), U'\u01A2');
  EXPECT_EQ(character_named("LATIN CAPITAL LETTER GHA"), U'\u01A2');
}

TEST(CharacterName, SmallLettersAndCapitals) {
  EXPECT_EQ(character_named("micro sign"), U'\u00B5');
  EXPECT_EQ(character_named("Greek small letter Mu"), U'\u03BC');
}

TEST(CharacterName, NamesByRule) {
  EXPECT_EQ(character_named("HANGUL SYLLABLE GA"), U'\uAC00');
  EXPECT_EQ(character_named("HANGUL SYLLABLE A"), U'\uC544');
  EXPECT_EQ(character_named("HANGUL SYLLABLE SSYAELB"), U'\uC357');
  EXPECT_EQ(character_named("HANGUL SYLLABLE HIH"), U'\uD7A3');
  EXPECT_EQ(character_named("CJK UNIFIED IDEOGRAPH-3400"), U'\u3400');
  EXPECT_EQ(character_named("CJK UNIFIED IDEOGRAPH-4E00"), U'\u4E00');
  EXPECT_EQ(character_named("CJK UNIFIED IDEOGRAPH-2EE5D"), U'\U0002EE5D');
  EXPECT_EQ(character_named("TANGUT IDEOGRAPH-17000"), U'\U00017000');
  EXPECT_EQ(character_named("NUSHU CHARACTER-1B170"), U'\U0001B170');
}

TEST(CharacterName, None) {
  EXPECT_EQ(character_named(""), std::nullopt);
  EXPECT_EQ(character_named("MICRO  SIGN"), std::nullopt);
  EXPECT_EQ(character_named("<control>"), std::nullopt);
  // A named sequence.
  EXPECT_EQ(character_named("LATIN SMALL LETTER R WITH TILDE"), std::nullopt);
  EXPECT_EQ(character_named("HANGUL SYLLABLE "), std::nullopt);
  EXPECT_EQ(character_named("HANGUL SYLLABLE GAA"), std::nullopt);
  EXPECT_EQ(character_named("CJK UNIFIED IDEOGRAPH-"), std::nullopt);
  EXPECT_EQ(character_named("CJK UNIFIED IDEOGRAPH-0041"), std::nullopt);
  EXPECT_EQ(character_named("CJK UNIFIED IDEOGRAPH-4E00 "), std::nullopt);
}

}  // namespace
}  // namespace alluvium::code
