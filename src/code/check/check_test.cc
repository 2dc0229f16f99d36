#include "alluvium/code/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "alluvium/code/index.h"
#include "alluvium/delta/update.h"
#include "alluvium/error.h"
#include "code/publish/lake_layout.h"
#include "code/publish/runs_table.h"
#include "code/publish/table_properties.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class CheckTest : public ::testing::Test {
 protected:
  CheckTest() : session_(RuntimeProfile::trusted().open_session()) {
    write("app/a.py",
          "class C:\n    def __m(self):\n        return self.__m\n\n\ndef ｆｕｌｌ(é): return é\n");
    write("app/b.py", "from a import C as K\n\n\nK().m()\n");
    run_ = index({.repository = folder_ / "app", .lake = folder_ / "lake"}).run;
  }

  void write(const std::string& path, std::string_view text) { write_file(folder_ / path, text); }
  [[nodiscard]] Lake lake() const { return Lake::open(folder_ / "lake"); }
  [[nodiscard]] CheckReport report() const { return check(lake()); }

  /// Sets a column of the rows where `where`, and publishes that.
  void spoil(const std::string& table, const std::string& column, const std::string& value,
             const std::string& where) {
    const LakeLayout layout(folder_ / "lake");
    const delta::CommitReport commit = delta::update(session_, {.table_uri = layout.uri(table),
                                                                .where = where,
                                                                .set = {{column, value}},
                                                                .commit = {.mutation = of_lake()}});
    ASSERT_TRUE(commit.committed) << where;
    run_.versions[table] = commit.version;
    publish();
  }
  void publish() {
    // Later than the run that `index` made and than each published before.
    run_.run_id.replace(0, 2, "ff");
    run_.run_id.back() = static_cast<char>('0' + published_);
    run_.finished_at.replace(0, 4, std::to_string(2990 + published_++));
    append_run(session_, LakeLayout(folder_ / "lake"), run_, {});
  }

  Session session_;
  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  code::Run run_;
  int published_ = 0;
};

auto promise(const std::string& table, const std::string& kind, std::uint64_t rows) {
  return AllOf(Field(&BrokenPromise::table, table), Field(&BrokenPromise::check, kind),
               Field(&BrokenPromise::rows, rows));
}

TEST_F(CheckTest, AWholeLakeKeepsAllPromises) {
  const CheckReport whole = report();
  EXPECT_THAT(whole.broken, IsEmpty());
  EXPECT_GT(whole.checks, 50U);
  EXPECT_GT(whole.rows, 20U);
  EXPECT_EQ(whole.files, 2U);
  EXPECT_EQ(whole.files_compared, 2U);
}

TEST_F(CheckTest, KeysAreUnique) {
  spoil("scopes", "scope_id", "'one'", "parent_scope_id IS NOT NULL");
  const CheckReport found = report();
  EXPECT_THAT(found.broken, Contains(promise("scopes", "key", 1)));
  EXPECT_THAT(found.broken, Contains(promise("bindings", "reference", 3)))
      << "whose scopes are gone";
}

TEST_F(CheckTest, IdsAreFound) {
  spoil("calls", "callee_def_id", "'nobody'", "callee_text = 'K'");
  const CheckReport found = report();
  ASSERT_THAT(found.broken,
              ElementsAre(promise("calls", "reference", 1), promise("edges", "reference", 1)))
      << "the edge that the call makes ends nowhere";
  const BrokenPromise& broken = found.broken.front();
  EXPECT_EQ(broken.message, "callee_def_id is not in definitions.def_id");
  ASSERT_EQ(broken.examples.size(), 1U);
  EXPECT_THAT(broken.examples.front(), ElementsAre(Pair("repo", "app"), Pair("call_id", testing::_),
                                                   Pair("callee_def_id", "nobody")));
}

TEST_F(CheckTest, NodesAreOfKnownKindsWithTheirProperties) {
  spoil("definitions", "kind", "'macro'", "kind = 'parameter' AND name = 'self'");
  spoil("definitions", "signature", "NULL", "name = '__m'");
  const CheckReport found = report();
  ASSERT_THAT(found.broken,
              ElementsAre(promise("nodes", "kind", 1), promise("nodes", "property", 1)));
  EXPECT_THAT(found.broken.back().examples, ElementsAre(Contains(Pair("key", "signature"))));
}

TEST_F(CheckTest, EdgesEndInNodes) {
  write("app/c.py", "from a import C\n\n\nclass D(C): pass\n");
  run_ = index({.repository = folder_ / "app", .lake = folder_ / "lake"}).run;
  spoil("relations", "related_def_id", "'nobody'", "kind = 'base'");
  spoil("calls", "confidence", "1.5", "callee_text = 'K'");
  EXPECT_THAT(report().broken,
              ElementsAre(promise("relations", "reference", 1), promise("edges", "reference", 1),
                          promise("edges", "range", 1)));
}

