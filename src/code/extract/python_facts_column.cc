#include <array>
#include <span>
#include <string>

#include "code/extract/python_extractor.h"

namespace alluvium::code {
namespace {

// The struct's layout is said twice: here as a type, below as values. The test reads the one with
// the other.

DataType list_of_struct(std::vector<Field> fields) { return list(struct_(std::move(fields))); }

/// Appends the fields of one struct, in order.
class StructAppender {
 public:
  explicit StructAppender(ColumnBuilder column) : column_(column) {}
  StructAppender(const StructAppender&) = delete;
  StructAppender& operator=(const StructAppender&) = delete;

  template <typename Value>
  StructAppender& add(Value value) {
    next().append(value);
    return *this;
  }
  template <typename Value>
  StructAppender& add_optional(const std::optional<Value>& value) {
    ColumnBuilder column = next();
    value ? column.append(*value) : column.append_null();
    return *this;
  }
  StructAppender& add_index(FactIndex value) {
    ColumnBuilder column = next();
    value == kNoFact ? column.append_null() : column.append(value);
    return *this;
  }
  StructAppender& add_range(const ByteRange& range) { return add(range.begin).add(range.end); }
  StructAppender& add_strings(const std::vector<std::string_view>& values) {
    ColumnBuilder column = next();
    ColumnBuilder items = column.child(0);
    for (std::string_view value : values) items.append(value);
    column.finish_element();
    return *this;
  }
  template <typename Fact, typename Append>
  StructAppender& add_list(const std::vector<Fact>& facts, Append append) {
    return add_list(std::span(facts), append);
  }
  template <typename Fact, typename Append>
  StructAppender& add_list(std::span<const Fact> facts, Append append) {
    ColumnBuilder column = next();
    ColumnBuilder items = column.child(0);
    for (const Fact& fact : facts) {
      StructAppender item(items);
      append(item, fact);
      item.finish();
    }
    column.finish_element();
    return *this;
  }
  ColumnBuilder next() { return column_.child(field_++); }
  void finish() { column_.finish_element(); }

 private:
  ColumnBuilder column_;
  int field_ = 0;
};

/// Writes `hash` as 16 hexadecimal digits.
std::array<char, 16> hex(std::uint64_t hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 16> result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[result.size() - 1 - i] = kDigits[(hash >> (4 * i)) & 0xF];
  }
  return result;
}

void append_definition(StructAppender& item, const DefinitionFact& fact) {
  item.add(to_string(fact.kind))
      .add(fact.name)
      .add(fact.qualname)
      .add_index(fact.parent)
      .add(fact.ordinal)
      .add_range(fact.range)
      .add(fact.line)
      .add(fact.column)
      .add_range(fact.name_range)
      .add_optional(fact.signature)
      .add_optional(fact.docstring)
      .add_strings(fact.decorators)
      .add(fact.is_async);
  if (fact.body_hash) {
    const std::array<char, 16> digits = hex(*fact.body_hash);
    item.add(std::string_view(digits.data(), digits.size()));
  } else {
    item.next().append_null();
  }
}

void append_import(StructAppender& item, const ImportFact& fact) {
  item.add_optional(fact.module)
      .add(fact.name)
      .add_optional(fact.alias)
      .add(fact.level)
      .add(fact.is_star)
      .add_range(fact.range)
      .add(fact.line)
      .add(fact.statement_line)
      .add(fact.is_from)
      .add_index(fact.scope_definition)
      .add(fact.in_type_checking)
      .add(fact.is_conditional)
      .add(fact.ordinal)
      .add_optional(fact.bound_name);
}

void append_ref(StructAppender& item, const RefFact& fact) {
  item.add(fact.name)
      .add(to_string(fact.kind))
      .add(to_string(fact.context))
      .add_optional(fact.qualifier)
      .add_range(fact.range)
      .add(fact.line)
      .add_index(fact.enclosing)
      .add_index(fact.target_definition)
      .add_index(fact.target_import)
      .add_index(fact.object)
      .add(to_string(fact.resolution))
      .add(fact.ordinal)
      .add(fact.ambiguous);
}

void append_argument(StructAppender& item, const ArgumentFact& fact) {
  item.add(to_string(fact.kind)).add_optional(fact.keyword).add(fact.text).add_range(fact.range);
}

void append_call(StructAppender& item, const CallFact& fact,
                 const std::vector<ArgumentFact>& arguments) {
  item.add(fact.callee_text)
      .add(fact.arg_count)
      .add_list(std::span(arguments).subspan(static_cast<std::size_t>(fact.first_argument),
                                             static_cast<std::size_t>(fact.arg_count)),
                append_argument)
      .add_range(fact.range)
      .add(fact.line)
      .add_index(fact.caller)
      .add_index(fact.callee_ref)
      .add(fact.ordinal);
}

void append_type_expr(StructAppender& item, const TypeExprFact& fact) {
  item.add(to_string(fact.role))
      .add(fact.target)
      .add(fact.text)
      .add_range(fact.range)
      .add(fact.line)
      .add_index(fact.definition)
      .add_index(fact.enclosing)
      .add(fact.is_string)
      .add(fact.ordinal);
}

void append_value(StructAppender& item, const ValueFact& fact) {
  item.add(static_cast<std::int64_t>(fact.kind))
      .add_index(fact.base)
      .add_index(fact.other)
      .add_index(fact.definition)
      .add_index(fact.import_index)
      .add_optional(fact.name);
}

void append_flow(StructAppender& item, const FlowFact& fact) {
  item.add(static_cast<std::int64_t>(fact.role))
      .add_index(fact.definition)
      .add_optional(fact.name)
      .add_index(fact.value);
}

void append_export(StructAppender& item, const ExportFact& fact) {
  item.add(fact.name)
      .add_index(fact.definition)
      .add_index(fact.import_index)
      .add_optional(fact.in_all);
}

void append_scope(StructAppender& item, const ScopeFact& fact) {
  item.add(to_string(fact.kind))
      .add(fact.name)
      .add_index(fact.parent)
      .add_index(fact.definition)
      .add(fact.line)
      .add(fact.ordinal);
}

void append_binding(StructAppender& item, const BindingFact& fact) {
  item.add(fact.scope)
      .add(fact.name)
      .add(to_string(fact.name_scope))
      .add(static_cast<std::int64_t>(fact.flags));
}

void append_diagnostic(StructAppender& item, const DiagnosticFact& fact) {
  item.add(to_string(fact.severity)).add(fact.code).add(fact.message).add_range(fact.range);
}

}  // namespace

