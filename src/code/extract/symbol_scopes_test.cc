#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "code/extract/python_extractor.h"

namespace alluvium::code {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

/// The scopes and bindings of a text. What they are is what CPython 3.13's `symtable` says.
class Symbols {
 public:
  explicit Symbols(std::string text) : text_(std::move(text)), facts_(extract_python(text_, {})) {}

  /// The scopes as `kind path@line`.
  [[nodiscard]] std::vector<std::string> scopes() const {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < facts_.scopes.size(); ++i) {
      const ScopeFact& scope = facts_.scopes[i];
      result.push_back(std::string(to_string(scope.kind)) + " " + path(static_cast<FactIndex>(i)) +
                       "@" + std::to_string(scope.line));
    }
    return result;
  }

  /// The names of the scope at `path`.
  [[nodiscard]] std::vector<std::string> names(std::string_view where) const {
    std::vector<std::string> result;
    for (const BindingFact& binding : facts_.bindings) {
      if (path(binding.scope) == where) result.emplace_back(binding.name);
    }
    return result;
  }

  /// What is said of a name in the scope at `path`: where it is bound, and what is done with it.
  [[nodiscard]] std::string binding(std::string_view where, std::string_view name) const {
    for (const BindingFact& binding : facts_.bindings) {
      if (binding.name == name && path(binding.scope) == where) return describe(binding);
    }
    return "none";
  }

 private:
  [[nodiscard]] std::string path(FactIndex index) const {
    const ScopeFact& scope = facts_.scopes[static_cast<std::size_t>(index)];
    const std::string around = scope.parent == kNoFact ? "" : path(scope.parent) + "/";
    return around + std::string(scope.name);
  }

  static std::string describe(const BindingFact& binding) {
    using namespace binding_flag;
    constexpr std::array<std::pair<BindingFlags, const char*>, 8> kShown{{
        {kParameter, " parameter"},
        {kNonlocal, " nonlocal"},
        {kImported, " imported"},
        {kAssigned, " assigned"},
        {kReferenced, " referenced"},
        {kAnnotated, " annotated"},
        {kNamespace, " namespace"},
        {kDeclaredGlobal, " declared"},
    }};
    std::string result(to_string(binding.name_scope));
    for (const auto& [flag, name] : kShown) {
      if ((binding.flags & flag) != 0) result += name;
    }
    return result;
  }

  std::string text_;
  FileFacts facts_;
};

BindingFlags flags_of(std::string_view text, std::string_view name) {
  const FileFacts facts = extract_python(text, {});
  for (const BindingFact& binding : facts.bindings) {
    if (binding.name == name) return binding.flags;
  }
  ADD_FAILURE() << "no binding " << name;
  return 0;
}

TEST(SymbolScopes, AnEmptyFileIsAScope) {
  const Symbols symbols("");
  EXPECT_THAT(symbols.scopes(), ElementsAre("module top@0"));
  EXPECT_THAT(symbols.names("top"), IsEmpty());
}

