#include "code/resolve/import_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "code/resolve/name_facts_testing.h"

namespace alluvium::code {
namespace {

using testing::MadeFacts;

// What an import names: its object, and the files of that and of its parent.
std::vector<std::string> target(MadeFacts& made, ProgramIndex import) {
  const ModuleIndex modules(made.facts);
  const ImportTarget found = import_targets(made.facts, modules)[static_cast<std::size_t>(import)];
  return {made.text(found.object), made.path(found.object_file), made.path(found.parent_file)};
}

using Target = std::vector<std::string>;

TEST(ImportTargets, CountDotsFromThePackage) {
  MadeFacts made({"p/__init__.py", "p/q/__init__.py", "p/q/m.py"});
  const auto of = [&](std::string_view module, std::string_view name) {
    return target(made, made.from("p/q/m.py", module, name));
  };
  EXPECT_EQ(of(".", "m"), (Target{"p.q.m", "p/q/m.py", "p/q/__init__.py"}));
  EXPECT_EQ(of("..", "q"), (Target{"p.q", "p/q/__init__.py", "p/__init__.py"}));
  EXPECT_EQ(of("..q.m", "x"), (Target{"p.q.m.x", "", "p/q/m.py"}));
  EXPECT_EQ(of("...", "p"), (Target{"", "", ""})) << "the root is no package";
  EXPECT_EQ(of("....", "p"), (Target{"", "", ""}));
}

TEST(ImportTargets, MayLieInARootThatIsAPackage) {
  MadeFacts made({"__init__.py", "a.py", "p/__init__.py", "p/m.py"});
  EXPECT_EQ(target(made, made.from("a.py", ".", "p")),
            (Target{"p", "p/__init__.py", "__init__.py"}));
  EXPECT_EQ(target(made, made.from("p/m.py", "..", "a")), (Target{"a", "a.py", "__init__.py"}));
  EXPECT_EQ(target(made, made.from("p/m.py", "..a", "x")), (Target{"a.x", "", "a.py"}));
  EXPECT_EQ(target(made, made.from("p/m.py", "...", "a")), (Target{"", "", ""}));
}

TEST(ImportTargets, TellWhatLooksInternal) {
  MadeFacts made({"p/q/m.py"});
  made.import("p/q/m.py", "p.q");
  made.import("p/q/m.py", "p.gone");
  made.import("p/q/m.py", "os.path");
  made.from("p/q/m.py", ".....", "x");
  const ModuleIndex modules(made.facts);
  const std::vector<ImportTarget> targets = import_targets(made.facts, modules);
  EXPECT_TRUE(targets[0].is_namespace && targets[0].looks_internal);
  EXPECT_TRUE(!targets[1].is_namespace && targets[1].looks_internal);
  EXPECT_FALSE(targets[2].is_namespace || targets[2].looks_internal);
  EXPECT_TRUE(!targets[3].is_namespace && targets[3].looks_internal);
}

TEST(ModuleIndex, LooksInTheOwnRootThenEverywhereThenAmongShortNames) {
  MadeFacts made({"one/m.py", "two/m.py", "two/only.py", "tests/pkg/__init__.py", "tests/pkg/m.py",
                  "more/tests/pkg/__init__.py"},
                 {"one/setup.py", "two/setup.py"});
  const ModuleIndex modules(made.facts);
  const auto from = [&](std::string_view root, std::string_view module) {
    return made.path(modules.find_from(made.name(root), made.name(module)));
  };
  EXPECT_EQ(from("two", "m"), "two/m.py");
  EXPECT_EQ(from(".", "m"), "one/m.py");
  EXPECT_EQ(from("one", "only"), "two/only.py");
  EXPECT_EQ(from("one", "tests.pkg"), "tests/pkg/__init__.py");
  EXPECT_EQ(from("one", "pkg"), "tests/pkg/__init__.py") << "the shortest path";
  EXPECT_EQ(from("one", "gone"), "");
}

TEST(ModuleIndex, PrefersRegularPackagesThenShortRootsThenPackages) {
  MadeFacts made(
      {"long/a/m.py", "s/a/m.py", "s/a/__init__.py", "é/b.py", "xx/b.py", "c.py", "c/__init__.py"},
      {"long/setup.py", "s/setup.py", "é/setup.py", "xx/setup.py"});
  const ModuleIndex modules(made.facts);
  const auto find = [&](std::string_view module) {
    return made.path(modules.find(made.name(module)));
  };
  EXPECT_EQ(find("a.m"), "s/a/m.py");
  EXPECT_EQ(find("b"), "é/b.py") << "roots are measured in characters";
  EXPECT_EQ(find("c"), "c/__init__.py");
}

}  // namespace
}  // namespace alluvium::code