DataType python_facts_type() {
  return struct_({
      {"encoding", utf8(), false},
      {"line_count", int64(), false},
      {"parse_status", utf8(), false},
      {"docstring", utf8()},
      {"definitions",
       list_of_struct({{"kind", utf8(), false},
                       {"name", utf8(), false},
                       {"qualname", utf8(), false},
                       {"parent", int32()},
                       {"ordinal", int64(), false},
                       {"bstart", int64(), false},
                       {"bend", int64(), false},
                       {"line", int64(), false},
                       {"column", int64(), false},
                       {"name_bstart", int64(), false},
                       {"name_bend", int64(), false},
                       {"signature", utf8()},
                       {"docstring", utf8()},
                       {"decorators", list(utf8()), false},
                       {"is_async", boolean(), false},
                       {"body_hash", utf8()}}),
       false},
      {"imports",
       list_of_struct({{"module", utf8()},
                       {"name", utf8(), false},
                       {"alias", utf8()},
                       {"level", int64(), false},
                       {"is_star", boolean(), false},
                       {"bstart", int64(), false},
                       {"bend", int64(), false},
                       {"line", int64(), false},
                       {"statement_line", int64(), false},
                       {"is_from", boolean(), false},
                       {"scope_definition", int32()},
                       {"in_type_checking", boolean(), false},
                       {"is_conditional", boolean(), false},
                       {"ordinal", int64(), false},
                       {"bound_name", utf8()}}),
       false},
      {"refs",
       list_of_struct({{"name", utf8(), false},
                       {"kind", utf8(), false},
                       {"context", utf8(), false},
                       {"qualifier", utf8()},
                       {"bstart", int64(), false},
                       {"bend", int64(), false},
                       {"line", int64(), false},
                       {"enclosing", int32()},
                       {"target_definition", int32()},
                       {"target_import", int32()},
                       {"object", int32()},
                       {"resolution", utf8(), false},
                       {"ordinal", int64(), false},
                       {"ambiguous", boolean(), false}}),
       false},
      {"calls",
       list_of_struct({{"callee_text", utf8(), false},
                       {"arg_count", int64(), false},
                       {"arguments",
                        list_of_struct({{"kind", utf8(), false},
                                        {"keyword", utf8()},
                                        {"text", utf8(), false},
                                        {"bstart", int64(), false},
                                        {"bend", int64(), false}}),
                        false},
                       {"bstart", int64(), false},
                       {"bend", int64(), false},
                       {"line", int64(), false},
                       {"caller", int32()},
                       {"callee_ref", int32()},
                       {"ordinal", int64(), false}}),
       false},
      {"type_exprs",
       list_of_struct({{"role", utf8(), false},
                       {"target", utf8(), false},
                       {"text", utf8(), false},
                       {"bstart", int64(), false},
                       {"bend", int64(), false},
                       {"line", int64(), false},
                       {"definition", int32()},
                       {"enclosing", int32()},
                       {"is_string", boolean(), false},
                       {"ordinal", int64(), false}}),
       false},
      {"values",
       list_of_struct({{"kind", int32(), false},
                       {"base", int32()},
                       {"other", int32()},
                       {"definition", int32()},
                       {"import_index", int32()},
                       {"name", utf8()}}),
       false},
      {"flows",
       list_of_struct({{"role", int32(), false},
                       {"definition", int32()},
                       {"name", utf8()},
                       {"value", int32()}}),
       false},
      {"exports",
       list_of_struct({{"name", utf8(), false},
                       {"definition", int32()},
                       {"import_index", int32()},
                       {"in_all", boolean()}}),
       false},
      {"scopes",
       list_of_struct({{"kind", utf8(), false},
                       {"name", utf8(), false},
                       {"parent", int32()},
                       {"definition", int32()},
                       {"line", int64(), false},
                       {"ordinal", int64(), false}}),
       false},
      {"bindings",
       list_of_struct({{"scope", int32(), false},
                       {"name", utf8(), false},
                       {"kind", utf8(), false},
                       {"flags", int64(), false}}),
       false},
      {"all_names", list(utf8())},
      {"all_from", list(utf8()), false},
      {"diagnostics",
       list_of_struct({{"severity", utf8(), false},
                       {"code", utf8(), false},
                       {"message", utf8(), false},
                       {"bstart", int64(), false},
                       {"bend", int64(), false}}),
       false},
  });
}

