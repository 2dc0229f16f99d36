#include <gtest/gtest.h>

#include <string>

#include "code/resolve/callee_testing.h"

namespace alluvium::code {
namespace {

using testing::Callee;
using testing::callee;
using testing::Files;
using testing::kClasses;
using testing::Resolved;

// What the reference of the call may mean besides, by rank.
alluvium::testing::Rows candidates(const Resolved& resolved, const std::string& text) {
  return resolved.rows(
      "SELECT d.qualified_name, k.is_chosen, k.resolution, round(k.confidence, 3) AS confidence "
      "FROM calls c JOIN candidates k ON k.ref_id = c.callee_ref_id "
      "JOIN definitions d ON d.def_id = k.def_id WHERE c.callee_text = '" +
      text + "' ORDER BY k.rank");
}

TEST(Candidates, ShareTheirConfidence) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
def g(x: A | B):
    x.f()
)py"}});
  const Callee chosen = callee(resolved, "x.f");
  EXPECT_EQ(chosen.at(2), "0.45");
  const alluvium::testing::Rows found = candidates(resolved, "x.f");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], (Callee{chosen[0], "true", "annotated", "0.45"}));
  EXPECT_EQ(found[1],
            (Callee{chosen[0] == "m.A.f" ? "m.B.f" : "m.A.f", "false", "annotated", "0.45"}));
}

TEST(Candidates, ThatOverrideAnotherTakeNothingFromIt) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class D(A):
    def f(self): pass
def g(x: D | A):
    x.f()
)py"}});
  EXPECT_EQ(callee(resolved, "x.f"), (Callee{"m.A.f", "annotated", "0.9"}));
  EXPECT_EQ(candidates(resolved, "x.f"),
            (alluvium::testing::Rows{{"m.A.f", "true", "annotated", "0.9"},
                                     {"m.D.f", "false", "annotated", "0.45"}}));
}

TEST(Candidates, OfATellingNameAloneAreAllThatHaveIt) {
  const Resolved resolved(
      Files{{"m.py", kClasses + "def g(x):\n    x.f()\n"}, {"n.py", "def g(y):\n    y.f()\n"}});
  for (const std::string text : {"x.f", "y.f"}) {
    EXPECT_EQ(callee(resolved, text), (Callee{"NULL", "ambiguous", "0.0"}));
    const alluvium::testing::Rows found = candidates(resolved, text);
    ASSERT_EQ(found.size(), 2U) << text;
    for (const Callee& each : found) {
      EXPECT_EQ(each.at(1), "false");
      EXPECT_EQ(each.at(3), "0.5");
    }
  }
}

TEST(Candidates, OfALessTellingNameShareItsConfidence) {
  const Resolved resolved(Files{{"m.py", R"py(
class A:
    def get(self): pass
    def four(self): pass
class B:
    def get(self): pass
    def four(self): pass
class C:
    def four(self): pass
class D:
    def four(self): pass
def g(x):
    x.get()
    x.four()
)py"}});
  EXPECT_EQ(candidates(resolved, "x.get").at(1).at(3), "0.15");
  EXPECT_EQ(candidates(resolved, "x.four").at(3).at(3), "0.125");
}

TEST(Candidates, OfACommonNameAreNone) {
  std::string content;
  for (int i = 0; i < 9; ++i) {
    content += "class C" + std::to_string(i) + ":\n    def f(self): pass\n";
  }
  const Resolved resolved(Files{{"m.py", content + "def g(x):\n    x.f()\n"}});
  EXPECT_EQ(callee(resolved, "x.f"), (Callee{"NULL", "unresolved", "0.0"}));
  EXPECT_TRUE(candidates(resolved, "x.f").empty());
}

}  // namespace
}  // namespace alluvium::code
