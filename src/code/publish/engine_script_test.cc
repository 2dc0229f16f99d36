#include "code/publish/engine_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace alluvium::code {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(EngineScript, ReadsEachRepositoryAtItsPin) {
  const std::vector<code::Run> runs = {
      {.repo = "a'b", .run_id = "1", .versions = {{"files", 3}, {"refs", 1}}},
      {.repo = "c", .run_id = "2", .versions = {{"files", 3}, {"refs", 2}}}};
  const LakeLayout lake("/tmp/it's");
  const std::string duckdb = engine_script(Engine::DuckDb, lake, 7, runs);
  EXPECT_THAT(duckdb,
              HasSubstr("\"files\" AS\n  SELECT * FROM delta_scan('/tmp/it''s/files', version "
                        "=> 3) WHERE repo IN ('a''b', 'c');\n"));
  EXPECT_THAT(duckdb,
              HasSubstr("version => 1) WHERE repo IN ('a''b')\n  UNION ALL BY NAME\n  SELECT "
                        "* FROM delta_scan('/tmp/it''s/refs', version => 2) WHERE repo IN "
                        "('c');\n"));
  EXPECT_THAT(duckdb, HasSubstr("delta_scan('/tmp/it''s/runs', version => 7)"));
  EXPECT_THAT(duckdb, Not(HasSubstr("\"edges\""))) << "there are no calls and relations";
  const std::string spark = engine_script(Engine::Spark, lake, 7, runs);
  EXPECT_THAT(spark,
              HasSubstr("`files` AS\n  SELECT * FROM delta.`/tmp/it's/files` VERSION AS OF 3 "
                        "WHERE repo IN ('a\\'b', 'c');\n"));
  EXPECT_THAT(spark, HasSubstr("VERSION AS OF 1 WHERE repo IN ('a\\'b')\n  UNION ALL\n  SELECT"));
}

TEST(EngineScript, ANameEndsNoStatement) {
  const std::vector<code::Run> runs = {
      {.repo = "a;\nDROP ${x} \\", .run_id = "1", .versions = {{"files", 0}}}};
  for (const Engine engine : {Engine::DuckDb, Engine::Spark}) {
    const std::string script = engine_script(engine, LakeLayout("/lake"), 0, runs);
    std::size_t ends = 0;
    for (std::size_t at = 0; (at = script.find(";\n", at)) != std::string::npos; ++at) ++ends;
    EXPECT_EQ(ends, 3U) << script;  // files, runs, repos
  }
  EXPECT_THAT(engine_script(Engine::Spark, LakeLayout("/lake"), 0, runs),
              HasSubstr("('a;\\nDROP \\u0024{x} \\\\')"));
}

}  // namespace
}  // namespace alluvium::code
