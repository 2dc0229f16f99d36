#include "code/identity/interface_facts.h"

#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/frame/column.h"
#include "code/identity/fact_columns.h"
#include "code/identity/identified_facts.h"

namespace alluvium::code {
namespace {

struct InterfaceList {
  std::string_view name;
  std::initializer_list<std::string_view> fields;
};

const std::initializer_list<InterfaceList> kLists = {
    {"definitions", {"def_id", "kind", "name", "parent_def_id", "decorators"}},
    {"imports",
     {"import_id", "module", "name", "alias", "level", "is_star", "bstart", "statement_line",
      "is_from", "scope_def_id", "in_type_checking", "is_conditional", "bound_name"}},
    {"exports", {"name", "def_id", "import_id"}},
    {"values", {"kind", "base", "other", "definition", "import_index", "name"}},
    {"flows", {"role", "definition", "name", "value"}},
    {"lookups", {"lookup_id", "kind", "import_index", "value", "name"}},
};
const std::initializer_list<std::string_view> kTexts = {"all_names", "all_from"};

// One list of a file's facts, with fewer fields.
class NarrowedList {
 public:
  NarrowedList(const DataType& from, const DataType& to, const InterfaceList& list)
      : from_(FieldPositions(from)[list.name]),
        to_(FieldPositions(to)[list.name]),
        fields_(FieldPositions(FieldPositions(from).type(list.name)),
                FieldPositions(FieldPositions(to).type(list.name)), list.fields) {}

  void copy(const ColumnView& from, std::int64_t file, ColumnBuilder& to) const {
    const ColumnView list = from.child(from_);
    const ColumnView::Range range = list.list_range(file);
    ColumnBuilder out = to.child(to_);
    ColumnBuilder items = out.child(0);
    fields_.copy(list.child(0), range, items);
    items.finish_elements(Validity(range.end - range.begin));
    out.finish_element();
  }

 private:
  int from_;
  int to_;
  CopiedFields fields_;
};

class Interface {
 public:
  Interface(const DataType& from, const DataType& to)
      : texts_(FieldPositions(from), FieldPositions(to), kTexts) {
    for (const InterfaceList& list : kLists) lists_.emplace_back(from, to, list);
  }

  void copy(const ColumnView& facts, std::int64_t file, ColumnBuilder& to) const {
    texts_.copy(facts, {file, file + 1}, to);
    for (const NarrowedList& list : lists_) list.copy(facts, file, to);
    to.finish_element();
  }

 private:
  CopiedFields texts_;
  std::vector<NarrowedList> lists_;
};

}  // namespace

DataType interface_facts_type() {
  const FieldPositions facts(identified_facts_type());
  std::vector<Field> fields;
  for (const InterfaceList& each : kLists) {
    const FieldPositions rows(facts.type(each.name));
    std::vector<Field> narrowed;
    for (const std::string_view field : each.fields) {
      narrowed.push_back({std::string(field), rows.type(field)});
    }
    fields.push_back({std::string(each.name), list(struct_(std::move(narrowed)))});
  }
  for (const std::string_view name : kTexts) {
    fields.push_back({std::string(name), facts.type(name)});
  }
  return struct_(std::move(fields));
}

ScalarFunction interface_facts_function() {
  const DataType from = identified_facts_type();
  const DataType to = interface_facts_type();
  return {
      .name = "interface_facts",
      .parameters = {{"facts", from, "What identify_facts returns."}},
      .returns = {"", to},
      .kernel =
          [interface = Interface(from, to)](std::span<const ColumnView> arguments,
                                            std::int64_t rows, ColumnBuilder& result) {
            for (std::int64_t file = 0; file < rows; ++file) {
              if (arguments[0].is_null(file)) {
                result.append_null();
              } else {
                interface.copy(arguments[0], file, result);
              }
            }
          },
      .documentation = {.description =
                            "Returns what resolution needs to know of a file's facts: its "
                            "definitions, imports, values and questions, without its references."},
  };
}

}  // namespace alluvium::code
