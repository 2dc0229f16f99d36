#include "code/extract/python_extractor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::code {
namespace {

/// The facts of a text that outlives them.
class Extracted {
 public:
  explicit Extracted(std::string text, const ExtractLimits& limits = {})
      : text_(std::move(text)), facts_(extract_python(text_, limits)) {}
  Extracted(const Extracted&) = delete;
  Extracted& operator=(const Extracted&) = delete;

  const FileFacts* operator->() const { return &facts_; }
  const FileFacts& operator*() const { return facts_; }

  std::vector<std::string> qualnames(DefinitionKind kind) const {
    std::vector<std::string> result;
    for (const DefinitionFact& fact : facts_.definitions) {
      if (fact.kind == kind) result.emplace_back(fact.qualname);
    }
    return result;
  }
  const DefinitionFact& definition(std::string_view qualname) const {
    const auto found =
        std::find_if(facts_.definitions.begin(), facts_.definitions.end(),
                     [&](const DefinitionFact& fact) { return fact.qualname == qualname; });
    if (found == facts_.definitions.end()) {
      ADD_FAILURE() << "no definition " << qualname;
      static const DefinitionFact none;
      return none;
    }
    return *found;
  }
  /// What the `nth` use of `name` means: the resolution, and the target's qualname or module.
  std::string meaning(std::string_view name, std::size_t nth = 0) const {
    for (const RefFact& ref : facts_.refs) {
      if (ref.name != name || nth-- > 0) continue;
      std::string result(to_string(ref.resolution));
      if (ref.target_definition != kNoFact) {
        result += " ";
        result += facts_.definitions[static_cast<std::size_t>(ref.target_definition)].qualname;
      }
      if (ref.target_import != kNoFact) {
        result += " ";
        result += facts_.imports[static_cast<std::size_t>(ref.target_import)].name;
      }
      if (ref.ambiguous) result += " ambiguous";
      return result;
    }
    return "no such ref";
  }
  std::string text(const ByteRange& range) const {
    return text_.substr(static_cast<std::size_t>(range.begin),
                        static_cast<std::size_t>(range.end - range.begin));
  }
  std::vector<std::string> diagnostics() const {
    std::vector<std::string> result;
    for (const DiagnosticFact& fact : facts_.diagnostics) result.emplace_back(fact.code);
    return result;
  }

