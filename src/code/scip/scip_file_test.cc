#include "code/scip/scip_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <protozero/exception.hpp>
#include <random>
#include <string>

#include "alluvium/error.h"
#include "code/scip/scip_document.h"
#include "code/scip/scip_testing.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};

class ScipFileTest : public ::testing::Test {
 protected:
  ScipFile open(std::string_view bytes) {
    std::ofstream(folder_ / "i.scip", std::ios::binary) << bytes;
    return ScipFile::open(folder_ / "i.scip", kNoLimit, {});
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

std::string small_index() {
  return testing::encode_index(
      {{.path = "a.py",
        .occurrences = {{{0, 4, 5}, "s m p v f().", 1, {0, 0, 2, 3}, "odd"},
                        {{1, 0, 1, 5}, "local 1"}},
        .symbols = {{"s m p v f().",
                     {"doc"},
                     17,
                     "f",
                     {{"s m p v g().", {ScipRelationshipField::IsDefinition}}}}},
        .language = "Python",
        .position_encoding = 2},
       {.path = "b.py", .occurrences = {{{0, 0, 1}, "s m p v f()."}}}},
      {{"s m q v h()."}, {"s m q v i()."}});
}

TEST_F(ScipFileTest, FindsDocumentsAndJoinsExternalSymbols) {
  const ScipFile file = open(small_index());
  ASSERT_EQ(file.parts().size(), 3U);
  EXPECT_EQ(file.parts()[0].path, "a.py");
  EXPECT_EQ(file.parts()[0].language, "Python");
  EXPECT_EQ(file.parts()[1].path, "b.py");
  EXPECT_FALSE(file.parts()[2].is_document);
  EXPECT_EQ(file.project_root(), "file:///elsewhere");
  const std::string first = file.read(file.parts()[0].offset, file.parts()[0].size);
  const ScipDocument document = decode_scip_part(first);
  EXPECT_EQ(document.position_unit, PositionUnit::Utf16);
  ASSERT_EQ(document.occurrences.size(), 2U);
  EXPECT_EQ(document.occurrences[1].range->end_column, 5);
  EXPECT_TRUE(document.symbols.at(0).relationships.at(0).is_definition);
  const std::string last = file.read(file.parts()[2].offset, file.parts()[2].size);
  EXPECT_EQ(decode_scip_part(last).symbols.size(), 2U);
}

TEST_F(ScipFileTest, HashesWhatIsInIt) {
  const std::string hash = open(small_index()).content_hash();
  EXPECT_EQ(hash.size(), 32U);
  EXPECT_EQ(open(small_index()).content_hash(), hash);
  EXPECT_NE(open(testing::encode_index({{.path = "a.py"}})).content_hash(), hash);
}

TEST_F(ScipFileTest, ReadsDocumentsLargerThanItsWindow) {
  testing::TestDocument large{.path = "large.py"};
  for (int i = 0; i < 100'000; ++i) large.occurrences.push_back({{i, 0, 1}, "s m p v f()."});
  const std::string bytes = testing::encode_index({large, {.path = "b.py"}, large});
  const ScipFile file = open(bytes);
  ASSERT_EQ(file.parts().size(), 3U);
  EXPECT_EQ(file.parts()[1].path, "b.py");
  const ScipPart& last = file.parts()[2];
  EXPECT_EQ(last.offset + last.size, static_cast<std::int64_t>(bytes.size()));
  EXPECT_EQ(decode_scip_part(file.read(last.offset, last.size)).occurrences.size(), 100'000U);
}

TEST_F(ScipFileTest, SkipsFieldsOfAnotherTypeThanExpected) {
  std::string bytes = testing::encode_index({{.path = "a.py"}});
  protozero::pbf_writer out(bytes);
  out.add_fixed64(99, 1);
  out.add_fixed32(98, 1);
  out.add_uint64(2, 7);  // a document is no number
  std::string document;
  protozero::pbf_writer inner(document);
  inner.add_uint64(1, 3);
  inner.add_string(6, "text");
  inner.add_fixed32(2, 1);
  out.add_message(2, document);
  const ScipFile file = open(bytes);
  ASSERT_EQ(file.parts().size(), 2U);
  EXPECT_EQ(file.parts()[1].path, "");
  const ScipPart& part = file.parts()[1];
  EXPECT_FALSE(decode_scip_part(file.read(part.offset, part.size)).position_unit);
}

// Cut off anywhere, an index is refused, or is a shorter one: a document's end is a good place.
TEST_F(ScipFileTest, SurvivesEveryTruncation) {
  const std::string whole = small_index();
  std::size_t opened = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    try {
      const ScipFile file = open(whole.substr(0, length));
      ++opened;
      for (const ScipPart& part : file.parts()) {
        (void)decode_scip_part(file.read(part.offset, part.size));
      }
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == ErrorCode::Corruption ||
                  error.code() == ErrorCode::InvalidArgument)
          << length << ": " << error.what();
    }
    // A part that is cut off itself.
    try {
      (void)decode_scip_part(std::string_view(whole).substr(0, length));
    } catch (const protozero::exception&) {
    }
  }
  EXPECT_EQ(opened, 3U);
}

TEST_F(ScipFileTest, SurvivesWrongBytes) {
  const std::string whole = small_index();
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 3; ++i) {
      bytes[random() % bytes.size()] = static_cast<char>(random() & 0xFFU);
    }
    try {
      const ScipFile file = open(bytes);
      for (const ScipPart& part : file.parts()) {
        (void)decode_scip_part(file.read(part.offset, part.size));
      }
    } catch (const Error&) {
    } catch (const protozero::exception&) {
    }
  }
}

}  // namespace
}  // namespace alluvium::code
