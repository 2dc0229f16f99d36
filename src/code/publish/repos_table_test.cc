#include "code/publish/repos_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alluvium/session/runtime_profile.h"
#include "code/publish/repository_rows.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

TEST(ReposTable, RecordsRepositoriesByName) {
  const TemporaryFolder folder;
  const LakeLayout lake(folder.path());
  const Session session = RuntimeProfile::trusted().open_session();
  create_if_missing(session, lake, repos_declaration(), {});
  record_repository(session, lake, {"it's", "/one", "o"}, {});
  record_repository(session, lake, {"b", "/b", "p"}, {});
  record_repository(session, lake, {"it's", "/two", "o"}, {});
  const std::vector<KnownRepository> known = read_repos(session, lake, {});
  ASSERT_EQ(known.size(), 2U);
  const KnownRepository& moved = known[0].repo == "b" ? known[1] : known[0];
  EXPECT_EQ(moved.root, "/two");
}

TEST(RowsOf, QuotesTheName) { EXPECT_EQ(rows_of("it's"), "repo = 'it''s'"); }

}  // namespace
}  // namespace alluvium::code