 private:
  std::string text_;
  FileFacts facts_;
};

using Strings = std::vector<std::string>;

TEST(PythonExtractor, EmptyFileHasNoFacts) {
  const Extracted facts("");
  EXPECT_EQ(facts->line_count, 0);
  EXPECT_EQ(facts->parse_status, ParseStatus::Ok);
  EXPECT_TRUE(facts->definitions.empty());
  EXPECT_FALSE(facts->all_names.has_value());
}

TEST(PythonExtractor, DefinitionStartsAtItsKeywordAndEndsBeforeTrailingComments) {
  const Extracted facts(
      "@decorated(\n  1)\nasync def f(a: int, *b, c=1) -> str:\n    'doc'\n    return a\n"
      "    # trailing\n\nx = 1\n");
  const DefinitionFact& f = facts.definition("f");
  EXPECT_EQ(facts.text(f.range), "async def f(a: int, *b, c=1) -> str:\n    'doc'\n    return a");
  EXPECT_EQ(f.line, 3);
  EXPECT_EQ(f.column, 0);
  EXPECT_TRUE(f.is_async);
  EXPECT_EQ(f.docstring, "doc");
  EXPECT_EQ(f.signature, "(a: int, *b, c=1) -> str");
  EXPECT_EQ(f.decorators, std::vector<std::string_view>{"decorated(1)"});
  EXPECT_EQ(facts.text(facts.definition("f.<locals>.a").range), "a: int");
  EXPECT_EQ(facts.text(facts.definition("f.<locals>.b").range), "b");
}

TEST(PythonExtractor, QualnamesFollowPython) {
  const Extracted facts(
      "class C:\n"
      "  if True:\n"
      "    def m(self):\n"
      "      def inner(): return lambda q: q\n"
      "      global g\n"
      "      def g(): pass\n"
      "  class D: y: int\n"
      "  h = lambda z: z\n");
  EXPECT_EQ(facts.qualnames(DefinitionKind::Class), (Strings{"C", "C.D"}));
  EXPECT_EQ(facts.qualnames(DefinitionKind::Method), (Strings{"C.m"}));
  EXPECT_EQ(facts.qualnames(DefinitionKind::Function), (Strings{"C.m.<locals>.inner", "g"}));
  EXPECT_EQ(facts.qualnames(DefinitionKind::Variable), (Strings{"C.D.y", "C.h"}));
  EXPECT_EQ(facts.qualnames(DefinitionKind::Parameter),
            (Strings{"C.m.<locals>.self", "C.m.<locals>.inner.<locals>.<lambda>.<locals>.q",
                     "C.<lambda>.<locals>.z"}));
}

TEST(PythonExtractor, OrdinalsCountEqualQualnamesOfAKind) {
  const Extracted facts("def f(): pass\ndef f(): pass\nclass f: pass\n");
  EXPECT_EQ(facts->definitions[0].ordinal, 0);
  EXPECT_EQ(facts->definitions[1].ordinal, 1);
  EXPECT_EQ(facts->definitions[2].ordinal, 0);
}

TEST(PythonExtractor, VariablesAreAllWaysToBindAtModuleOrClassLevel) {
  const Extracted facts(
      "a = b = 1\n(c, [d, *e]) = x\nf: int\ng += 1\nfor h, i in x: pass\n"
      "with x as j, y as (k, l): pass\n"
      "try: pass\nexcept E as m: pass\n"
      "[n := 1 for o in x]\n"
      "match x:\n  case [p, {'k': q, **r}, *s] | C(t=u) as v: pass\n"
      "  case w.x: pass\n  case _: pass\n"
      "import os as no\ndef no2(): y = 1\na = 2\nobj.attr = sub[0] = 3\n");
  Strings expected;
  for (const char c : std::string("abcdefghijklmnpqrsuv")) expected.emplace_back(1, c);
  EXPECT_EQ(facts.qualnames(DefinitionKind::Variable), expected);
}

TEST(PythonExtractor, ImportsAreOneRowAnAlias) {
  const Extracted facts(
      "import a . b as c, d.e\nfrom .. f import (g as h, i,)\nfrom . import j\nfrom k import *\n"
      "from __future__ import annotations\n"
      "if TYPE_CHECKING:\n  import l\nelse:\n  import m\ndef f():\n  import n\n");
  std::vector<std::string> rows;
  for (const ImportFact& fact : facts->imports) {
    rows.push_back(std::string(fact.module.value_or("-")) + " " + std::string(fact.name) + " " +
                   std::string(fact.alias.value_or("-")) + " " + std::to_string(fact.level) + " " +
                   std::string(fact.bound_name.value_or("-")) +
                   (fact.in_type_checking ? " checking" : "") +
                   (fact.is_conditional ? " conditional" : ""));
  }
  EXPECT_EQ(rows,
            (Strings{"a.b a.b c 0 c", "d.e d.e - 0 d", "f g h 2 h", "f i - 2 i", "- j - 1 j",
                     "k * - 0 -", "__future__ annotations - 0 annotations",
                     "l l - 0 l checking conditional", "m m - 0 m conditional", "n n - 0 n"}));
  EXPECT_EQ(facts.text(facts->imports[2].range), "g as h");
  EXPECT_EQ(facts->imports.back().scope_definition, 0);
}

TEST(PythonExtractor, NamesResolveByPythonsScopes) {
  const Extracted facts(
      "import os, json\n"
      "x = 1\n"
      "class C:\n"
      "  x = x_class = 2\n"
      "  y = [x_class for z in x_class]\n"
      "  def m(self, p=x_class):\n"
      "    local = p\n"
      "    return x, local, os, len, nothing, self.x, self.other, C.m, os.path.join, __class__\n");
  EXPECT_EQ(facts.meaning("x_class", 1), "unresolved");  // the element: class scopes are skipped
  EXPECT_EQ(facts.meaning("x_class", 2), "definition C.x_class");  // the first iterable
  EXPECT_EQ(facts.meaning("x_class", 3), "definition C.x_class");  // a default
  EXPECT_EQ(facts.meaning("local", 1), "local");
  EXPECT_EQ(facts.meaning("p"), "definition C.m.<locals>.p");
  EXPECT_EQ(facts.meaning("x", 2), "definition x");
  EXPECT_EQ(facts.meaning("x", 3), "self C.x");
  EXPECT_EQ(facts.meaning("other"), "self");
  EXPECT_EQ(facts.meaning("os"), "import os");
  EXPECT_EQ(facts.meaning("len"), "builtin");
  EXPECT_EQ(facts.meaning("nothing"), "unresolved");
  EXPECT_EQ(facts.meaning("m"), "definition C.m");
  EXPECT_EQ(facts.meaning("join"), "import os");
  EXPECT_EQ(facts.meaning("__class__"), "definition C");
}

TEST(PythonExtractor, GlobalNonlocalAndStarImportsAreHonoured) {
  const Extracted facts(
      "from m import *\n"
      "def f():\n"
      "  global a, c\n"
      "  a = c = 1\n"
      "  b = 2\n"
      "  def g():\n"
      "    nonlocal b\n"
      "    b = a\n"
      "    return starred\n"
      "a = 3\n");
  EXPECT_EQ(facts.meaning("a"), "definition a");
  EXPECT_EQ(facts.meaning("a", 1), "definition a");
  EXPECT_EQ(facts.meaning("b", 1), "local");
  EXPECT_EQ(facts.meaning("c"), "definition");  // bound at module level only from inside f
  EXPECT_EQ(facts.meaning("starred"), "global_star");
}

TEST(PythonExtractor, SeveralBindingsKeepTheLastAndSaySo) {
  const Extracted facts(
      "try:\n  import json\nexcept ImportError:\n  json = None\n"
      "def f(): pass\nf = wrap(f)\n"
      "json, f\n");
  EXPECT_EQ(facts.meaning("json", 1), "import json ambiguous");
  EXPECT_EQ(facts.meaning("f", 2), "definition f ambiguous");
  const RefFact& last = facts->refs.back();
  EXPECT_EQ(facts->definitions[static_cast<std::size_t>(last.target_definition)].kind,
            DefinitionKind::Variable);
}

TEST(PythonExtractor, OverloadsAndPartsOfAPropertyAreOneBinding) {
  const Extracted facts(
      "class C:\n"
      "  @typing.overload\n  def f(self, a: int): ...\n"
      "  @typing.overload\n  def f(self, a: str): ...\n"
      "  @traced\n  def f(self, a): self.p, self.f, self.g\n"
      "  @property\n  def p(self): return 1\n"
      "  @p.setter\n  def p(self, value): pass\n"
      "  def g(self): pass\n"
      "  @p.setter\n  def g(self): pass\n");
  EXPECT_EQ(facts.meaning("p", 0), "self C.p");
  EXPECT_EQ(facts.meaning("f", 0), "self C.f");
  EXPECT_EQ(facts.meaning("g", 0), "self C.g ambiguous");
}

TEST(PythonExtractor, VariablesEndWhereTheirAssignmentDoes) {
  const Extracted facts("A, (b, c) = {\n  1: f,\n}, g\nfor d in h: pass\nD: int = 1; e = E = 2\n");
  EXPECT_EQ(facts.text(facts.definition("A").range), "A, (b, c) = {\n  1: f,\n}, g");
  EXPECT_EQ(facts.text(facts.definition("c").range), "c) = {\n  1: f,\n}, g");
  EXPECT_EQ(facts.text(facts.definition("d").range), "d");
  EXPECT_EQ(facts.text(facts.definition("D").range), "D: int = 1");
  EXPECT_EQ(facts.text(facts.definition("E").range), "E = 2");
  EXPECT_EQ(facts.text(facts.definition("E").name_range), "E");
}

TEST(PythonExtractor, ParameterScopes) {
  const Extracted facts("def f(a: a, b=a) -> a: return a\n@a\ndef g(): pass\n");
  EXPECT_EQ(facts.meaning("a", 0), "unresolved");  // annotation
  EXPECT_EQ(facts.meaning("a", 1), "unresolved");  // default
  EXPECT_EQ(facts.meaning("a", 2), "unresolved");  // returns
  EXPECT_EQ(facts.meaning("a", 3), "definition f.<locals>.a");
  EXPECT_EQ(facts->refs[0].enclosing, kNoFact);
  EXPECT_EQ(facts->refs[3].enclosing, 0);
  EXPECT_EQ(facts->refs[4].enclosing, kNoFact);
}

TEST(PythonExtractor, TypeParametersHaveAScope) {
  const Extracted facts(
      "def f[T: int](x: T) -> T: return T\ntype A[U] = list[U]\nclass C[V](V): V\n");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(facts.meaning("T", i), "local") << i;
  EXPECT_EQ(facts.meaning("U"), "local");
  EXPECT_EQ(facts.meaning("V", 0), "local");
  EXPECT_EQ(facts.qualnames(DefinitionKind::Variable), (Strings{"A"}));
}

TEST(PythonExtractor, DefaultsOfGenericFunctionsAreOutsideOfTheTypeParameters) {
  const Extracted facts("T = 1\ndef f[T](a: T = T): pass\n");
  EXPECT_EQ(facts.meaning("T", 1), "local");
  EXPECT_EQ(facts.meaning("T", 2), "definition T");
}

TEST(PythonExtractor, CallsKnowTheirCalleeAndArguments) {
  const Extracted facts(
      "def f():\n  a.b(\n    c)(1, *x, k=2)\n  [*g(y for y in z)]\n  type(o).p = 1\n");
  std::vector<std::string> rows;
  for (const CallFact& call : facts->calls) {
    rows.push_back(
        std::string(call.callee_text) + " " + std::to_string(call.arg_count) + " " +
        (call.callee_ref == kNoFact
             ? "-"
             : std::string(facts->refs[static_cast<std::size_t>(call.callee_ref)].name)));
    EXPECT_EQ(call.caller, 0);
  }
  EXPECT_EQ(rows, (Strings{"a.b(c) 3 -", "a.b 1 b", "g 1 g", "type 1 type"}));
  EXPECT_EQ(facts.text(facts->calls[2].range), "g(y for y in z)");
}

TEST(PythonExtractor, AttributesHaveQualifiers) {
  const Extracted facts("a . b.c\nsuper().d\nf().e\n");
  std::vector<std::string> rows;
  for (const RefFact& ref : facts->refs) {
    if (ref.kind == RefKind::Attribute) {
      rows.push_back(std::string(ref.name) + " " + std::string(ref.qualifier.value_or("-")));
    }
  }
  EXPECT_EQ(rows, (Strings{"b a", "c a.b", "d super()", "e -"}));
}

TEST(PythonExtractor, DunderAllIsFollowed) {
  const Extracted facts(
      "__all__ = ['a', 'b'] + sub.__all__\n__all__ += ('c',)\n__all__.extend(['d'])\n"
      "__all__.append('e')\n__all__.remove('b')\n__all__ += other.mod.__all__\n"
      "def a(): pass\ndef _x(): pass\n");
  ASSERT_TRUE(facts->all_names.has_value());
  EXPECT_EQ(*facts->all_names, (std::vector<std::string_view>{"a", "c", "d", "e"}));
  EXPECT_EQ(facts->all_from, (std::vector<std::string_view>{"sub.__all__", "other.mod.__all__"}));
  ASSERT_EQ(facts->exports.size(), 3u);
  EXPECT_EQ(facts->exports[1].name, "a");
  EXPECT_EQ(facts->exports[1].in_all, true);
  EXPECT_EQ(facts->exports[2].in_all, false);
}

TEST(PythonExtractor, DunderAllInAFunctionDoesNotCount) {
  const Extracted facts("def f():\n  __all__ = ['a']\n");
  EXPECT_FALSE(facts->all_names.has_value());
}

TEST(PythonExtractor, BodyHashIgnoresLayoutAndComments) {
  const Extracted one("def f():\n  if a:\n    return (b,\n       c)\n");
  const Extracted two("def f(x):\n\n      # why\n      if a:\n         return (b, c)  # so\n");
  const Extracted other("def f():\n  if a: pass\n  return (b, c)\n");
  EXPECT_EQ(one.definition("f").body_hash, two.definition("f").body_hash);
  EXPECT_NE(one.definition("f").body_hash, other.definition("f").body_hash);
}

TEST(PythonExtractor, DocstringsAreEvaluated) {
  const Extracted facts(
      "'a\\x41\\\n\\u00e9' r'\\n'\ndef f():\n  # no\n  ('''x\r\ny''')\ndef g(): f'no'\n");
  EXPECT_EQ(facts->docstring, "aA\u00e9\\n");
  EXPECT_EQ(facts.definition("f").docstring, "x\ny");
  EXPECT_EQ(facts.definition("g").docstring, std::nullopt);
}

TEST(PythonExtractor, NamedCharactersAreDecoded) {
  const Extracted facts(
      "'\\N{MICRO SIGN}m' r'\\N{MICRO SIGN}'\n__all__ = ['\\N{micro sign}']\n"
      "def f(): '\\N \\N(SNOWMAN)'\ndef g(): '\\N{} \\N{no name} \\N{SNOWMAN}'\n");
  EXPECT_EQ(facts->docstring, "\u00b5m\\N{MICRO SIGN}");
  EXPECT_EQ(facts->all_names, (std::vector<std::string_view>{"\u00b5"}));
  EXPECT_EQ(facts.definition("f").docstring, "\\N \\N(SNOWMAN)");
  EXPECT_EQ(facts.definition("g").docstring, "\\N{} \\N{no name} \u2603");
}

TEST(PythonExtractor, EncodedFilesHavePositionsAsStored) {
  const Extracted facts("# coding: latin-1\nx = '\xE9'; \xE9t\xE9 = f(1)\n");
  EXPECT_EQ(facts->encoding, "iso-8859-1");
  EXPECT_EQ(facts->parse_status, ParseStatus::Ok);
  const DefinitionFact& name = facts.definition("\u00e9t\u00e9");
  EXPECT_EQ(facts.text(name.name_range), "\xE9t\xE9");
  EXPECT_EQ(name.column, 10);  // in UTF-8
  EXPECT_EQ(facts.text(facts->calls[0].range), "f(1)");
}

TEST(PythonExtractor, MultibyteEncodingsAreDecoded) {
  const Extracted facts("# -*- coding: shift_jis -*-\n\x93\xFA\x96\x7B = f(1)\n");
  EXPECT_EQ(facts->parse_status, ParseStatus::Ok);
  EXPECT_EQ(facts.text(facts.definition("\u65e5\u672c").name_range), "\x93\xFA\x96\x7B");
  EXPECT_EQ(facts.text(facts->calls[0].range), "f(1)");
}

TEST(PythonExtractor, ByteOrderMarksAreNoText) {
  const Extracted utf8("\xEF\xBB\xBFx = 1\n");
  EXPECT_EQ(utf8->encoding, "utf-8-sig");
  EXPECT_EQ(utf8.text(utf8.definition("x").name_range), "x");
  EXPECT_EQ(utf8.definition("x").column, 0);

  const Extracted utf16(std::string("\xFF\xFEx\0=\0001\0\n\0", 10));
  EXPECT_EQ(utf16->parse_status, ParseStatus::Recovered);
  EXPECT_EQ(utf16.diagnostics(), Strings{"invalid-encoding"});
  EXPECT_EQ(utf16.definition("x").name_range.begin, 2);
  EXPECT_EQ(utf16.definition("x").name_range.end, 4);
}

TEST(PythonExtractor, BadBytesAreDiagnosedAndReplaced) {
  const Extracted invalid("x = '\xFF'\n'''\xC0'''\ndef f(): '\xFF'\n");
  EXPECT_EQ(invalid.diagnostics(), Strings{"invalid-encoding"});
  EXPECT_EQ(invalid->diagnostics[0].range.begin, 5);
  EXPECT_EQ(invalid.definition("f").docstring, "\uFFFD");
  EXPECT_EQ(invalid.text(invalid.definition("f").name_range), "f");
  EXPECT_EQ(Extracted("# coding: nonsense\nx = 1\n").diagnostics(), Strings{"unknown-encoding"});
  EXPECT_EQ(Extracted(std::string("x = 1\0\n", 7)).diagnostics(), Strings{"null-byte"});
}

TEST(PythonExtractor, EveryLineEndingCounts) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const Extracted facts("def f():" + end + "  return 1" + end + end + "x = 2");
    EXPECT_EQ(facts->line_count, 4);
    EXPECT_EQ(facts.definition("x").line, 4);
    EXPECT_EQ(facts.text(facts.definition("f").range), "def f():" + end + "  return 1");
  }
}

