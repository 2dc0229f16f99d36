#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "code/resolve/resolved_testing.h"

namespace alluvium::code {
namespace {

using alluvium::testing::Rows;
using ::testing::Contains;
using testing::Files;
using ::testing::IsEmpty;
using testing::Resolved;
using ::testing::UnorderedElementsAre;

// A row of a query whose first column is the rest's key.
using Row = std::vector<std::string>;

TEST(Modules, AreNamedFromTheNearestRoot) {
  const Resolved resolved(
      Files{
          {"pkg/__init__.py", ""},
          {"pkg/sub/__init__.py", ""},
          {"pkg/sub/mod.py", ""},
          {"pkg/setup/__init__.py", ""},
          {"pkg/data/script.py", ""},       // in a namespace folder of a package
          {"src/other/__init__.py", ""},    // a src layout
          {"tools/lib/src/deep/x.py", ""},  // ... of a part with its own project file
          {"tools/lib/check.py", ""},
          {"scripts/run-me.py", ""},
          {"scripts/v1.0/a.py", ""},  // no dotted name
          {"both.py", ""},
          {"both.pyi", ""},
          {"only.pyi", ""},
          {"tests/unit/__init__.py", ""},
          {"tests/unit/test_a.py", ""},
      },
      {"pkg/setup/setup.py", "tools/lib/pyproject.toml"});
  EXPECT_THAT(
      resolved.rows("SELECT path, module, package, source_root, is_regular, short_name "
                    "FROM file_modules"),
      UnorderedElementsAre(
          Row{"pkg/__init__.py", "pkg", "pkg", ".", "true", "NULL"},
          Row{"pkg/sub/__init__.py", "pkg.sub", "pkg.sub", ".", "true", "NULL"},
          Row{"pkg/sub/mod.py", "pkg.sub.mod", "pkg.sub", ".", "true", "NULL"},
          Row{"pkg/setup/__init__.py", "pkg.setup", "pkg.setup", ".", "true", "NULL"},
          Row{"pkg/data/script.py", "pkg.data.script", "pkg.data", ".", "false", "NULL"},
          Row{"src/other/__init__.py", "other", "other", "src", "true", "NULL"},
          Row{"tools/lib/src/deep/x.py", "deep.x", "deep", "tools/lib/src", "false", "NULL"},
          Row{"tools/lib/check.py", "check", "NULL", "tools/lib", "true", "NULL"},
          Row{"scripts/run-me.py", "scripts.run-me", "scripts", ".", "false", "NULL"},
          Row{"scripts/v1.0/a.py", "NULL", "NULL", ".", "false", "NULL"},
          Row{"both.py", "both", "NULL", ".", "true", "NULL"},
          Row{"both.pyi", "NULL", "NULL", ".", "false", "NULL"},
          Row{"only.pyi", "only", "NULL", ".", "true", "NULL"},
          Row{"tests/unit/__init__.py", "tests.unit", "tests.unit", ".", "false", "unit"},
          Row{"tests/unit/test_a.py", "tests.unit.test_a", "tests.unit", ".", "false",
              "unit.test_a"}));
}

TEST(Modules, APackageMayBeTheTopOfTheRepository) {
  const Resolved resolved(Files{{"__init__.py", "from . import a\nfrom .a import x\n"},
                                {"a.py", "from . import b\nx = 1\n"},
                                {"b.py", ""}});
  EXPECT_THAT(resolved.rows("SELECT module FROM modules"),
              UnorderedElementsAre(Row{"__init__"}, Row{"a"}, Row{"b"}));
  EXPECT_THAT(resolved.rows("SELECT importer_module, imported_module, imported_name, resolution "
                            "FROM imports_resolved"),
              UnorderedElementsAre(Row{"__init__", "a", "NULL", "internal"},
                                   Row{"__init__", "a", "x", "internal"},
                                   Row{"a", "b", "NULL", "internal"}));
}

TEST(Imports, GoToTheObjectOrItsParent) {
  const Resolved resolved(Files{
      {"p/__init__.py", "from p import q\n"},
      {"p/q/__init__.py", "Z = 1\n"},
      {"p/q/m.py",
       "import p.q, os.path, numpy as np\n"
       "import p.q.missing\n"
       "from p import q\n"
       "from p.q import Z, (\n"},
      {"p/q/n.py",
       "from . import m, Z\n"
       "from .. import q as r\n"
       "from ..q.m import (a,\n"
       "  b)\n"
       "from ...beyond import c\n"
       "from .gone import d\n"
       "from p.q import *\n"
       "import space.inner\n"
       "import space\n"
       "def f():\n"
       "  import p.q.n\n"},
      {"space/inner.py", ""},
  });
  EXPECT_THAT(resolved.rows("SELECT imported_module, imported_name, line, resolution, "
                            "imported_file_id IS NULL FROM imports_resolved "
                            "WHERE importer_module = 'p.q.n'"),
              UnorderedElementsAre(Row{"p.q.m", "NULL", "1", "internal", "false"},
                                   Row{"p.q", "Z", "1", "internal", "false"},
                                   Row{"p.q", "NULL", "2", "internal", "false"},
                                   Row{"p.q.m", "a", "3", "internal", "false"},
                                   Row{"p.q.m", "b", "3", "internal", "false"},
                                   Row{"...beyond", "c", "5", "unresolved", "true"},
                                   Row{"p.q.gone", "d", "6", "unresolved", "true"},
                                   Row{"p.q", "*", "7", "internal", "false"},
                                   Row{"space.inner", "NULL", "8", "internal", "false"},
                                   Row{"space", "NULL", "9", "internal", "true"},
                                   Row{"p.q.n", "NULL", "11", "internal", "false"}));
  // A self edge stays; a name that a file with errors imports is not lost with it.
  EXPECT_THAT(
      resolved.rows("SELECT imported_module, imported_name, resolution FROM imports_resolved "
                    "WHERE importer_module = 'p.q.m' AND line < 4"),
      UnorderedElementsAre(Row{"p.q", "NULL", "internal"}, Row{"os.path", "NULL", "stdlib"},
                           Row{"numpy", "NULL", "external"}, Row{"p.q", "missing", "internal"},
                           Row{"p.q", "NULL", "internal"}));
  EXPECT_THAT(resolved.rows("SELECT imported_module FROM imports_resolved "
                            "WHERE importer_module = 'p'"),
              UnorderedElementsAre(Row{"p.q"}));
}

TEST(Imports, PreferTheirOwnSourceRoot) {
  const Resolved resolved(Files{{"one/common.py", ""},
                                {"one/app.py", "import common\n"},
                                {"two/common.py", ""},
                                {"two/app.py", "import common\n"}},
                          {"one/setup.py", "two/setup.py"});
  EXPECT_THAT(
      resolved.rows("SELECT a.path, b.path AS imported FROM imports_resolved i "
                    "JOIN files a ON a.file_id = i.importer_file_id "
                    "JOIN files b ON b.file_id = i.imported_file_id"),
      UnorderedElementsAre(Row{"one/app.py", "one/common.py"}, Row{"two/app.py", "two/common.py"}));
}

TEST(References, KeepToTheirOwnSourceRoot) {
  const std::string app = "import common, common as c\ncommon.f()\nc.f()\nc.K.m()\n";
  const std::string common = "def f(): pass\nclass K:\n  def m(self): pass\n";
  const Resolved resolved(Files{{"one/common.py", common},
                                {"one/app.py", app},
                                {"two/common.py", common},
                                {"two/app.py", app}},
                          {"one/setup.py", "two/setup.py"});
  EXPECT_THAT(resolved.rows("SELECT a.path, c.callee_text, b.path AS callee FROM calls c "
                            "JOIN files a ON a.file_id = c.file_id "
                            "JOIN definitions d ON d.def_id = c.callee_def_id "
                            "JOIN files b ON b.file_id = d.file_id"),
              UnorderedElementsAre(Row{"one/app.py", "common.f", "one/common.py"},
                                   Row{"one/app.py", "c.f", "one/common.py"},
                                   Row{"one/app.py", "c.K.m", "one/common.py"},
                                   Row{"two/app.py", "common.f", "two/common.py"},
                                   Row{"two/app.py", "c.f", "two/common.py"},
                                   Row{"two/app.py", "c.K.m", "two/common.py"}));
}

TEST(References, FollowModulesByTheirShortNames) {
  const Resolved resolved(Files{{"tests/unit/__init__.py", ""},
                                {"tests/unit/base.py", "def f(): pass\n"},
                                {"tests/unit/test_a.py", "from unit import base\nbase.f()\n"}});
  EXPECT_THAT(resolved.rows("SELECT d.qualified_name FROM calls c "
                            "JOIN definitions d ON d.def_id = c.callee_def_id"),
              UnorderedElementsAre(Row{"tests.unit.base.f"}));
}

TEST(Exports, FollowReExportsToTheDefinition) {
  const Resolved resolved(Files{
      {"p/__init__.py", "from .a import f as g, os\nfrom . import a\n__all__ = ['g', 'ghost']\n"},
      {"p/a.py", "from .b import f\nimport os\n_hidden = 1\n"},
      {"p/b.py", "def f(): pass\n"},
  });
  EXPECT_THAT(
      resolved.rows("SELECT e.module, e.name, via, d.qualified_name, target_kind, target_module "
                    "FROM exports e LEFT JOIN definitions d ON d.def_id = e.def_id"),
      UnorderedElementsAre(Row{"p", "g", "all", "p.b.f", "definition", "NULL"},
                           Row{"p", "ghost", "all", "NULL", "unresolved", "NULL"},
                           Row{"p", "os", "reexport", "NULL", "external", "os"},
                           Row{"p", "a", "reexport", "NULL", "module", "p.a"},
                           Row{"p", "__all__", "definition", "p.__all__", "definition", "NULL"},
                           Row{"p.a", "f", "reexport", "p.b.f", "definition", "NULL"},
                           Row{"p.a", "os", "reexport", "NULL", "external", "os"},
                           Row{"p.a", "_hidden", "definition", "p.a._hidden", "definition", "NULL"},
                           Row{"p.b", "f", "definition", "p.b.f", "definition", "NULL"}));
}

TEST(Exports, StarsTravelAndEndOnCircles) {
  const Resolved resolved(Files{
      {"a.py", "from b import *\ndef own(): pass\n"},
      {"b.py", "from c import *\nfrom a import *\n"},
      {"c.py", "__all__ = ['shown', '_odd']\ndef shown(): pass\ndef hidden(): pass\n_odd = 1\n"},
      {"last.py", "from c import *\nfrom d import *\n"},
      {"d.py", "def shown(): pass\n"},
      {"x.py", "from y import n\n"},
      {"y.py", "from x import n\n"},
  });
  const auto exports = [&](const std::string& module) {
    return resolved.rows(
        "SELECT e.name, d.qualified_name FROM exports e LEFT JOIN definitions d "
        "ON d.def_id = e.def_id WHERE e.module = '" +
        module + "'");
  };
  // `_odd` passes c by its __all__, and b has none that would let it pass on.
  EXPECT_THAT(exports("b"), UnorderedElementsAre(Row{"shown", "c.shown"}, Row{"_odd", "c._odd"},
                                                 Row{"own", "a.own"}));
  EXPECT_THAT(exports("a"), UnorderedElementsAre(Row{"shown", "c.shown"}, Row{"own", "a.own"}));
  EXPECT_THAT(exports("last"),
              UnorderedElementsAre(Row{"shown", "d.shown"}, Row{"_odd", "c._odd"}));
  EXPECT_THAT(exports("x"), UnorderedElementsAre(Row{"n", "NULL"}));
}

TEST(Exports, AllMayBorrowFromOthers) {
  const Resolved resolved(Files{
      {"p/__init__.py",
       "from . import m\nfrom .m import *\n__all__ = ['top'] + m.__all__\n"
       "def top(): pass\n"},
      {"p/m.py", "__all__ = ['f']\ndef f(): pass\ndef g(): pass\n"},
      {"user.py", "from p import *\nf()\ntop()\ng()\nlen()\n"},
  });
  EXPECT_THAT(resolved.rows("SELECT name FROM exports WHERE module = 'user'"),
              UnorderedElementsAre(Row{"f"}, Row{"top"}));
  EXPECT_THAT(resolved.rows("SELECT c.callee_text, c.resolution, d.qualified_name FROM calls c "
                            "LEFT JOIN definitions d ON d.def_id = c.callee_def_id"),
              UnorderedElementsAre(Row{"f", "star", "p.m.f"}, Row{"top", "star", "p.top"},
                                   Row{"g", "unresolved", "NULL"}, Row{"len", "builtin", "NULL"}));
}

TEST(Refs, OfStarsGoBeforeBuiltins) {
  const Resolved resolved(Files{{"a.py", "def len(x): pass\nclass Exception: pass\n"},
                                {"m.py",
                                 "from a import *\n"
                                 "class E(Exception): pass\n"
                                 "class W(Warning): pass\n"
                                 "len(str())\n"}});
  EXPECT_THAT(resolved.rows("SELECT r.name, r.resolution, d.qualified_name FROM refs r "
                            "JOIN files f ON f.file_id = r.file_id AND f.module = 'm' "
                            "LEFT JOIN definitions d ON d.def_id = r.def_id "
                            "WHERE r.context = 'load'"),
              UnorderedElementsAre(Row{"len", "star", "a.len"}, Row{"str", "builtin", "NULL"},
                                   Row{"Exception", "star", "a.Exception"},
                                   Row{"Warning", "builtin", "NULL"}));
  EXPECT_THAT(resolved.rows("SELECT d.qualified_name FROM relations r "
                            "JOIN definitions d ON d.def_id = r.related_def_id "
                            "WHERE r.kind = 'base'"),
              UnorderedElementsAre(Row{"a.Exception"}));
}

TEST(References, FollowNamesAttributesAndModules) {
  const Resolved resolved(Files{
      {"p/__init__.py", "from .m import K\n"},
      {"p/m.py",
       "class K:\n  def meth(self): pass\n  class In:\n    pass\n"
       "def f(): pass\ndef unique_one(): pass\n"},
      {"use.py",
       "import p.m, os\n"
       "import p.m as pm\n"
       "from p import K, m, nothing\n"
       "p.m.f()\n"  // a chain from the top package
       "pm.f()\n"
       "m.K.meth()\n"  // a member of a class of a module
       "K.meth()\n"
       "p.K.meth()\n"  // through the package's re-export
       "os.path.join()\n"
       "nothing()\n"
       "def g(x):\n"
       "  x.unique_one()\n"  // only its name is known
       "  x.no_such()\n"
       "  x.f()()\n"
       "  str.join()\n"},
      {"other.py", "class Q:\n  def f(self): pass\n"},
  });
  EXPECT_THAT(
      resolved.rows("SELECT c.callee_text, c.resolution, d.qualified_name, c.confidence "
                    "FROM calls c LEFT JOIN definitions d ON d.def_id = c.callee_def_id"),
      UnorderedElementsAre(
          Row{"p.m.f", "import", "p.m.f", "1.0"}, Row{"pm.f", "import", "p.m.f", "1.0"},
          Row{"m.K.meth", "member", "p.m.K.meth", "0.9"},
          Row{"K.meth", "member", "p.m.K.meth", "0.9"},
          Row{"p.K.meth", "member", "p.m.K.meth", "0.9"},
          Row{"os.path.join", "external", "NULL", "1.0"},
          Row{"nothing", "unresolved", "NULL", "0.0"},
          Row{"x.unique_one", "name_only", "p.m.unique_one", "0.5"},
          Row{"x.no_such", "unresolved", "NULL", "0.0"}, Row{"x.f()", "unresolved", "NULL", "0.0"},
          Row{"x.f", "ambiguous", "NULL", "0.0"}, Row{"str.join", "builtin", "NULL", "1.0"}));
  EXPECT_THAT(
      resolved.rows("SELECT count(*) FROM calls c JOIN refs r ON r.ref_id = c.callee_ref_id "
                    "WHERE (r.def_id IS DISTINCT FROM c.callee_def_id) "
                    "OR r.resolution <> c.resolution OR r.confidence <> c.confidence"),
      UnorderedElementsAre(Row{"0"}));
}

TEST(Identity, DoesNotDependOnPositions) {
  const std::string code =
      "import a\nclass C:\n  def f(self, x):\n    return a.b(x)\n  def f(self):\n    return "
      "a.b()\n";
  const auto ids = [](const std::string& text, const std::string& repo = "r") {
    const Resolved resolved(Files{{"m.py", text}}, {}, repo);
    Rows rows = resolved.rows(
        "SELECT def_id AS id FROM definitions UNION ALL SELECT ref_id FROM refs UNION ALL "
        "SELECT call_id FROM calls UNION ALL SELECT import_id FROM imports ORDER BY id");
    EXPECT_THAT(resolved.rows("SELECT id FROM (SELECT ref_id AS id FROM refs UNION ALL "
                              "SELECT call_id FROM calls UNION ALL SELECT import_id FROM imports "
                              "UNION ALL SELECT def_id FROM definitions) "
                              "GROUP BY id HAVING count(*) > 1"),
                IsEmpty());
    return rows;
  };
  const Rows before = ids(code);
  EXPECT_GT(before.size(), 10U);
  EXPECT_EQ(ids("\n# a comment\n\n" + code), before);
  EXPECT_NE(ids(code, "other"), before);
}

TEST(Identity, ParentsAndEnclosersAreRows) {
  const Resolved resolved(Files{{"m.py", "class C:\n  def f(self, x):\n    def g(): return x\n"}});
  EXPECT_THAT(resolved.rows(
                  "SELECT d.qualified_name, d.kind, p.qualified_name AS parent FROM definitions d "
                  "LEFT JOIN definitions p ON p.def_id = d.parent_def_id"),
              UnorderedElementsAre(Row{"m.C", "class", "NULL"}, Row{"m.C.f", "method", "m.C"},
                                   Row{"m.C.f.<locals>.self", "parameter", "m.C.f"},
                                   Row{"m.C.f.<locals>.x", "parameter", "m.C.f"},
                                   Row{"m.C.f.<locals>.g", "function", "m.C.f"}));
  EXPECT_THAT(
      resolved.rows("SELECT r.name, e.qualified_name AS around, d.qualified_name FROM refs r "
                    "JOIN definitions e ON e.def_id = r.enclosing_def_id "
                    "JOIN definitions d ON d.def_id = r.def_id"),
      Contains(Row{"x", "m.C.f.<locals>.g", "m.C.f.<locals>.x"}));
}

}  // namespace
}  // namespace alluvium::code
