#include "code/resolve/module_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alluvium::code {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> modules(const std::vector<std::string_view>& paths,
                                 const std::vector<std::string_view>& markers = {}) {
  std::vector<std::string> texts;
  for (const ModuleName& name : module_names(paths, markers)) {
    texts.push_back(name.source_root + ": " + name.module.value_or("none"));
  }
  return texts;
}

TEST(ModuleNames, StartAtTheNearestRootThatIsNoPackage) {
  EXPECT_THAT(
      modules({"a/x.py", "a/src/x.py", "a/p/x.py", "a/p/src/__init__.py", "a/p/src/x.py", "s.go"},
              {"a/p/setup.py", "a/p/src/setup.cfg", "a/nothing/setup.py"}),
      ElementsAre(".: a.x", "a/src: x", "a/p: x", "a/p: src", "a/p: src.x", ".: none"));
}

TEST(ModuleNames, AreNoneWhereADotWouldLie) {
  EXPECT_THAT(modules({"v1.0/a.py", "a.b.py", "v1.0/src/a.py", ".py", "a/.py", "line\nbreak/a.py"}),
              ElementsAre(".: none", ".: none", "v1.0/src: a", ".: ", ".: a.", ".: line\nbreak.a"));
}

TEST(ModuleNames, OfStubsGiveWayToThoseOfSources) {
  // Whether the source is a module or a package, and only in the same root.
  EXPECT_THAT(modules({"a.pyi", "a/__init__.py", "b.pyi", "b.py", "c.pyi", "src/c.py"}),
              ElementsAre(".: none", ".: a", ".: none", ".: b", ".: c", "src: c"));
}

TEST(ModuleNames, AreShortBelowAFolderThatIsNoPackage) {
  const std::vector<std::string_view> paths = {"t/u/__init__.py", "t/u/v/__init__.py",
                                               "t/u/v/x.py",      "t/u/v/y.pyi",
                                               "t/z.py",          "w/__init__.py"};
  std::vector<std::string> short_names;
  for (const ModuleName& name : module_names(paths, {})) {
    short_names.push_back(name.short_name.value_or("none"));
  }
  EXPECT_THAT(short_names, ElementsAre("u", "u.v", "u.v.x", "none", "none", "none"));
}

TEST(ModuleNames, TellRegularPackagesAndWhatImportsStartFrom) {
  const std::vector<std::string_view> paths = {"p/__init__.py", "p/q/x.py", "p/y.py", "z.py"};
  const std::vector<ModuleName> names = module_names(paths, {});
  EXPECT_TRUE(names[0].is_regular && names[0].is_package);
  EXPECT_FALSE(names[1].is_regular || names[1].is_package);
  EXPECT_TRUE(names[2].is_regular && names[3].is_regular);
  EXPECT_EQ(names[0].package, "p");
  EXPECT_EQ(names[1].package, "p.q");
  EXPECT_EQ(names[3].package, std::nullopt);
}

}  // namespace
}  // namespace alluvium::code