TEST(PythonExtractor, IdentifiersAreNormalised) {
  const Extracted facts("\xF0\x9D\x94\x98\xEF\xAC\x81 = 1\nUfi\n");
  EXPECT_EQ(facts.qualnames(DefinitionKind::Variable), Strings{"Ufi"});
  EXPECT_EQ(facts.meaning("Ufi", 1), "definition Ufi");
}

TEST(PythonExtractor, SyntaxErrorsLeaveTheRest) {
  const Extracted facts("def f(:\n  pass\n\nclass C:\n  def m(self): pass\n");
  EXPECT_EQ(facts->parse_status, ParseStatus::Recovered);
  EXPECT_EQ(facts.diagnostics()[0], "syntax-error");
  EXPECT_EQ(facts.qualnames(DefinitionKind::Method), Strings{"C.m"});
}

TEST(PythonExtractor, LinesInBracketsMayBeIndentedLess) {
  const Extracted facts("class C:\n  def m(self):\n    (self.  # why\nx)\n  def n(self): pass\n");
  EXPECT_EQ(facts->parse_status, ParseStatus::Ok);
  EXPECT_EQ(facts.qualnames(DefinitionKind::Method), (Strings{"C.m", "C.n"}));
  EXPECT_EQ(facts.meaning("x"), "self");
}

