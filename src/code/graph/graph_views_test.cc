#include "code/graph/graph_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "code/resolve/resolved_testing.h"

namespace alluvium::code {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

/// The only column of a query.
std::vector<std::string> column(const testing::Resolved& resolved, const std::string& query) {
  std::vector<std::string> values;
  for (const auto& row : resolved.rows(query)) values.push_back(row.front());
  return values;
}

TEST(GraphViews, HaveTheDeclaredColumns) {
  const testing::Resolved resolved(
      testing::Files{{"p/__init__.py", "from .m import *\n"},
                     {"p/m.py", "@staticmethod\ndef f(a): return f(f)\nclass C:\n  x = f(1)\n"}});
  register_graph_views(resolved.session(), {});
  for (const Dataset& view : graph_views()) {
    const Schema schema = resolved.session().table(view.name).schema();
    ASSERT_EQ(schema.fields.size(), view.columns.size()) << view.name;
    for (std::size_t i = 0; i < view.columns.size(); ++i) {
      const Column& column = view.columns[i];
      EXPECT_EQ(schema.fields[i].name, column.name) << view.name;
      EXPECT_EQ(schema.fields[i].metadata.at("comment"), column.comment);
      if (column.nullable) continue;
      EXPECT_THAT(resolved.rows("SELECT 1 FROM " + std::string(view.name) + " WHERE \"" +
                                std::string(column.name) + "\" IS NULL"),
                  IsEmpty())
          << view.name << '.' << column.name;
    }
    // There is one repository here.
    if (view.name == "imports_across") continue;
    EXPECT_THAT(resolved.rows("SELECT 1 FROM " + std::string(view.name)), Not(IsEmpty()));
  }
}

TEST(GraphViews, PropertiesAreText) {
  const testing::Resolved resolved(testing::Files{
      {"m.py", "@a\n@b(1)\nasync def f(x=1):\n  'Doc.'\n  return f() + f()\nclass C: pass\n"}});
  register_graph_views(resolved.session(), {});
  const auto properties_of = [&](const std::string& name) {
    return column(
        resolved,
        "SELECT key || ' ' || value_type || ' ' || value FROM props JOIN definitions d ON d.def_id "
        "= owner_id WHERE d.name = '" +
            name +
            "' AND key NOT IN ('body_hash', 'ordinal', 'column') AND key NOT LIKE 'name\\_%'");
  };
  EXPECT_THAT(properties_of("f"),
              UnorderedElementsAre("decorators list a\nb(1)", "docstring string Doc.",
                                   "is_async bool true", "line int64 3", "module string m",
                                   "name string f", "qualified_name string m.f",
                                   "qualname string f", "signature string (x=1)"));
  EXPECT_THAT(properties_of("C"),
              UnorderedElementsAre("line int64 6", "module string m", "name string C",
                                   "qualified_name string m.C", "qualname string C"));
}

TEST(GraphViews, EdgesCountTheirEvidence) {
  const testing::Resolved resolved(
      testing::Files{{"m.py", "def f(): return f()\ndef g():\n  f()\n  return f()\n"}});
  register_graph_views(resolved.session(), {});
  EXPECT_THAT(column(resolved,
                     "SELECT e.kind || ' ' || p.key || ' ' || p.value FROM edges e JOIN "
                     "props p ON p.owner_id = e.edge_id WHERE p.owner_kind = 'edge'"),
              UnorderedElementsAre("calls evidence 2", "calls line 3", "references evidence 2",
                                   "references line 3"));
}

}  // namespace
}  // namespace alluvium::code
