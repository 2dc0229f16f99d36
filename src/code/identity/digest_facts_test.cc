#include "code/identity/digest_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/session/runtime_profile.h"
#include "alluvium/session/session.h"
#include "code/extract/python_extractor.h"
#include "code/identity/file_outcomes.h"
#include "code/identity/identify_facts.h"

namespace alluvium::code {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

Session open_session() {
  RuntimeProfile profile = RuntimeProfile::trusted();
  ScalarFunction parse = parse_python_function({});
  profile.functions.scalars.push_back(identify_facts_function(parse.returns.type));
  profile.functions.scalars.push_back(std::move(parse));
  profile.functions.scalars.push_back(digest_facts_function());
  return profile.open_session();
}

/// What `text`, of a file of that module, comes to. (Other files stand before and behind it.)
OutcomesOfFile outcomes_of(std::string_view text, std::string_view module = "m") {
  const Session session = open_session();
  const std::string query =
      "SELECT n, digest_facts($module, 1, 'hash', NULL, identify_facts('r', 'm.py', $module, "
      "  parse_python(arrow_cast(source, 'Binary')))) AS outcomes "
      "FROM (VALUES (1, 'import x'), (2, $text), (3, 'y()')) AS files(n, source) ORDER BY n";
  const std::vector<RecordBatch> rows =
      session.sql(query, {{"text", lit(text)}, {"module", lit(module)}}).collect();
  return unpack(rows.at(0).column(1).bytes(1));
}

std::vector<std::string_view> differing(const OutcomesOfFile& a, const OutcomesOfFile& b) {
  std::vector<std::string_view> datasets;
  for (std::size_t place = 0; place < a.size(); ++place) {
    if (a[place] != b[place]) datasets.push_back(kOutcomeDatasets[place]);
  }
  return datasets;
}

constexpr std::string_view kText =
    "import os\n@dec\ndef f(a, b: int): return os.path(a, k=b)\nclass C: x = 1\n";

std::int64_t rows(const OutcomesOfFile& outcomes, std::string_view dataset) {
  return outcomes[outcome_place(dataset)].rows;
}

TEST(DigestFacts, CountsTheRowsOfEachDataset) {
  const OutcomesOfFile outcomes = outcomes_of(kText);
  EXPECT_EQ(rows(outcomes, "files"), 1);
  EXPECT_EQ(rows(outcomes, "definitions"), 5);
  EXPECT_EQ(rows(outcomes, "imports"), 1);
  EXPECT_EQ(rows(outcomes, "calls"), 1);
  EXPECT_EQ(rows(outcomes, "type_exprs"), 1);
  EXPECT_EQ(rows(outcomes, "diagnostics"), 0);
  EXPECT_EQ(rows(outcomes_of("def f(:\n"), "diagnostics"), 1);
}

TEST(DigestFacts, TheSameTextHasTheSameOutcomes) {
  EXPECT_THAT(differing(outcomes_of(kText), outcomes_of(kText)), IsEmpty());
}

TEST(DigestFacts, DifferWhereTheRowsDo) {
  const auto against = [&](std::string_view part, std::string_view other) {
    std::string text(kText);
    text.replace(text.find(part), part.size(), other);
    return differing(outcomes_of(kText), outcomes_of(text));
  };
  EXPECT_THAT(against("= 1", "= 2"), UnorderedElementsAre("definitions"));
  EXPECT_THAT(
      against("os.path", "os.walk"),
      UnorderedElementsAre("definitions", "refs", "candidates", "calls", "file_interfaces"));
  EXPECT_THAT(against("k=b", "j=b"), UnorderedElementsAre("definitions", "calls"));
  EXPECT_THAT(against("int", "str"), UnorderedElementsAre("definitions", "type_exprs", "refs",
                                                          "file_interfaces", "bindings"));
}

TEST(DigestFacts, AModuleIsAPartOfRows) {
  EXPECT_THAT(differing(outcomes_of("x = 1"), outcomes_of("x = 1", "other")),
              UnorderedElementsAre("files", "file_interfaces", "definitions", "bindings", "scopes",
                                   "refs"));
}

}  // namespace
}  // namespace alluvium::code
