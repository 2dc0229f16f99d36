#include "code/publish/duckdb_views.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace alluvium::code {
namespace {

TEST(DuckdbScript, ReadsEachRepositoryAtItsPin) {
  const std::vector<code::Run> runs = {
      {.repo = "a'b", .run_id = "1", .versions = {{"files", 3}, {"refs", 1}}},
      {.repo = "c", .run_id = "2", .versions = {{"files", 3}, {"refs", 2}}}};
  const std::string script = duckdb_script(LakeLayout("/tmp/it's"), 7, runs);
  EXPECT_NE(script.find("delta_scan('/tmp/it''s/files', version => 3) WHERE repo IN "
                        "('a''b', 'c');"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("version => 1) WHERE repo IN ('a''b')\n  UNION ALL BY NAME SELECT * FROM "
                        "delta_scan('/tmp/it''s/refs', version => 2) WHERE repo IN ('c');"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("delta_scan('/tmp/it''s/runs', version => 7)"), std::string::npos);
}

}  // namespace
}  // namespace alluvium::code