TEST(PythonExtractor, SyntaxDiagnosticsAreCapped) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "def (:\n$ ? $\n";
  EXPECT_LE(Extracted(text)->diagnostics.size(), 101u);
}

TEST(PythonExtractor, LimitsBecomeDiagnostics) {
  const Extracted large("x = 1\n", {.max_bytes = 3});
  EXPECT_EQ(large->parse_status, ParseStatus::Skipped);
  EXPECT_EQ(large.diagnostics(), Strings{"file-too-large"});

  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "x = f(a, b)[c].d\n";
  const Extracted slow(text, {.parse_timeout = std::chrono::milliseconds(0)});
  EXPECT_EQ(slow->parse_status, ParseStatus::Failed);
  EXPECT_EQ(slow.diagnostics(), Strings{"parse-timeout"});
  EXPECT_TRUE(slow->definitions.empty());
  // The parser of this thread is as new.
  EXPECT_EQ(Extracted("y = 1\n").qualnames(DefinitionKind::Variable), Strings{"y"});
}

TEST(PythonExtractor, DeepNestingIsFine) {
  constexpr std::size_t kDeep = 100'000;
  const std::string open(kDeep, '(');
  const std::string close(kDeep, ')');
  const Extracted parentheses("before = 1\nx = " + open + "1" + close + "\nafter = 2\n");
  EXPECT_EQ(parentheses.qualnames(DefinitionKind::Variable), (Strings{"before", "x", "after"}));
  EXPECT_EQ(parentheses.diagnostics(), Strings{"nesting-too-deep"});

  const auto repeated = [](std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
  };
  for (const std::string& text :
       {open, close, repeated("a.", 50'000) + "a", "f" + repeated("()", 30'000),
        repeated("lambda x: ", 30'000) + "1", repeated("[", 30'000),
        repeated("a if b else ", 20'000), repeated("not ", 30'000) + "1",
        "x = " + repeated("a + ", 30'000) + "1", repeated("{'a':", 30'000), repeated("f'{", 1000),
        repeated("class C:\n", 500)}) {
    const Extracted facts(text);
    EXPECT_NE(facts->parse_status, ParseStatus::Skipped);
  }
}

