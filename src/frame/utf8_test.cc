#include <gtest/gtest.h>

#include <string>

#include "frame/utf8_internal.h"

namespace alluvium {
namespace {

TEST(Utf8, AcceptsWellFormedText) {
  for (const std::string text :
       {"", "plain", "exactly8", "más de ocho bytes", "\xEF\xBB\xBF", "日本語テキスト", "😀",
        "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80", "12345678é"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  EXPECT_TRUE(is_valid_utf8(std::string("\0", 1)));
}

TEST(Utf8, RefusesTheRest) {
  for (const std::string text :
       {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE2\x82", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "12345678\xFF", "1234567\xC3", "abc\xE2\x82zzzzzzzzz"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace alluvium
