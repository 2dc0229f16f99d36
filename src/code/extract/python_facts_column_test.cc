#include <gtest/gtest.h>

#include <string>

#include "alluvium/frame/record_batch.h"
#include "code/extract/python_extractor.h"

namespace alluvium::code {
namespace {

/// The column of a struct's field, with the field's name checked by position.
ColumnView field(const ColumnView& column, const DataType& type, std::string_view name) {
  int index = 0;
  for (const Field& child : type.children()) {
    if (child.name == name) return column.child(index);
    ++index;
  }
  ADD_FAILURE() << "no field " << name;
  return column;
}

DataType type_of(const DataType& type, std::string_view name) {
  for (const Field& child : type.children()) {
    if (child.name == name) return child.type;
  }
  ADD_FAILURE() << "no field " << name;
  return type;
}

TEST(PythonFactsColumn, EveryFieldIsInItsPlace) {
  const std::string text =
      "'doc'\nfrom .m import n as k\n@dec\nclass C(B):\n  async def f(self, a: int): return "
      "k.z(a)\n"
      "__all__ = ['C'] + o.__all__\n$\n";
  const DataType type = python_facts_type();
  RecordBatchBuilder builder({.fields = {{.name = "facts", .type = type}}});
  ColumnBuilder column = builder.column(0);
  append_python_facts(extract_python(text, {}), column);
  append_python_facts(extract_python("", {}), column);
  column.append_null();
  const RecordBatch batch = builder.finish();
  ASSERT_EQ(batch.row_count(), 3);
  const ColumnView facts = batch.column(0);
  EXPECT_FALSE(facts.is_null(0));
  EXPECT_TRUE(facts.is_null(2));

  EXPECT_EQ(field(facts, type, "encoding").bytes(0), "utf-8");
  EXPECT_EQ(field(facts, type, "line_count").int64(0), 7);
  EXPECT_EQ(field(facts, type, "parse_status").bytes(0), "recovered");
  EXPECT_EQ(field(facts, type, "docstring").bytes(0), "doc");
  EXPECT_TRUE(field(facts, type, "docstring").is_null(1));

  const auto list = [&](std::string_view name) { return field(facts, type, name); };
  const auto item = [&](std::string_view list_name, std::string_view name) {
    const DataType item_type = type_of(type, list_name).children()[0].type;
    return field(list(list_name).child(0), item_type, name);
  };
  EXPECT_EQ(list("definitions").list_range(0).end, 5);
  EXPECT_EQ(list("definitions").list_range(1).begin, list("definitions").list_range(1).end);
  EXPECT_EQ(item("definitions", "kind").bytes(1), "method");
  EXPECT_EQ(item("definitions", "qualname").bytes(1), "C.f");
  EXPECT_TRUE(item("definitions", "parent").is_null(0));
  EXPECT_EQ(item("definitions", "parent").int64(1), 0);
  EXPECT_EQ(item("definitions", "line").int64(1), 5);
  EXPECT_EQ(item("definitions", "column").int64(1), 2);
  EXPECT_EQ(item("definitions", "signature").bytes(0), "(B)");
  EXPECT_EQ(item("definitions", "decorators").list_range(0).end, 1);
  EXPECT_EQ(item("definitions", "is_async").int64(1), 1);
  EXPECT_EQ(item("definitions", "body_hash").bytes(0).size(), 16u);
  EXPECT_TRUE(item("definitions", "body_hash").is_null(2));
  EXPECT_EQ(item("imports", "module").bytes(0), "m");
  EXPECT_EQ(item("imports", "alias").bytes(0), "k");
  EXPECT_EQ(item("imports", "level").int64(0), 1);
  EXPECT_EQ(item("imports", "bound_name").bytes(0), "k");
  EXPECT_EQ(item("refs", "name").bytes(0), "dec");
  EXPECT_EQ(item("refs", "resolution").bytes(0), "unresolved");
  EXPECT_EQ(item("refs", "ambiguous").int64(0), 0);
  EXPECT_EQ(item("calls", "callee_text").bytes(0), "k.z");
  EXPECT_EQ(item("calls", "caller").int64(0), 1);
  const ColumnView arguments = item("calls", "arguments");
  ASSERT_EQ(arguments.list_range(0).end, 1);
  const auto argument = [&](std::string_view name) {
    const DataType call = type_of(type, "calls").children()[0].type;
    return field(arguments.child(0), type_of(call, "arguments").children()[0].type, name);
  };
  EXPECT_EQ(argument("kind").bytes(0), "positional");
  EXPECT_TRUE(argument("keyword").is_null(0));
  EXPECT_EQ(argument("text").bytes(0), "a");
  EXPECT_EQ(argument("bend").int64(0), argument("bstart").int64(0) + 1);
  EXPECT_EQ(list("type_exprs").list_range(0).end, 1);
  EXPECT_EQ(item("type_exprs", "role").bytes(0), "parameter");
  EXPECT_EQ(item("type_exprs", "target").bytes(0), "a");
  EXPECT_EQ(item("type_exprs", "text").bytes(0), "int");
  EXPECT_EQ(item("type_exprs", "bend").int64(0) - item("type_exprs", "bstart").int64(0), 3);
  EXPECT_EQ(item("type_exprs", "line").int64(0), 5);
  EXPECT_EQ(item("type_exprs", "definition").int64(0), 3);
  EXPECT_EQ(item("type_exprs", "enclosing").int64(0), 0);
  EXPECT_EQ(item("type_exprs", "is_string").int64(0), 0);
  EXPECT_EQ(item("type_exprs", "ordinal").int64(0), 0);
  EXPECT_EQ(item("exports", "name").bytes(0), "k");
  EXPECT_EQ(item("exports", "import_index").int64(0), 0);
  EXPECT_EQ(item("exports", "in_all").int64(0), 0);
  EXPECT_EQ(list("scopes").list_range(0).end, 3);
  EXPECT_EQ(item("scopes", "kind").bytes(2), "function");
  EXPECT_EQ(item("scopes", "name").bytes(2), "f");
  EXPECT_TRUE(item("scopes", "parent").is_null(0));
  EXPECT_EQ(item("scopes", "parent").int64(2), 1);
  EXPECT_EQ(item("scopes", "definition").int64(2), 1);
  EXPECT_EQ(item("scopes", "line").int64(2), 5);
  EXPECT_EQ(item("scopes", "ordinal").int64(2), 0);
  EXPECT_EQ(item("bindings", "scope").int64(0), 0);
  EXPECT_EQ(item("bindings", "name").bytes(0), "k");
  EXPECT_EQ(item("bindings", "kind").bytes(0), "local");
  EXPECT_EQ(item("bindings", "flags").int64(0),
            binding_flag::kImported | binding_flag::kLocal | binding_flag::kGlobal);
  EXPECT_EQ(list("all_names").child(0).bytes(0), "C");
  EXPECT_TRUE(list("all_names").is_null(1));
  EXPECT_EQ(list("all_from").child(0).bytes(0), "o.__all__");
  EXPECT_EQ(item("diagnostics", "code").bytes(0), "syntax-error");
}

}  // namespace
}  // namespace alluvium::code
