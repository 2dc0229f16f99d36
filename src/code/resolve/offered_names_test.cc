#include "code/resolve/offered_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "code/resolve/all_names.h"
#include "code/resolve/name_facts_testing.h"
#include "code/resolve/star_names.h"

namespace alluvium::code {
namespace {

using testing::MadeFacts;
using ::testing::UnorderedElementsAre;

OfferedNames offered(MadeFacts& made) {
  const ModuleIndex modules(made.facts);
  return {made.facts, modules, import_targets(made.facts, modules)};
}

// The names of a module with what they stand for.
std::vector<std::string> names(MadeFacts& made, std::string_view path) {
  std::vector<std::string> texts;
  const OfferedNames all = offered(made);
  for (const OfferedName& each : all.names()) {
    if (each.file != made.file(path)) continue;
    const NameTarget& target = each.target;
    std::string text = made.text(each.name) + ": " + std::string(to_string(target.kind));
    if (target.definition != kNowhere) text += " " + std::to_string(target.definition);
    if (target.module != kNoName) text += " " + made.text(target.module);
    texts.push_back(text + (each.is_public ? "" : ", private"));
  }
  return texts;
}

TEST(OfferedNames, AreFollowedToTheEnd) {
  MadeFacts made({"a.py", "b.py", "c.py", "p/__init__.py", "p/m.py"});
  made.from("a.py", "b", "f");
  made.from("a.py", "b", "os");
  made.from("a.py", "p", "m");
  made.from("a.py", "p", "gone");
  made.from("b.py", "c", "f");
  made.from("b.py", "six.moves", "os");
  made.define("c.py", "f");
  EXPECT_THAT(names(made, "a.py"),
              UnorderedElementsAre("f: definition 0", "os: external six.moves.os", "m: module p.m",
                                   "gone: unresolved p.gone"));
}

TEST(OfferedNames, EndOnCirclesAndGoPastThem) {
  MadeFacts made({"a.py", "b.py", "p/__init__.py", "p/x.py"});
  made.from("a.py", "b", "n");
  made.from("b.py", "a", "n");
  made.from("p/__init__.py", ".", "x");  // the submodule
  EXPECT_THAT(names(made, "a.py"), UnorderedElementsAre("n: unresolved b.n"));
  EXPECT_THAT(names(made, "p/__init__.py"), UnorderedElementsAre("x: module p.x"));
}

TEST(OfferedNames, MayBeSubmodulesThatOnlyAllLists) {
  MadeFacts made({"p/__init__.py", "p/m.py", "user.py"});
  made.list("p/__init__.py", {"m", "ghost"});
  made.from("user.py", "p", "*");
  EXPECT_THAT(names(made, "p/__init__.py"), UnorderedElementsAre("m: module p.m"));
  EXPECT_THAT(names(made, "user.py"), UnorderedElementsAre("m: module p.m"));
  const OfferedNames all = offered(made);
  ASSERT_EQ(all.unbound().size(), 1U);
  EXPECT_EQ(made.text(all.unbound()[0].name), "ghost");
}

TEST(OfferedNames, OfImportsPreferAnAttributeToASubmodule) {
  MadeFacts made({"p/__init__.py", "p/m.py", "user.py"});
  made.define("p/__init__.py", "m");
  const auto from = static_cast<std::size_t>(made.from("user.py", "p", "m"));
  const auto import = static_cast<std::size_t>(made.import("user.py", "p.m"));
  const OfferedNames all = offered(made);
  EXPECT_EQ(all.imported()[from].kind, NameTarget::Kind::Definition);
  // It binds p.
  EXPECT_EQ(all.imported()[import].kind, NameTarget::Kind::Module);
  EXPECT_EQ(made.path(all.imported()[import].file), "p/__init__.py");
}

TEST(StarNames, TravelAsFarAsModulesPassThemOn) {
  MadeFacts made({"a.py", "b.py", "c.py"});
  made.from("a.py", "b", "*");
  made.from("b.py", "c", "*");
  made.from("c.py", "a", "*");  // a circle
  made.define("c.py", "f");
  made.define("c.py", "_odd");
  made.define("c.py", "hidden");
  made.list("c.py", {"f", "_odd"});
  EXPECT_THAT(names(made, "b.py"),
              UnorderedElementsAre("f: definition 0", "_odd: definition 1, private"));
  EXPECT_THAT(names(made, "a.py"), UnorderedElementsAre("f: definition 0"));
}

TEST(StarNames, AreOfTheLastStarAndGiveWayToBindings) {
  MadeFacts made({"a.py", "b.py", "user.py"});
  for (const std::string_view path : {"a.py", "b.py"}) {
    made.define(path, "f");
    made.define(path, "g");
  }
  made.define("user.py", "g");
  made.from("user.py", "b", "*");
  made.from("user.py", "a", "*");
  EXPECT_THAT(names(made, "user.py"), UnorderedElementsAre("f: definition 0", "g: definition 4"));
}

TEST(StarNames, HaveTheSmallestOriginThatTheirStarBringsThemFrom) {
  MadeFacts made({"a.py", "b.py", "c.py", "d.py", "user.py"});
  for (const std::string_view path : {"a.py", "b.py", "c.py", "d.py"}) made.define(path, "f");
  made.from("c.py", "b", "*");  // b, past c's own
  made.from("user.py", "a", "*");
  made.from("user.py", "c", "*");
  made.from("user.py", "gone", "*");
  const ModuleIndex modules(made.facts);
  const std::vector<ImportTarget> targets = import_targets(made.facts, modules);
  const AllNames all(made.facts, modules, targets);
  std::vector<ModuleMember> bound;
  for (const NameFacts::Binding& each : made.facts.bindings)
    bound.push_back({each.file, each.name});
  std::vector<std::string> brought;
  for (const StarName& each : star_names(made.facts, targets, all, bound)) {
    brought.push_back(made.path(each.file) + " " + std::to_string(each.star) + " " +
                      made.path(each.origin));
  }
  EXPECT_THAT(brought, UnorderedElementsAre("c.py 0 b.py", "user.py 2 b.py"));
}

TEST(AllNames, TakeListsFromImportsThenSubmodulesThenAbsoluteNames) {
  MadeFacts made({"m.py", "other/m.py", "p/__init__.py", "p/m.py", "q/__init__.py", "q/m.py",
                  "r/__init__.py"});
  made.list("m.py", {"absolute"});
  made.list("other/m.py", {"imported"});
  made.list("p/m.py", {"submodule"});
  made.list("q/m.py", {"submodule"});
  made.borrow("p/__init__.py", "m");
  made.borrow("q/__init__.py", "m");
  made.borrow("r/__init__.py", "m");
  made.from("q/__init__.py", "other", "m");
  const auto listed = [&](std::string_view path) {
    const ModuleIndex modules(made.facts);
    std::vector<std::string> texts;
    const AllNames all(made.facts, modules, import_targets(made.facts, modules));
    for (const ModuleMember& entry : all.entries()) {
      if (entry.file == made.file(path)) texts.push_back(made.text(entry.name));
    }
    return texts;
  };
  EXPECT_THAT(listed("p/__init__.py"), UnorderedElementsAre("submodule"));
  EXPECT_THAT(listed("q/__init__.py"), UnorderedElementsAre("imported"));
  EXPECT_THAT(listed("r/__init__.py"), UnorderedElementsAre("absolute"));
}

TEST(AllNames, MayTakeFromEachOther) {
  MadeFacts made({"a.py", "b.py"});
  made.list("a.py", {"x"});
  made.list("b.py", {"y"});
  made.borrow("a.py", "b");
  made.borrow("b.py", "a");
  const ModuleIndex modules(made.facts);
  const AllNames all(made.facts, modules, import_targets(made.facts, modules));
  EXPECT_EQ(all.entries().size(), 4U);
  EXPECT_TRUE(all.is_public(made.file("a.py"), made.name("y")));
  EXPECT_FALSE(all.is_public(made.file("a.py"), made.name("z")));
}

}  // namespace
}  // namespace alluvium::code
