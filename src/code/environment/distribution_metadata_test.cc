#include "code/environment/distribution_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alluvium::code {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DistributionMetadata, NameAndVersionAreInTheHeaders) {
  const auto found = parse_core_metadata(
      "Metadata-Version: 2.1\r\nname:  PyYAML \r\nVersion: 6.0.4\r\n\r\nName: other\r\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "PyYAML");
  EXPECT_EQ(found->version, "6.0.4");
}

TEST(DistributionMetadata, BadMetadataIsNone) {
  EXPECT_FALSE(parse_core_metadata(""));
  EXPECT_FALSE(parse_core_metadata("Name: a\n"));
  EXPECT_FALSE(parse_core_metadata("Name:\nVersion: 1\n"));
  EXPECT_FALSE(parse_core_metadata("\nName: a\nVersion: 1\n")) << "after the headers";
  EXPECT_FALSE(parse_core_metadata("Name: \xff\nVersion: 1\n"));
  EXPECT_FALSE(parse_core_metadata("Name: " + std::string(501, 'a') + "\nVersion: 1\n"));
  EXPECT_FALSE(parse_core_metadata(std::string(1000, '\0')));
}

TEST(DistributionMetadata, RecordsAreCommaSeparated) {
  EXPECT_THAT(parse_record("a/b.py,sha256=x,3\n\"a/c,\"\"d.py\",,\r\n\n\"open\nlast"),
              ElementsAre("a/b.py", "a/c,\"d.py", "open", "last"));
  EXPECT_THAT(parse_installed_files("../a/b.py\nPKG-INFO\n../../bin/x\n"),
              ElementsAre("a/b.py", "../bin/x"));
}

TEST(DistributionMetadata, ModulesAreFilesThatCanBeImported) {
  EXPECT_EQ(module_at("a/b.py"), "a.b");
  EXPECT_EQ(module_at("a/b/__init__.py"), "a.b");
  EXPECT_EQ(module_at("a/b.cpython-313-x86_64-linux-gnu.so"), "a.b");
  EXPECT_EQ(module_at("b.abi3.so"), "b");
  EXPECT_EQ(module_at("b.pyd"), "b");
  EXPECT_FALSE(module_at("a/b.c.py"));
  EXPECT_FALSE(module_at("__init__.py"));
  EXPECT_FALSE(module_at("a/__pycache__/b.cpython-313.pyc"));
  EXPECT_FALSE(module_at("a-1.0.dist-info/METADATA"));
  EXPECT_FALSE(module_at("../../bin/a.py"));
  EXPECT_FALSE(module_at("/a.py"));
  EXPECT_FALSE(module_at(""));
  EXPECT_FALSE(module_at("a/data.txt"));
}

TEST(DistributionMetadata, TopLevelIsDeclaredOrInferred) {
  EXPECT_THAT(parse_top_level(" a\nb\r\n\n"), ElementsAre("a", "b"));
  EXPECT_THAT(parse_top_level("\n"), IsEmpty());
  EXPECT_THAT(top_level_of({"a/b.txt", "c.py", "d.libs/x.so", "__pycache__/c.pyc", "../e/f.py",
                            "LICENSE", "g-1.dist-info/RECORD"}),
              ElementsAre("a", "c"));
}

TEST(DistributionMetadata, NamesAreNormalized) {
  EXPECT_EQ(normalized_name("Zope._-Interface"), "zope-interface");
}

}  // namespace
}  // namespace alluvium::code