TEST(PythonExtractor, TruncatedAndDamagedInputIsHarmless) {
  const std::string text =
      "# coding: utf-8\nfrom .a import (b as c, d)\n@dec(x)\nclass C[T](B, metaclass=M):\n"
      "  'doc'\n  x: int = y = [i for i in range(3) if (z := i)]\n"
      "  async def m(self, *a: int, k=lambda q: q, **kw) -> None:\n"
      "    with open(f'{self.x!r:>{w}}') as f, g as (h, *j): del f.y, h[0]\n"
      "    match x:\n      case A.B(c=D(), **e) | [1, *_] as r if r: pass\n"
      "    try: pass\n    except* (E, F) as e: raise\n"
      "__all__ = ['C'] + o.__all__\ntype X[U] = list[U]\nprint >>f, x\nexec 'c' in d\n";
  for (std::size_t end = 0; end <= text.size(); ++end) {
    extract_python(std::string_view(text).substr(0, end), {});
    extract_python(std::string_view(text).substr(end), {});
  }
  unsigned seed = 1;
  const auto random = [&seed] { return (seed = seed * 1103515245 + 12345) >> 16; };
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = text;
    for (int i = 0; i < 5; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random() & 0xFF);
      const std::size_t from = random() % damaged.size();
      damaged.insert(random() % damaged.size(), damaged.substr(from, random() % 20));
    }
    const Extracted facts(damaged);
    for (const RefFact& ref : facts->refs) {
      ASSERT_LE(ref.range.begin, ref.range.end);
      ASSERT_LE(ref.range.end, static_cast<std::int64_t>(damaged.size()));
    }
  }
}