TEST_F(CheckTest, SpansLieInTheirFile) {
  spoil("imports", "bend", "1000", "true");
  spoil("refs", "bstart", "bend + 1", "true");
  const CheckReport found = report();
  EXPECT_THAT(found.broken, ElementsAre(promise("imports", "span", 1), testing::_));
  EXPECT_EQ(found.broken.back().check, "span");
  EXPECT_EQ(found.broken.back().examples.size(), 3U) << "of more";
}

TEST_F(CheckTest, NamesOfUtf16AreNotReadAsAscii) {
  using std::string_literals::operator""s;
  write("app/wide.py", "\xFF\xFE\0bad"s);
  run_ = index({.repository = folder_ / "app", .lake = folder_ / "lake"}).run;
  EXPECT_EQ(run_.counts.at("diagnostics"), 1);
  EXPECT_THAT(report().broken, IsEmpty());
}

TEST_F(CheckTest, NamesAreWhatIsWritten) {
  spoil("definitions", "name", "'D'", "name = 'C'");
  ASSERT_THAT(report().broken, ElementsAre(promise("definitions", "text", 1)));
  EXPECT_THAT(report().broken.front().examples.front(), Contains(Pair("in_file", "C")));
  // What is not as it was indexed can't say.
  write("app/a.py", "class E: pass\n");
  const CheckReport changed = report();
  EXPECT_THAT(changed.broken, IsEmpty());
  EXPECT_EQ(changed.files_compared, 1U);
  fs::remove_all(folder_ / "app");
  EXPECT_EQ(report().files_compared, 0U);
}

TEST_F(CheckTest, ShortenedTextsBeginAsTheFileDoes) {
  std::string many = "int";
  for (int i = 0; i < 100; ++i) many += " | C" + std::to_string(i);
  write("app/c.py",
        "a: dict[ str,\n\t\tint ]\nb: list[str, \\\n int]\nc: list[  # why\n  str]\nd: " + many +
            "\n");
  run_ = index({.repository = folder_ / "app", .lake = folder_ / "lake"}).run;
  EXPECT_THAT(report().broken, IsEmpty());
  spoil("type_exprs", "text", "'dict[str, str]'", "target = 'a'");
  const CheckReport found = report();
  ASSERT_THAT(found.broken, ElementsAre(promise("type_exprs", "text", 1)));
  EXPECT_THAT(found.broken.front().examples.front(), Contains(Pair("text", "dict[str, str]")));
}

TEST_F(CheckTest, TextsInListsAreWhatIsWritten) {
  write("app/c.py", "f(  1,\n  *x, k = (  y\n  ), ** z)\n");
  run_ = index({.repository = folder_ / "app", .lake = folder_ / "lake"}).run;
  EXPECT_THAT(report().broken, IsEmpty());
  spoil("calls", "arguments",
        "make_array(named_struct('kind', 'star', 'keyword', CAST(NULL AS VARCHAR), 'text', 'y', "
        "'bstart', 5, 'bend', 500))",
        "callee_text = 'f'");
  EXPECT_THAT(report().broken, ElementsAre(promise("calls", "span", 1)));
  spoil("calls", "arguments",
        "make_array(named_struct('kind', 'star', 'keyword', CAST(NULL AS VARCHAR), 'text', 'y', "
        "'bstart', 4, 'bend', 5))",
        "callee_text = 'f'");
  EXPECT_THAT(report().broken, ElementsAre(promise("calls", "text", 1)));
}

TEST_F(CheckTest, RowsAreAsManyAsTheRunCounted) {
  ++run_.counts["refs"];
  publish();
  const CheckReport found = report();
  ASSERT_THAT(found.broken, ElementsAre(promise("refs", "count", 0)));
  EXPECT_THAT(found.broken.front().message, HasSubstr(run_.run_id));
}

TEST_F(CheckTest, WhatIsPinnedCanBeRead) {
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "lake" / "refs")) {
    if (entry.path().extension() == ".parquet") fs::resize_file(entry.path(), 100);
  }
  run_.versions["files"] = 99;
  publish();
  const CheckReport found = report();
  EXPECT_THAT(found.broken,
              ElementsAre(promise("files", "readable", 0), promise("refs", "readable", 0)));
  EXPECT_THAT(found.broken.front().message, HasSubstr("version 99 of `app`"));
}

TEST_F(CheckTest, ReadsOneRepositoryAtOneRun) {
  const std::string whole = run_.run_id;
  spoil("calls", "callee_def_id", "'nobody'", "callee_text = 'K'");
  EXPECT_THAT(check(lake().at(whole)).broken, IsEmpty());
  write("lib/l.py", "x = 1\n");
  index({.repository = folder_ / "lib", .lake = folder_ / "lake"});
  EXPECT_THAT(check(lake().only("lib")).broken, IsEmpty());
  EXPECT_EQ(check(lake().only("app")).broken.size(), 2U);
  EXPECT_THROW(lake().only("nobody"), Error);
}

}  // namespace
}  // namespace alluvium::code
