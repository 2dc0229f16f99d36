#include "alluvium/code/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "alluvium/code/index.h"
#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Row = std::vector<std::string>;

class DiffTest : public ::testing::Test {
 protected:
  void write(const std::string& path, std::string_view text) { write_file(folder_ / path, text); }
  /// The lake at the run that this makes.
  Lake indexed(const std::string& repo) {
    const std::string run =
        index({.repository = folder_ / repo, .lake = folder_ / "lake"}).run.run_id;
    return Lake::open(folder_ / "lake").at(run);
  }
  static Rows rows(const Lake& before, const Lake& after, std::string_view sql) {
    return rows_of(Diff(before, after).session({}).sql(sql));
  }
  static Rows definitions(const Lake& before, const Lake& after) {
    return rows(before, after,
                "SELECT change, kind, qualified_name, before, after FROM "
                "changes.definitions_by_name");
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(DiffTest, NamesTheDefinitionsThatAChangeIsAbout) {
  write("app/m.py",
        "def same(): pass\ndef body(): return 1\ndef signature(a): pass\ndef gone(): pass\n"
        "def user(): gone()\nclass C:\n  def f(self): return 1\n  def g(self): pass\n"
        "class D:\n  print(1)\n");
  write("app/top.py", "LIMIT = 1\ndef f(): pass\n");
  write("app/comment.py", "def f(): pass\n");
  write("app/same.py", "LIMIT = 1\n");
  const Lake before = indexed("app");
  write("app/m.py",
        "# moved down\ndef same(): pass\ndef body(): return 2\ndef signature(b): pass\n"
        "def user(): gone()\nclass C:\n  def f(self): return 2\n  def g(self): pass\n"
        "class D:\n  print(2)\ndef new(): pass\n");
  write("app/top.py", "LIMIT = 2\ndef f(): pass\n");
  write("app/comment.py", "def f(): pass  # nothing\n");
  const Lake after = indexed("app");

  std::vector<std::string> names;
  for (const std::string& id : Diff(before, after).changed_definitions()) {
    const Rows found = rows_of(after.session({}).sql(
        "SELECT qualified_name FROM definitions WHERE def_id = $id", {{"id", lit(id)}}));
    ASSERT_EQ(found.size(), 1U);
    names.push_back(found[0][0]);
  }
  EXPECT_THAT(names, UnorderedElementsAre("m.body", "m.signature", "m.user", "m.C.f", "m.D",
                                          "m.new", "top.LIMIT"));
  EXPECT_THAT(Diff(after, after).changed_definitions(), IsEmpty());
}

TEST_F(DiffTest, TellsWhatBecameOfDefinitions) {
  write(
      "app/m.py",
      "LIMIT = 1\n\n\ndef same(a):\n    return a\n\n\ndef called(a):\n    return a\n\n\n"
      "def inner(a):\n    return a\n\n\ndef both(a):\n    return a\n\n\ndef gone(a):\n    pass\n");
  const Lake before = indexed("app");
  write("app/m.py",
        "# A line above moves nothing.\nLIMIT = 2\n\n\ndef same(a):\n    # nor does this\n"
        "    return a\n\n\ndef called(a, b: int = 1):\n    return a\n\n\ndef inner(a):\n"
        "    return -a\n\n\ndef both(b):\n    return b\n\n\ndef fresh(a) -> int:\n    pass\n");
  const Lake after = indexed("app");
  EXPECT_THAT(definitions(before, after),
              UnorderedElementsAre(
                  Row{"removed", "function", "m.gone", "(a)", "NULL"},
                  Row{"added", "function", "m.fresh", "NULL", "(a) -> int"},
                  Row{"signature changed", "function", "m.called", "(a)", "(a, b: int = 1)"},
                  Row{"body changed", "function", "m.inner", "NULL", "NULL"},
                  Row{"signature changed", "function", "m.both", "(a)", "(b)"},
                  Row{"body changed", "function", "m.both", "NULL", "NULL"}));
  EXPECT_THAT(definitions(after, before),
              Contains(Row{"removed", "function", "m.fresh", "(a) -> int", "NULL"}));
  EXPECT_THAT(definitions(after, after), IsEmpty());
}

TEST_F(DiffTest, FollowsWhatMoved) {
  write("app/a.py", "class C:\n    def m(self):\n        return 1\n\n\ndef f():\n    pass\n");
  write("app/p.py", "def g():\n    return 2\n");
  write("app/one.py", "def twin():\n    pass\n");
  write("app/two.py", "def twin():\n    pass\n");
  const Lake before = indexed("app");
  fs::rename(folder_ / "app/a.py", folder_ / "app/b.py");
  fs::create_directory(folder_ / "app/p");
  fs::rename(folder_ / "app/p.py", folder_ / "app/p/__init__.py");
  fs::rename(folder_ / "app/one.py", folder_ / "app/three.py");
  fs::rename(folder_ / "app/two.py", folder_ / "app/four.py");
  const Lake after = indexed("app");
  EXPECT_THAT(definitions(before, after),
              UnorderedElementsAre(Row{"moved", "class", "b.C", "a.py", "b.py"},
                                   Row{"moved", "method", "b.C.m", "a.py", "b.py"},
                                   Row{"moved", "function", "b.f", "a.py", "b.py"},
                                   Row{"moved", "function", "p.g", "p.py", "p/__init__.py"},
                                   // Which of them went where, nobody knows.
                                   Row{"removed", "function", "one.twin", "()", "NULL"},
                                   Row{"removed", "function", "two.twin", "()", "NULL"},
                                   Row{"added", "function", "three.twin", "NULL", "()"},
                                   Row{"added", "function", "four.twin", "NULL", "()"}));
}

TEST_F(DiffTest, TellsDefinitionsOfOneNameApart) {
  write("app/m.py", "def f():\n    return 1\n\n\ndef f():\n    return 2\n");
  const Lake before = indexed("app");
  write("app/m.py",
        "def f():\n    return 1\n\n\ndef f():\n    return 3\n\n\ndef f():\n    return 4\n");
  EXPECT_THAT(definitions(before, indexed("app")),
              UnorderedElementsAre(Row{"body changed", "function", "m.f", "NULL", "NULL"},
                                   Row{"added", "function", "m.f", "NULL", "()"}));
}

TEST_F(DiffTest, CountsRowsOfTablesByKey) {
  write("app/m.py", "import os\n\n\ndef f():\n    return os.getcwd()\n");
  const Lake before = indexed("app");
  write("app/m.py", "import os\nimport re\n\n\ndef f():\n    return re.sub()\n");
  write("app/broken.py", "def (:\n");
  const Lake after = indexed("app");
  const Rows counts = rows(
      before, after, "SELECT \"table\", added, removed FROM changes.counts WHERE repo = 'app'");
  EXPECT_THAT(counts, Contains(Row{"files", "1", "0"}));
  EXPECT_THAT(counts, Contains(Row{"imports", "1", "0"}));
  EXPECT_THAT(counts, Contains(Row{"calls", "1", "1"}));
  EXPECT_THAT(counts, Contains(Row{"diagnostics", "1", "0"})) << "without a key, by the whole row";
  EXPECT_THAT(rows(before, after, "SELECT change, name FROM changes.imports"),
              ElementsAre(Row{"added", "re"}));
  EXPECT_THAT(rows(before, after, "SELECT change, callee_text FROM changes.calls"),
              UnorderedElementsAre(Row{"added", "re.sub"}, Row{"removed", "os.getcwd"}));
  EXPECT_THAT(rows(after, after, "SELECT * FROM changes.counts"), IsEmpty());
  EXPECT_THAT(rows(before, after, "SELECT count(*) FROM before.files"), ElementsAre(Row{"1"}));
}

TEST_F(DiffTest, ComparesRepositoriesThatBothSidesHave) {
  write("app/m.py", "x = 1\n");
  write("lib/m.py", "y = 1\n");
  const Lake app = indexed("app");
  const Lake lib = indexed("lib");
  EXPECT_THROW(Diff(app, lib), Error);
  const Diff diff(app, Lake::open(folder_ / "lake"));
  EXPECT_EQ(diff.before().size(), 1U);
  EXPECT_THAT(diff.left_out(), ElementsAre("lib"));
  EXPECT_THAT(diff.tables(), Contains("refs"));
}

}  // namespace
}  // namespace alluvium::code