TEST(PythonExtractor, ArgumentsAreTheirValues) {
  const Extracted facts("f(a, *b, (c), k = (d), **e, *g or h)\ni(x for x in y)\nj()\n");
  Strings arguments;
  for (const ArgumentFact& fact : facts->arguments) {
    std::string line(to_string(fact.kind));
    if (fact.keyword) line.append(" ").append(*fact.keyword);
    arguments.push_back(line.append(" ").append(fact.text));
    EXPECT_EQ(facts.text(fact.range), fact.text);
  }
  EXPECT_EQ(arguments, (Strings{"positional a", "star b", "positional c", "keyword k d",
                                "double_star e", "star g or h", "positional (x for x in y)"}));
  ASSERT_EQ(facts->calls.size(), 3u);
  EXPECT_EQ(facts->calls[0].arg_count, 6);
  EXPECT_EQ(facts->calls[1].first_argument, 6);
  EXPECT_EQ(facts->calls[2].arg_count, 0);
}

TEST(PythonExtractor, LongArgumentsAreCut) {
  const Extracted facts("f('" + std::string(98, 'a') + "\u00e9" + std::string(50, 'b') + "')\n");
  EXPECT_EQ(facts->arguments[0].text, "'" + std::string(98, 'a'));
}

/// Role, target, text and definition of each type expression, and `"` where it is a string.
Strings types(const Extracted& facts) {
  Strings result;
  for (const TypeExprFact& fact : facts->type_exprs) {
    std::string line(to_string(fact.role));
    line.append(" ").append(fact.target).append(" ").append(fact.text);
    if (fact.definition != kNoFact) {
      const auto index = static_cast<std::size_t>(fact.definition);
      line.append(" of ").append(facts->definitions[index].qualname);
    }
    result.push_back(line + (fact.is_string ? " \"" : ""));
  }
  return result;
}

