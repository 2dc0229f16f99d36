#include "code/identity/file_interface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

using testing::ElementsAre;

/// One of everything, with and without what may be missing.
FileInterface sample() {
  FileInterface made;
  made.texts = {"f", "", "pkg.mod", std::string_view("\0\xff", 2)};
  made.definitions = {{.id = {1, ~std::uint64_t{0}}, .kind = DefinitionKind::Class, .name = 0},
                      {.id = {2, 3},
                       .kind = DefinitionKind::Variable,
                       .is_property = true,
                       .is_fixture = true,
                       .is_used_everywhere = true,
                       .name = 3,
                       .parent = 0}};
  made.imports = {{.id = {4, 5}, .name = 1, .level = 2, .bstart = 1'000'000, .statement_line = 7},
                  {.module = 2,
                   .name = 0,
                   .alias = 1,
                   .bound_name = 1,
                   .is_from = true,
                   .is_star = true,
                   .in_type_checking = true,
                   .is_conditional = true,
                   .scope = 1}};
  made.bindings = {{.name = 0, .definition = 1}, {.name = 1, .import = 1}};
  made.has_all_names = true;
  made.all_names = {0, 3};
  made.all_from = {2};
  made.values = {{.kind = ValueKind::Import, .base = 1},
                 {.kind = ValueKind::Either, .base = 0, .other = 1},
                 {.kind = ValueKind::Attribute, .base = 1, .name = 0},
                 {.kind = ValueKind::Self, .definition = 1}};
  made.flows = {{.role = FlowRole::Attribute, .definition = 0, .name = 3, .value = 3}};
  made.lookups = {{.kind = LookupKind::Import, .index = 1, .name = 0},
                  {.kind = LookupKind::Value, .index = 3, .name = 0, .uses = 200},
                  {.kind = LookupKind::Star, .name = 1},
                  {.kind = LookupKind::Name, .name = 3}};
  return made;
}

std::string packed(const FileInterface& interface) {
  std::string bytes;
  interface.write(bytes);
  return bytes;
}

TEST(FileInterfaceTest, IsReadAsItWasWritten) {
  const std::string bytes = packed(sample());
  FileInterface read;
  read.read(bytes);
  EXPECT_THAT(read.texts, ElementsAre("f", "", "pkg.mod", std::string_view("\0\xff", 2)));
  ASSERT_EQ(read.definitions.size(), 2);
  EXPECT_EQ(read.definitions[0].id, (StableId{1, ~std::uint64_t{0}}));
  EXPECT_EQ(read.definitions[0].parent, kNoFact);
  EXPECT_EQ(read.definitions[1].kind, DefinitionKind::Variable);
  EXPECT_TRUE(read.definitions[1].is_property && read.definitions[1].is_fixture);
  EXPECT_TRUE(read.definitions[1].is_used_everywhere);
  EXPECT_FALSE(read.definitions[1].is_static);
  EXPECT_EQ(read.definitions[1].parent, 0);
  ASSERT_EQ(read.imports.size(), 2);
  EXPECT_EQ(read.imports[0].module, kNoText);
  EXPECT_EQ(read.imports[0].bstart, 1'000'000);
  EXPECT_EQ(read.imports[1].module, 2);
  EXPECT_TRUE(read.imports[1].is_star && read.imports[1].is_conditional);
  EXPECT_EQ(read.imports[1].scope, 1);
  EXPECT_EQ(read.bindings[1].import, 1);
  EXPECT_TRUE(read.has_all_names);
  EXPECT_THAT(read.all_names, ElementsAre(0, 3));
  EXPECT_EQ(read.values[1].other, 1);
  EXPECT_EQ(read.values[3].base, kNoFact);
  EXPECT_EQ(read.flows[0].value, 3);
  EXPECT_EQ(read.lookups[2].index, kNoFact);
  // And so for all that is not looked at here.
  EXPECT_EQ(packed(read), bytes);
}

TEST(FileInterfaceTest, OfAnEmptyFileIsEmpty) {
  FileInterface read = sample();
  const std::string bytes = packed(FileInterface());
  read.read(bytes);
  EXPECT_TRUE(read.texts.empty() && read.lookups.empty() && !read.has_all_names);
  EXPECT_EQ(packed(read), bytes);
}

TEST(FileInterfaceTest, BytesThatEndEarlyAreRefused) {
  const std::string bytes = packed(sample());
  FileInterface read;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read.read(std::string_view(bytes).substr(0, size)), Error) << size;
  }
  EXPECT_THROW(read.read(bytes + "x"), Error);
}

TEST(FileInterfaceTest, NoChangedByteLeadsOutOfTheLists) {
  const std::string bytes = packed(sample());
  FileInterface read;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      try {
        read.read(changed);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Corruption);
        continue;
      }
      for (const auto& each : read.definitions) EXPECT_LT(each.parent, 2);
      for (const auto& each : read.values) {
        EXPECT_TRUE(each.name == kNoText || each.name < read.texts.size());
      }
    }
  }
}

}  // namespace
}  // namespace alluvium::code
