#include "code/datasets/datasets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "code/resolve/resolved_testing.h"

namespace alluvium::code {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

TEST(Datasets, ComeAfterTheirInputs) {
  std::set<std::string_view> known(given_inputs().begin(), given_inputs().end());
  for (const Dataset& dataset : datasets()) {
    for (std::string_view input : dataset.inputs) {
      EXPECT_THAT(known, Contains(input)) << dataset.name;
    }
    EXPECT_TRUE(known.insert(dataset.name).second) << dataset.name << " is declared twice";
  }
}

// The tables that a query names after FROM and JOIN, less those that it makes itself by WITH.
std::set<std::string> tables_in(std::string_view query) {
  std::string sql = std::regex_replace(std::string(query), std::regex("--[^\n]*"), "");
  const auto all = [&sql](const char* pattern) {
    const std::regex regex(pattern);
    std::set<std::string> names;
    for (std::sregex_iterator it(sql.begin(), sql.end(), regex), end; it != end; ++it) {
      names.insert((*it)[1]);
    }
    return names;
  };
  std::set<std::string> tables = all(R"((?:FROM|JOIN)\s+(\w+))");
  for (const std::string& own : all(R"((\w+) AS \(\s*SELECT)")) tables.erase(own);
  return tables;
}

TEST(Datasets, DeclareWhatTheirQueriesRead) {
  for (const Dataset& dataset : datasets()) {
    if (dataset.is_native()) continue;
    std::set<std::string> declared(dataset.inputs.begin(), dataset.inputs.end());
    EXPECT_EQ(tables_in(dataset.query), declared) << dataset.name;
    const std::set<std::string> with_scip(dataset.scip_inputs.begin(), dataset.scip_inputs.end());
    EXPECT_EQ(tables_in(dataset.scip_query), with_scip) << dataset.name;
  }
}

TEST(Datasets, QueriesMakeTheDeclaredColumns) {
  const testing::Resolved resolved(
      testing::Files{{"p/__init__.py", "from .m import *\n"},
                     {"p/m.py", "def f(a): return a.b(f)\nimport os as o\n"},
                     {"broken.py", "def ("}});
  for (const Dataset& dataset : datasets()) {
    const Schema schema = resolved.session().table(dataset.name).schema();
    if (!dataset.intermediate) {
      ASSERT_EQ(schema.fields.size(), dataset.columns.size()) << dataset.name;
      for (std::size_t i = 0; i < dataset.columns.size(); ++i) {
        const Column& column = dataset.columns[i];
        EXPECT_EQ(schema.fields[i].name, column.name) << dataset.name;
        EXPECT_EQ(schema.fields[i].type.to_string(), column.type.to_string())
            << dataset.name << '.' << column.name;
        EXPECT_FALSE(column.comment.empty()) << dataset.name << '.' << column.name;
        if (!column.nullable) {
          EXPECT_THAT(resolved.rows("SELECT 1 FROM " + std::string(dataset.name) + " WHERE \"" +
                                    std::string(column.name) + "\" IS NULL"),
                      IsEmpty())
              << dataset.name << '.' << column.name;
        }
      }
    }
    for (std::string_view key : dataset.key) {
      EXPECT_GE(schema.index_of(key), 0) << dataset.name << '.' << key;
    }
  }
}

TEST(Datasets, PublishedTablesStartWithTheContract) {
  // DESIGN 8: names and order are a contract with readers.
  const std::map<std::string_view, std::vector<std::string_view>> contract = {
      {"files",
       {"repo", "file_id", "path", "module", "language", "content_hash", "size_bytes", "line_count",
        "parse_status"}},
      {"modules", {"repo", "module", "file_id", "package", "is_package", "source_root"}},
      {"definitions",
       {"repo", "def_id", "file_id", "module", "qualified_name", "name", "kind", "parent_def_id",
        "bstart", "bend", "line", "signature", "docstring"}},
      {"refs",
       {"repo", "ref_id", "file_id", "name", "context", "bstart", "bend", "line",
        "enclosing_def_id", "def_id", "resolution", "confidence"}},
      {"calls",
       {"repo", "call_id", "file_id", "caller_def_id", "callee_text", "arg_count", "bstart", "bend",
        "line", "callee_def_id", "resolution", "confidence"}},
      {"candidates",
       {"repo", "ref_id", "file_id", "def_id", "rank", "is_chosen", "resolution", "confidence"}},
      {"imports",
       {"repo", "import_id", "file_id", "module", "name", "alias", "level", "is_star", "bstart",
        "bend", "line"}},
      {"imports_resolved",
       {"repo", "import_id", "importer_module", "imported_module", "imported_name",
        "importer_file_id", "imported_file_id", "line", "resolution"}},
      {"external_modules",
       {"repo", "module", "top_level_module", "origin", "distribution", "version"}},
      {"exports", {"repo", "module", "name", "def_id", "via"}},
      {"relations", {"repo", "def_id", "kind", "related_def_id", "ordinal", "confidence"}},
      {"type_exprs",
       {"repo", "type_expr_id", "file_id", "def_id", "enclosing_def_id", "role", "target", "text",
        "bstart", "bend", "line", "is_string"}},
      {"scopes", {"repo", "scope_id", "file_id", "kind", "name", "parent_scope_id", "line"}},
      {"bindings",
       {"repo", "scope_id", "name", "kind", "is_parameter", "is_local", "is_global",
        "is_declared_global", "is_nonlocal", "is_free", "is_imported", "is_assigned",
        "is_referenced", "is_annotated", "is_namespace"}},
      {"diagnostics",
       {"repo", "file_id", "severity", "code", "message", "bstart", "bend", "source"}},
      {"symbols", {"repo", "symbol", "kind", "display_name", "def_id", "file_id"}},
      {"occurrences", {"repo", "file_id", "symbol", "bstart", "bend", "roles"}},
      {"symbol_relationships",
       {"repo", "symbol", "related_symbol", "is_reference", "is_implementation",
        "is_type_definition", "is_definition"}},
  };
  std::size_t published = 0;
  for (const Dataset& dataset : datasets()) {
    if (dataset.intermediate) continue;
    ++published;
    const auto found = contract.find(dataset.name);
    ASSERT_NE(found, contract.end()) << dataset.name;
    ASSERT_GE(dataset.columns.size(), found->second.size());
    for (std::size_t i = 0; i < found->second.size(); ++i) {
      EXPECT_EQ(dataset.columns[i].name, found->second[i]) << dataset.name;
    }
  }
  EXPECT_EQ(published, contract.size());
}

}  // namespace
}  // namespace alluvium::code