TEST(SymbolScopes, FunctionsAndTheirVariables) {
  const Symbols symbols(
      "def f(a, *b, c=d, **e):\n"
      "  g = a\n"
      "  def h():\n"
      "    return g, len, i\n"
      "i = 1\n");
  EXPECT_THAT(symbols.scopes(),
              ElementsAre("module top@0", "function top/f@1", "function top/f/h@3"));
  EXPECT_EQ(symbols.binding("top", "f"), "local assigned namespace");
  EXPECT_EQ(symbols.binding("top", "d"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top/f", "a"), "local parameter referenced");
  EXPECT_EQ(symbols.binding("top/f", "e"), "local parameter");
  EXPECT_EQ(symbols.binding("top/f", "g"), "cell assigned");
  EXPECT_EQ(symbols.binding("top/f/h", "g"), "free referenced");
  EXPECT_EQ(symbols.binding("top/f/h", "len"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top/f/h", "i"), "global_implicit referenced");
}

TEST(SymbolScopes, NamesOfAModuleAreLocalAndGlobal) {
  using namespace binding_flag;
  EXPECT_EQ(flags_of("x = 1\n", "x"), kLocal | kGlobal | kAssigned);
  EXPECT_EQ(flags_of("print\n", "print"), kGlobal | kReferenced);
  EXPECT_EQ(flags_of("def f():\n  x = 1\n", "x"), kLocal | kAssigned);
}

TEST(SymbolScopes, ComprehensionsArePartOfTheScopeAround) {
  const Symbols symbols("def f(xs, k):\n  return [x for x in xs if k], {i: k for i in xs}\n");
  EXPECT_THAT(symbols.scopes(), ElementsAre("module top@0", "function top/f@1"));
  EXPECT_THAT(symbols.names("top/f"), UnorderedElementsAre("xs", "k", "x", "i"));
  EXPECT_EQ(symbols.binding("top/f", "x"), "local assigned referenced");
  EXPECT_EQ(symbols.binding("top/f", "k"), "local parameter");
}

TEST(SymbolScopes, ACellOfAComprehensionIsOneOfTheScopeAround) {
  const Symbols symbols("def f(xs):\n  return [lambda: x for x in xs]\n");
  EXPECT_THAT(symbols.scopes(), Contains("function top/f/lambda@2"));
  EXPECT_EQ(symbols.binding("top/f", "x"), "cell assigned");
  EXPECT_EQ(symbols.binding("top/f/lambda", "x"), "free referenced");
}

TEST(SymbolScopes, OfTwoComprehensionsTheOneThatIsCompiledFirstCounts) {
  EXPECT_EQ(Symbols("a = [1 for x in y], [x for x in y]\n").binding("top", "x"), "local assigned");
  EXPECT_EQ(Symbols("a = [1 for x in y] if [x for x in y] else 0\n").binding("top", "x"),
            "local assigned referenced");
  EXPECT_EQ(Symbols("f(a=[1 for x in y], *[x for x in y])\n").binding("top", "x"),
            "local assigned referenced");
  EXPECT_EQ(Symbols("{0: [1 for x in y], [x for x in y][0]: 1}\n").binding("top", "x"),
            "local assigned referenced");
}

TEST(SymbolScopes, GeneratorExpressionsAreFunctions) {
  const Symbols symbols("def f(xs, k):\n  return sum(\n    x for x in xs if k)\n");
  EXPECT_THAT(symbols.scopes(), Contains("function top/f/genexpr@2"));
  EXPECT_EQ(symbols.binding("top/f/genexpr", ".0"), "local parameter");
  EXPECT_EQ(symbols.binding("top/f/genexpr", "x"), "local assigned referenced");
  EXPECT_EQ(symbols.binding("top/f/genexpr", "k"), "free referenced");
  EXPECT_EQ(symbols.binding("top/f", "k"), "cell parameter");
  EXPECT_EQ(symbols.binding("top/f", "x"), "none");
}

TEST(SymbolScopes, Lambdas) {
  const Symbols symbols("f = lambda a, b=c: a + d\n");
  EXPECT_THAT(symbols.scopes(), ElementsAre("module top@0", "function top/lambda@1"));
  EXPECT_EQ(symbols.binding("top/lambda", "a"), "local parameter referenced");
  EXPECT_EQ(symbols.binding("top/lambda", "d"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top", "c"), "global_implicit referenced");
}

TEST(SymbolScopes, MethodsDoNotSeeTheNamesOfTheirClass) {
  const Symbols symbols(
      "class C(B):\n"
      "  x = 1\n"
      "  y = x\n"
      "  def f(self): return x\n");
  EXPECT_THAT(symbols.scopes(), ElementsAre("module top@0", "class top/C@1", "function top/C/f@4"));
  EXPECT_EQ(symbols.binding("top/C", "x"), "local assigned referenced");
  EXPECT_EQ(symbols.binding("top/C/f", "x"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top", "B"), "global_implicit referenced");
}

TEST(SymbolScopes, GlobalIsSaidOfTheModuleToo) {
  const Symbols symbols("def f():\n  global x, y\n  x = 1\n");
  EXPECT_EQ(symbols.binding("top/f", "x"), "global_explicit assigned declared");
  EXPECT_EQ(symbols.binding("top/f", "y"), "global_explicit declared");
  EXPECT_EQ(symbols.binding("top", "x"), "global_explicit declared");
}

TEST(SymbolScopes, Nonlocal) {
  const Symbols symbols(
      "def f():\n"
      "  x = 1\n"
      "  def g():\n"
      "    def h():\n"
      "      nonlocal x\n"
      "      x = 2\n");
  EXPECT_EQ(symbols.binding("top/f", "x"), "cell assigned");
  EXPECT_EQ(symbols.binding("top/f/g", "x"), "free");
  EXPECT_EQ(symbols.binding("top/f/g/h", "x"), "free nonlocal assigned");
}

TEST(SymbolScopes, WalrusInAComprehensionBindsOutside) {
  const Symbols symbols(
      "def f(xs):\n"
      "  any((y := x) for x in xs)\n"
      "  return [z := x for x in xs]\n"
      "any((m := x) for x in xs)\n");
  EXPECT_EQ(symbols.binding("top/f", "y"), "cell assigned");
  EXPECT_EQ(symbols.binding("top/f/genexpr", "y"), "free nonlocal assigned");
  EXPECT_EQ(symbols.binding("top/f", "z"), "local assigned");
  EXPECT_EQ(symbols.binding("top", "m"), "global_explicit declared");
  EXPECT_EQ(symbols.binding("top/genexpr", "m"), "global_explicit assigned declared");
}

TEST(SymbolScopes, Match) {
  const Symbols symbols(
      "match s:\n"
      "  case [a, *b] | {'k': c, **d} | C(e, f=g) as h if i: pass\n"
      "  case x.y: pass\n"
      "  case _: pass\n");
  for (const char* name : {"a", "b", "c", "d", "e", "g", "h"}) {
    EXPECT_EQ(symbols.binding("top", name), "local assigned") << name;
  }
  for (const char* name : {"s", "C", "i", "x"}) {
    EXPECT_EQ(symbols.binding("top", name), "global_implicit referenced") << name;
  }
  for (const char* name : {"f", "y", "_"}) {
    EXPECT_EQ(symbols.binding("top", name), "none") << name;
  }
}

TEST(SymbolScopes, TypeParameters) {
  const Symbols symbols(
      "class C[T: int](B[T]):\n"
      "  def f[U](self, a: U = d) -> T: return T\n"
      "type A[V] = list[V]\n");
  EXPECT_THAT(symbols.scopes(),
              UnorderedElementsAre("module top@0", "type parameters top/C@1",
                                   "type variable top/C/T@1", "class top/C/C@1",
                                   "type parameters top/C/C/f@2", "function top/C/C/f/f@2",
                                   "type parameters top/A@3", "type alias top/A/A@3"));
  EXPECT_EQ(symbols.binding("top/C", "T"), "cell assigned referenced namespace");
  EXPECT_EQ(symbols.binding("top/C", ".generic_base"), "local assigned referenced");
  EXPECT_EQ(symbols.binding("top/C/C", "__type_params__"), "local assigned");
  EXPECT_EQ(symbols.binding("top/C/C", ".type_params"), "free referenced");
  EXPECT_EQ(symbols.binding("top/C/C", "d"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top/C/C/f", "__classdict__"), "free referenced");
  EXPECT_EQ(symbols.binding("top/C/C/f", ".defaults"), "local parameter");
  EXPECT_EQ(symbols.binding("top/C/C/f", "T"), "free referenced");
  EXPECT_EQ(symbols.binding("top/C/C/f/f", "T"), "free referenced");
  EXPECT_EQ(symbols.binding("top/A/A", "V"), "free referenced");
}

TEST(SymbolScopes, AnnotationScopesSeeTheNamesOfTheClass) {
  const Symbols symbols(
      "def f():\n"
      "  x = 1\n"
      "  class C:\n"
      "    x = 2\n"
      "    type A = x\n"
      "    def g(self): return x\n");
  EXPECT_EQ(symbols.binding("top/f/C/A", "x"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top/f/C/g", "x"), "free referenced");
}

TEST(SymbolScopes, ComprehensionsInAnnotationScopesOfAClassStayScopes) {
  const Symbols symbols("class C:\n  type A = [x for x in y]\ntype B = [x for x in y]\n");
  EXPECT_THAT(symbols.scopes(), Contains("function top/C/A/listcomp@2"));
  EXPECT_THAT(symbols.scopes(), Not(Contains("function top/B/listcomp@3")));
  EXPECT_EQ(symbols.binding("top/B", "x"), "local assigned referenced");
}

TEST(SymbolScopes, Annotations) {
  const Symbols symbols(
      "a: T = 1\n"
      "(b): T\n"
      "(c): T = 1\n"
      "def f(p: P) -> R:\n"
      "  q: S\n");
  EXPECT_EQ(symbols.binding("top", "a"), "local assigned annotated");
  EXPECT_EQ(symbols.binding("top", "b"), "none");
  EXPECT_EQ(symbols.binding("top", "c"), "local assigned");
  EXPECT_EQ(symbols.binding("top", "P"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top", "R"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top/f", "q"), "local assigned annotated");
  EXPECT_EQ(symbols.binding("top/f", "S"), "global_implicit referenced");
}

TEST(SymbolScopes, AnnotationsThatStayTextUseNothing) {
  const Symbols symbols(
      "from __future__ import annotations\n"
      "a: T = 1\n"
      "def f(p: P = D) -> R:\n"
      "  q: (lambda: S)\n");
  EXPECT_THAT(symbols.scopes(), ElementsAre("module top@0", "function top/f@3"));
  EXPECT_THAT(symbols.names("top"), UnorderedElementsAre("annotations", "a", "f", "D"));
  EXPECT_EQ(symbols.binding("top", "a"), "local assigned annotated");
  EXPECT_THAT(symbols.names("top/f"), UnorderedElementsAre("p", "q"));
}

TEST(SymbolScopes, Imports) {
  const Symbols symbols("import a.b, c as d\nfrom e import f, g as h\nfrom i import *\n");
  EXPECT_THAT(symbols.names("top"), UnorderedElementsAre("a", "d", "f", "h"));
  EXPECT_EQ(symbols.binding("top", "a"), "local imported");
}

TEST(SymbolScopes, SuperUsesTheClassCell) {
  const Symbols symbols(
      "class C:\n"
      "  def f(self):\n"
      "    return lambda: super().f\n"
      "  def g(self): return __class__\n"
      "super\n");
  EXPECT_EQ(symbols.binding("top/C/f/lambda", "__class__"), "free referenced");
  EXPECT_EQ(symbols.binding("top/C/f", "__class__"), "free");
  EXPECT_EQ(symbols.binding("top/C/g", "__class__"), "free referenced");
  EXPECT_EQ(symbols.binding("top/C", "__class__"), "none");
  EXPECT_EQ(symbols.binding("top", "__class__"), "none");
}

TEST(SymbolScopes, PrivateNamesAreMangled) {
  const Symbols symbols(
      "class _C:\n"
      "  __a = 1\n"
      "  def __f(self, __p): return __p, __g__, self.__h\n"
      "class __:\n"
      "  __b = 1\n"
      "__c = 1\n"
      "class D[__T](__B): x: __T\n");
  EXPECT_EQ(symbols.binding("top/_C", "_C__a"), "local assigned");
  // `symtable` looks for a scope of the mangled name, and scopes keep theirs.
  EXPECT_EQ(symbols.binding("top/_C", "_C__f"), "local assigned");
  EXPECT_THAT(symbols.names("top/_C/__f"), UnorderedElementsAre("self", "_C__p", "__g__"));
  EXPECT_THAT(symbols.names("top/__"), UnorderedElementsAre("__b"));
  EXPECT_EQ(symbols.binding("top", "__c"), "local assigned");
  EXPECT_THAT(symbols.names("top/D"),
              UnorderedElementsAre(".type_params", ".generic_base", "_D__T", "__B"));
}

TEST(SymbolScopes, ExceptAndDel) {
  const Symbols symbols(
      "def f():\n"
      "  try: pass\n"
      "  except E as e: pass\n"
      "  del d\n"
      "  del x.y\n");
  EXPECT_EQ(symbols.binding("top/f", "e"), "local assigned");
  EXPECT_EQ(symbols.binding("top/f", "E"), "global_implicit referenced");
  EXPECT_EQ(symbols.binding("top/f", "d"), "local assigned");
  EXPECT_EQ(symbols.binding("top/f", "x"), "global_implicit referenced");
}

TEST(SymbolScopes, ScopesOfOneNameAreCounted) {
  const FileFacts facts = extract_python("f = lambda: 1\ng = lambda: 2\ndef h(): lambda: 3\n", {});
  std::vector<std::int64_t> ordinals;
  for (const ScopeFact& scope : facts.scopes) ordinals.push_back(scope.ordinal);
  EXPECT_THAT(ordinals, ElementsAre(0, 0, 1, 0, 0));
}

TEST(SymbolScopes, BrokenFilesHaveScopes) {
  const Symbols symbols("def f(:\n  nonlocal x\nclass\nlambda x: (yield\n[a for\n");
  EXPECT_THAT(symbols.scopes(), Contains("module top@0"));
}

}  // namespace
}  // namespace alluvium::code