TEST(PythonExtractor, TypesAreOfWhatHasThem) {
  const Extracted facts(
      "x: int\n"
      "def f[T: (A)](a: 'B', *b: list[ C,  # why\n"
      "    D]) -> None:\n"
      "  local: E\n"
      "  self.x: F = 1\n"
      "  a [0]: G\n"
      "class K:\n"
      "  m: int\n"
      "type Z[U: H] = I\n");
  EXPECT_EQ(types(facts),
            (Strings{"variable x int of x", "bound T A of f", "return f None of f",
                     "parameter a 'B' of f.<locals>.a \"", "parameter b list[C, D] of f.<locals>.b",
                     "variable local E", "attribute self.x F", "subscription a [0] G",
                     "variable m int of K.m", "bound U H of Z", "alias Z I of Z"}));
  EXPECT_EQ(facts.text(facts->type_exprs[1].range), "A");
  EXPECT_EQ(facts.text(facts->type_exprs[4].range), "list[ C,  # why\n    D]");
  EXPECT_EQ(facts->type_exprs[5].enclosing, 1);
}

TEST(PythonExtractor, TypesOfOneNameAreCounted) {
  const Extracted facts("x: int\nx: str\ndef f(x: int): ...\ndef f(x: str): ...\n");
  ASSERT_EQ(facts->type_exprs.size(), 4u);
  EXPECT_EQ(facts->type_exprs[0].ordinal, 0);
  EXPECT_EQ(facts->type_exprs[1].ordinal, 1);
  // Of parameters of two functions each is the first.
  EXPECT_EQ(facts->type_exprs[2].ordinal, 0);
  EXPECT_EQ(facts->type_exprs[3].ordinal, 0);
}

}  // namespace
}  // namespace alluvium::code
