#include "code/resolve/unpacked_interfaces.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

/// Interfaces of which each has a name of its own, in a list as long as no other's nearby.
std::vector<std::string> packed(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "name_" + std::to_string(i);
    FileInterface interface;
    interface.texts = {name};
    interface.lookups.assign(i % 7, {.name = 0});
    interface.write(all.emplace_back());
  }
  return all;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

TEST(UnpackedInterfacesTest, AreThoseThatWereWrittenInTheirOrder) {
  for (const std::size_t count : {0, 1, 127, 128, 129, 1000}) {
    const std::vector<std::string> written = packed(count);
    const std::vector<std::string_view> all = views(written);
    UnpackedInterfaces unpacked(all);
    for (std::size_t i = 0; i < count; ++i) {
      const FileInterface& interface = unpacked.next();
      ASSERT_EQ(interface.texts.size(), 1);
      ASSERT_EQ(interface.texts[0], "name_" + std::to_string(i));
      ASSERT_EQ(interface.lookups.size(), i % 7);
    }
  }
}

TEST(UnpackedInterfacesTest, MayBeLeftBeforeTheEnd) {
  const std::vector<std::string> written = packed(1000);
  const std::vector<std::string_view> all = views(written);
  UnpackedInterfaces unpacked(all);
  unpacked.next();
}

TEST(UnpackedInterfacesTest, DamageIsMetByWhoTakesThem) {
  std::vector<std::string> written = packed(300);
  written[200].pop_back();
  const std::vector<std::string_view> all = views(written);
  UnpackedInterfaces unpacked(all);
  for (int i = 0; i < 128; ++i) unpacked.next();
  try {
    unpacked.next();
    FAIL() << "damage was not met";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Corruption);
  }
}

}  // namespace
}  // namespace alluvium::code
