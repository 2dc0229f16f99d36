#include "code/repository/source_path.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace alluvium::code {
namespace {

TEST(SourcePath, LeavesOrdinaryNamesAlone) {
  for (const std::string path :
       {"a/b.py", "100%.py", "a%zz.py", "50%ab.py", "\xC3\xA9/\xE2\x82\xAC.py", "new\nline.py",
        "\xF0\x9F\x90\x8D.py"}) {
    EXPECT_EQ(escape_source_path(path), path);
  }
}

TEST(SourcePath, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(escape_source_path("a\xFF.py"), "a%FF.py");
  EXPECT_EQ(escape_source_path("\xC3"), "%C3");
  EXPECT_EQ(escape_source_path("\xC0\xAF"), "%C0%AF");         // overlong
  EXPECT_EQ(escape_source_path("\xED\xA0\x80"), "%ED%A0%80");  // surrogate
  EXPECT_EQ(escape_source_path("\xF5\x80\x80\x80"), "%F5%80%80%80");
}

TEST(SourcePath, NoTwoPathsShareATextForm) {
  // All strings of up to four of these pieces: every way in which an escape could be mimicked.
  const std::vector<std::string> pieces = {"%", "F", "2", "5", "\xFF", "a"};
  std::vector<std::string> paths = {""};
  std::set<std::string> texts;
  for (std::size_t begin = 0, round = 0; round < 5; ++round) {
    const std::size_t end = paths.size();
    for (; begin < end; ++begin) {
      for (const std::string& piece : pieces) paths.push_back(paths[begin] + piece);
    }
  }
  for (const std::string& path : paths) {
    const std::string text = escape_source_path(path);
    EXPECT_EQ(unescape_source_path(text), path);
    EXPECT_TRUE(texts.insert(text).second) << path;
  }
}

TEST(SourcePath, KnowsWhatLiesInside) {
  EXPECT_TRUE(is_inner_path("a.py"));
  EXPECT_TRUE(is_inner_path("a/..b/c.py"));
  for (const std::string path :
       {"", "/etc/passwd", "../a.py", "a/../b.py", "a//b.py", "a/", "./a.py"}) {
    EXPECT_FALSE(is_inner_path(path)) << path;
  }
  EXPECT_FALSE(is_inner_path(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace alluvium::code