void append_python_facts(const FileFacts& facts, ColumnBuilder& column) {
  StructAppender out(column);
  out.add(facts.encoding)
      .add(facts.line_count)
      .add(to_string(facts.parse_status))
      .add_optional(facts.docstring)
      .add_list(facts.definitions, append_definition)
      .add_list(facts.imports, append_import)
      .add_list(facts.refs, append_ref)
      .add_list(facts.calls,
                [&](StructAppender& item, const CallFact& fact) {
                  append_call(item, fact, facts.arguments);
                })
      .add_list(facts.type_exprs, append_type_expr)
      .add_list(facts.values, append_value)
      .add_list(facts.flows, append_flow)
      .add_list(facts.exports, append_export)
      .add_list(facts.scopes, append_scope)
      .add_list(facts.bindings, append_binding);
  if (facts.all_names) {
    out.add_strings(*facts.all_names);
  } else {
    out.next().append_null();
  }
  out.add_strings(facts.all_from).add_list(facts.diagnostics, append_diagnostic);
  out.finish();
}

ScalarFunction parse_python_function(ExtractLimits limits) {
  ScalarFunction function;
  function.name = "parse_python";
  function.parameters = {{"content", binary(), "The bytes of one Python source file."}};
  function.returns = {"parse_python", python_facts_type()};
  function.kernel = [limits](std::span<const ColumnView> arguments, std::int64_t rows,
                             ColumnBuilder& result) {
    const ColumnView& content = arguments[0];
    for (std::int64_t row = 0; row < rows; ++row) {
      if (content.is_null(row)) {
        result.append_null();
        continue;
      }
      append_python_facts(extract_python(content.bytes(row), limits), result);
    }
  };
  function.documentation.description =
      "Returns what a Python source file says by itself: its definitions, imports, references, "
      "calls, type expressions, exports, scopes, bindings and diagnostics.";
  function.documentation.example = "SELECT parse_python('import os')['imports'][1]['module']";
  return function;
}

}  // namespace alluvium::code
