#include "code/resolve/file_links.h"

#include <gtest/gtest.h>

#include <string>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

/// Every field, each with something else.
FileLinks sample() {
  FileLinks links;
  links.has_facts = true;
  links.has_star = true;
  links.reads = {1, ~std::uint64_t{0}};
  links.mentions = {7, 8, ~NameHash{0}};
  links.sought = {1, 5};
  links.outside = {2};
  links.asked = {3, 4};
  links.named = {{5, {6, 7}}, {5, {6, 8}}};
  links.questions_below = {9};
  links.patterns_below = {{10, "visit_*"}};
  links.questions_digest = 11;
  links.relations_below = {12, 13};
  links.orders_digest = 14;
  return links;
}

std::string packed(const FileLinks& links) {
  std::string bytes;
  links.write(bytes);
  return bytes;
}

TEST(FileLinksTest, AreReadAsTheyWereWritten) {
  EXPECT_EQ(FileLinks::read(packed(sample())), sample());
  EXPECT_EQ(FileLinks::read(packed({})), FileLinks());
  const FileLinks flags{.is_plugin = true, .has_circle = true};
  EXPECT_EQ(FileLinks::read(packed(flags)), flags);
}

TEST(FileLinksTest, OtherBytesAreRefused) {
  const std::string bytes = packed(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW((void)FileLinks::read(bytes.substr(0, size)), Error) << size;
  }
  EXPECT_THROW((void)FileLinks::read(bytes + "x"), Error);
}

TEST(FileLinksTest, TheKeyOfAFileIsHalfOfItsId) {
  EXPECT_EQ(file_key("00000000000000ff0000000000000001"), 255U);
}

}  // namespace
}  // namespace alluvium::code
