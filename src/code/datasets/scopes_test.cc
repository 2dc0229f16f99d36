#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "code/resolve/resolved_testing.h"

namespace alluvium::code {
namespace {

using alluvium::testing::Rows;
using ::testing::ElementsAre;
using testing::Files;
using ::testing::IsEmpty;
using testing::Resolved;
using ::testing::UnorderedElementsAre;

using Row = std::vector<std::string>;

TEST(Scopes, NameTheirPlaceAndDefinition) {
  const Resolved resolved(Files{{"m.py",
                                 "class C:\n"
                                 "  def f(self): return lambda: self\n"
                                 "def g(): pass\n"}});
  EXPECT_THAT(resolved.rows(
                  "SELECT s.kind, s.name, p.name AS around, s.line, d.qualified_name FROM scopes s "
                  "LEFT JOIN scopes p ON p.scope_id = s.parent_scope_id "
                  "LEFT JOIN definitions d ON d.def_id = s.def_id"),
              UnorderedElementsAre(Row{"module", "top", "NULL", "0", "NULL"},
                                   Row{"class", "C", "top", "1", "m.C"},
                                   Row{"function", "f", "C", "2", "m.C.f"},
                                   Row{"function", "lambda", "f", "2", "m.C.f"},
                                   Row{"function", "g", "top", "3", "m.g"}));
}

// Each flag is another bit, which the query spells as a number.
TEST(Bindings, HaveTheFlagsOfSymtable) {
  const Resolved resolved(Files{{"m.py",
                                 "import imported\n"
                                 "annotated: int\n"
                                 "def namespace(parameter):\n"
                                 "  global declared\n"
                                 "  assigned = 1\n"
                                 "  def inner():\n"
                                 "    nonlocal assigned\n"
                                 "    return parameter, builtin\n"}});
  const auto flags = [&](const std::string& scope, const std::string& name) {
    return resolved.rows(
        "SELECT concat_ws(' ', b.kind, "
        "  CASE WHEN is_parameter THEN 'parameter' END, CASE WHEN is_local THEN 'local' END, "
        "  CASE WHEN is_global THEN 'global' END, "
        "  CASE WHEN is_declared_global THEN 'declared' END, "
        "  CASE WHEN is_nonlocal THEN 'nonlocal' END, CASE WHEN is_free THEN 'free' END, "
        "  CASE WHEN is_imported THEN 'imported' END, CASE WHEN is_assigned THEN 'assigned' END, "
        "  CASE WHEN is_referenced THEN 'referenced' END, "
        "  CASE WHEN is_annotated THEN 'annotated' END, "
        "  CASE WHEN is_namespace THEN 'namespace' END) AS flags "
        "FROM bindings b JOIN scopes s ON s.scope_id = b.scope_id "
        "WHERE s.name = '" +
        scope + "' AND b.name = '" + name + "'");
  };
  EXPECT_THAT(flags("top", "imported"), ElementsAre(Row{"local local global imported"}));
  EXPECT_THAT(flags("top", "annotated"), ElementsAre(Row{"local local global assigned annotated"}));
  EXPECT_THAT(flags("top", "namespace"), ElementsAre(Row{"local local global assigned namespace"}));
  EXPECT_THAT(flags("namespace", "parameter"), ElementsAre(Row{"cell parameter local"}));
  EXPECT_THAT(flags("namespace", "declared"), ElementsAre(Row{"global_explicit global declared"}));
  EXPECT_THAT(flags("inner", "assigned"), ElementsAre(Row{"free nonlocal free"}));
  EXPECT_THAT(flags("inner", "parameter"), ElementsAre(Row{"free free referenced"}));
  EXPECT_THAT(flags("inner", "builtin"), ElementsAre(Row{"global_implicit global referenced"}));
}

TEST(Scopes, IdsSurviveEditsElsewhere) {
  const std::string text = "def f(): return lambda: 1\nclass C:\n  def f(self): pass\n";
  const std::string query = "SELECT scope_id FROM scopes ORDER BY scope_id";
  const Rows ids = Resolved(Files{{"m.py", text}}).rows(query);
  EXPECT_EQ(Resolved(Files{{"m.py", "# more\n\nx = 1\n" + text}}).rows(query), ids);
  EXPECT_NE(Resolved(Files{{"n.py", text}}).rows(query), ids);
  EXPECT_NE(Resolved(Files{{"m.py", text}}, {}, "other").rows(query), ids);
}

TEST(Scopes, KeysAreKeys) {
  const Resolved resolved(Files{{"a.py", "f = lambda: 1, lambda: 2\ndef g(): lambda: 3\n"},
                                {"b.py", "f = lambda: 1, lambda: 2\n"},
                                {"c.py", "def g(): pass\ndef g(): pass\nclass g: pass\n"}});
  EXPECT_THAT(resolved.rows("SELECT scope_id FROM scopes GROUP BY scope_id HAVING count(*) > 1"),
              IsEmpty());
  EXPECT_THAT(resolved.rows("SELECT name FROM bindings GROUP BY scope_id, name "
                            "HAVING count(*) > 1"),
              IsEmpty());
  EXPECT_THAT(resolved.rows("SELECT count(*) FROM bindings b LEFT JOIN scopes s "
                            "ON s.scope_id = b.scope_id AND s.file_id = b.file_id "
                            "WHERE s.scope_id IS NULL"),
              ElementsAre(Row{"0"}));
}

}  // namespace
}  // namespace alluvium::code
