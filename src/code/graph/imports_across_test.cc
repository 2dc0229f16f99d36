#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "code/temporary_folder_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Row = std::vector<std::string>;

class ImportsAcrossTest : public ::testing::Test {
 protected:
  void index_file(const std::string& repo, const std::string& path, std::string_view text) {
    fs::create_directories((folder_ / repo / path).parent_path());
    std::ofstream(folder_ / repo / path, std::ios::binary) << text;
    index({.repository = folder_ / repo, .lake = folder_ / "lake"});
  }
  [[nodiscard]] alluvium::testing::Rows rows() const {
    return alluvium::testing::rows_of(
        Lake::open(folder_ / "lake")
            .session({})
            .sql("SELECT i.repo, i.imported_module, i.imported_name, i.other_repo, i.other_module, "
                 "d.qualified_name FROM imports_across i LEFT JOIN definitions d ON d.def_id = "
                 "i.def_id"));
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(ImportsAcrossTest, LeadToModulesAndWhatTheyOffer) {
  index_file("lib", "pkg/__init__.py", "from .core import f\n");
  index_file("lib", "pkg/core.py", "def f(): pass\n");
  index_file("lib", "pkg/more.py", "x = 1\n");
  index_file("app", "app.py",
             "import pkg.core\nfrom pkg import f, more, nothing\nfrom pkg import *\nimport os\n");
  EXPECT_THAT(rows(),
              UnorderedElementsAre(Row{"app", "pkg.core", "NULL", "lib", "pkg.core", "NULL"},
                                   Row{"app", "pkg", "f", "lib", "pkg", "pkg.core.f"},
                                   // The package is run, and the module too.
                                   Row{"app", "pkg", "more", "lib", "pkg", "NULL"},
                                   Row{"app", "pkg", "more", "lib", "pkg.more", "NULL"},
                                   Row{"app", "pkg", "nothing", "lib", "pkg", "NULL"},
                                   Row{"app", "pkg", "*", "lib", "pkg", "NULL"}));
}

TEST_F(ImportsAcrossTest, AreOfWhatTheOtherIsNow) {
  index_file("app", "app.py", "from pkg import f\n");
  EXPECT_THAT(rows(), IsEmpty()) << "nobody has it";
  index_file("lib", "pkg.py", "def f(): pass\n");
  EXPECT_THAT(rows(), UnorderedElementsAre(Row{"app", "pkg", "f", "lib", "pkg", "pkg.f"}));
  index_file("lib", "pkg.py", "def g(): pass\n");
  EXPECT_THAT(rows(), UnorderedElementsAre(Row{"app", "pkg", "f", "lib", "pkg", "NULL"}));
}

TEST_F(ImportsAcrossTest, OfARepositorysOwnModulesAreNone) {
  index_file("app", "m.py", "def f(): pass\n");
  index_file("app", "app.py", "from m import f\n");
  index_file("other", "m.py", "def f(): pass\n");
  EXPECT_THAT(rows(), IsEmpty());
}

}  // namespace
}  // namespace alluvium::code
