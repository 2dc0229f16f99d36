#include "code/scip/scip_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/session/runtime_profile.h"
#include "alluvium/session/session.h"
#include "code/scip/scip_testing.h"
#include "code/temporary_folder_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class ScipFactsTest : public ::testing::Test {
 protected:
  /// A session in which the table `facts` has `s`, the facts of each part of the index `bytes`, all
  /// documents being of one file.
  Session open(std::string_view bytes, std::string_view content) {
    std::ofstream(folder_ / "i.scip", std::ios::binary) << bytes;
    const auto index =
        std::make_shared<const ScipFile>(ScipFile::open(folder_ / "i.scip", bytes.size(), {}));
    RuntimeProfile profile;
    profile.functions = {.scalars = {read_scip_function(index)}};
    Session session = profile.open_session();
    RecordBatchBuilder parts(
        {.fields = {{"part_offset", int64()}, {"size", int64()}, {"content", binary()}}});
    for (const ScipPart& part : index->parts()) {
      parts.column(0).append(part.offset);
      parts.column(1).append(part.size);
      parts.column(2).append(content);
    }
    std::vector<RecordBatch> batches;
    batches.push_back(parts.finish());
    IoAdapter(session).register_record_batches("parts", std::move(batches));
    IoAdapter(session).register_view(
        "facts", session.sql("SELECT read_scip(part_offset, size, content) AS s FROM parts")
                     .stage(std::uint64_t{1} << 30));
    return session;
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(ScipFactsTest, JudgeWhetherADocumentFitsItsFile) {
  const auto fit = [this](std::vector<testing::TestOccurrence> occurrences) {
    const Session session = open(testing::encode_index({{"a.py", std::move(occurrences)}}),
                                 "def f(): pass\ndef g(): pass\n");
    return alluvium::testing::values_of(session.sql("SELECT s['fit'] FROM facts"));
  };
  const testing::TestOccurrence f{{0, 4, 5}, "s m p v f().", 1};
  const testing::TestOccurrence g{{1, 4, 5}, "s m p v g().", 1};
  const testing::TestOccurrence moved{{0, 0, 1}, "s m p v h().", 1};
  EXPECT_THAT(fit({f, g}), ElementsAre("whole"));
  EXPECT_THAT(fit({f, g, moved}), ElementsAre("partial"));
  EXPECT_THAT(fit({f, moved, moved}), ElementsAre("none"));
  // A module is at no name, nor is a use under another name the document's fault.
  EXPECT_THAT(fit({{{0, 0, 0}, "s m p v `a`/__init__:", 1}}), ElementsAre("NULL"));
  EXPECT_THAT(fit({f, {{1, 4, 5}, "s m p v other()."}}), ElementsAre("whole"));
}

// What is inside of occurrences and symbols may be anything.
TEST_F(ScipFactsTest, SurviveWrongBytes) {
  const std::string occurrence =
      testing::encode(testing::TestOccurrence{{0, 4, 5}, "s m p v f().", 1, {0, 0, 0, 13}, "odd"});
  const std::string symbol = testing::encode(testing::TestSymbol{
      "s m p v `f g`().", {"doc"}, 17, "f", {{"local 1", {ScipRelationshipField::IsDefinition}}}});
  std::mt19937 random(1);
  const auto damaged = [&random](std::string bytes) {
    for (int i = 0; i < 2; ++i) {
      bytes[random() % bytes.size()] = static_cast<char>(random() & 0xFFU);
    }
    return bytes;
  };
  std::string bytes;
  protozero::pbf_builder<ScipIndexField> index(bytes);
  constexpr int kDocuments = 3000;
  for (int i = 0; i < kDocuments; ++i) {
    std::string document;
    protozero::pbf_builder<ScipDocumentField> out(document);
    out.add_string(ScipDocumentField::Path, "a.py");
    out.add_message(ScipDocumentField::Occurrence, damaged(occurrence));
    out.add_message(ScipDocumentField::Symbol, damaged(symbol));
    index.add_message(ScipIndexField::Document, document);
  }
  const Session session = open(bytes, "def f(): pass\n");
  EXPECT_THAT(alluvium::testing::values_of(session.sql("SELECT count(*) FROM facts")),
              ElementsAre(std::to_string(kDocuments)));
}

}  // namespace
}  // namespace alluvium::code
