#include "code/identity/identify_facts.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "code/identity/fact_columns.h"
#include "code/identity/id_places.h"
#include "code/identity/identified_facts.h"
#include "code/identity/interface_writer.h"
#include "code/identity/lookup_ids.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

constexpr std::int64_t kNone = -1;

// One list of facts: where its fields are, in what parse_python gives and in what goes out.
struct FactList {
  FactList(const DataType& from, const DataType& to, std::string_view name,
           std::initializer_list<std::string_view> unchanged)
      : from_field(FieldPositions(from)[name]),
        to_field(FieldPositions(to)[name]),
        in(FieldPositions(from).type(name)),
        out(FieldPositions(to).type(name)),
        copied(in, out, unchanged) {}

  int from_field;
  int to_field;
  FieldPositions in;
  FieldPositions out;
  CopiedFields copied;
};

struct Layout {
  explicit Layout(const DataType& from) : Layout(from, identified_facts_type()) {}

  Layout(const DataType& from, const DataType& to)
      : file(FieldPositions(from), FieldPositions(to),
             {"encoding", "line_count", "parse_status", "docstring"}),
        definitions(from, to, "definitions",
                    {"kind", "name", "qualname", "ordinal", "bstart", "bend", "line", "column",
                     "name_bstart", "name_bend", "signature", "docstring", "decorators", "is_async",
                     "body_hash"}),
        imports(from, to, "imports",
                {"module", "name", "alias", "level", "is_star", "bstart", "bend", "line",
                 "statement_line", "is_from", "in_type_checking", "is_conditional", "ordinal",
                 "bound_name"}),
        refs(from, to, "refs",
             {"name", "kind", "context", "qualifier", "bstart", "bend", "line", "ambiguous"}),
        calls(from, to, "calls",
              {"callee_text", "arg_count", "arguments", "bstart", "bend", "line"}),
        type_exprs(from, to, "type_exprs",
                   {"role", "target", "text", "bstart", "bend", "line", "is_string"}),
        scopes(from, to, "scopes", {"kind", "name", "line", "ordinal"}),
        bindings(from, to, "bindings", {"name", "kind", "flags"}),
        diagnostics(from, to, "diagnostics", {"severity", "code", "message", "bstart", "bend"}),
        interface(FieldPositions(to)["interface"]),
        facts_type(from) {}

  CopiedFields file;
  FactList definitions;
  FactList imports;
  FactList refs;
  FactList calls;
  FactList type_exprs;
  FactList scopes;
  FactList bindings;
  FactList diagnostics;
  int interface;
  DataType facts_type;
};

std::int64_t index_at(const ColumnView& column, std::int64_t row) {
  return column.is_null(row) ? kNone : column.int64(row);
}

std::string_view text_at(const ColumnView& column, std::int64_t row) {
  return column.is_null(row) ? std::string_view() : column.bytes(row);
}

void add_text(IdParts& parts, const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) {
    parts.add_null();
  } else {
    parts.add(column.bytes(row));
  }
}

// The rows of one list of one file's facts.
class Rows {
 public:
  Rows(const ColumnView& facts, const FactList& list, std::int64_t file)
      : list_(list),
        rows_(facts.child(list.from_field).child(0)),
        range_(facts.child(list.from_field).list_range(file)) {}

  [[nodiscard]] ColumnView operator[](std::string_view field) const {
    return rows_.child(list_.in[field]);
  }
  [[nodiscard]] std::int64_t begin() const { return range_.begin; }
  [[nodiscard]] std::int64_t end() const { return range_.end; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end() - begin()); }
  [[nodiscard]] std::size_t index(std::int64_t row) const {
    return static_cast<std::size_t>(row - begin());
  }

  /// The builder of `field` in the rows that go out.
  [[nodiscard]] ColumnBuilder out(ColumnBuilder& result, std::string_view field) const {
    return result.child(list_.to_field).child(0).child(list_.out[field]);
  }
  /// Ends the list that goes out, with a row for each that came in: their other fields must be
  /// there, the unchanged ones are copied.
  void finish(ColumnBuilder& result) const {
    ColumnBuilder list = result.child(list_.to_field);
    ColumnBuilder out = list.child(0);
    list_.copied.copy(rows_, range_, out);
    out.finish_elements(Validity(end() - begin()));
    list.finish_element();
  }

 private:
  const FactList& list_;
  ColumnView rows_;
  ColumnView::Range range_;
};

// Gives the rows of one file after another their ids. Its buffers serve all files of a kernel call.
class FactIdentifier {
 public:
  FactIdentifier(const Layout& layout, const ColumnView& facts, ColumnBuilder& result)
      : layout_(layout), facts_(facts), result_(result), interface_(layout.facts_type) {}

  /// Appends the facts of row `file`; `module` is null for a file that is no module.
  void identify(std::int64_t file, std::string_view repo, std::string_view path,
                const std::string_view* module) {
    parts_.rewind();
    parts_.add(repo).add(path);
    file_mark_ = parts_.mark();
    lookup_ids_.begin(repo, path);
    layout_.file.copy(facts_, {file, file + 1}, result_);
    identify_definitions(file, module);
    identify_imports(file);
    identify_refs(file);
    identify_calls(file);
    identify_type_exprs(file);
    identify_scopes(file);
    identify_bindings(file);
    Rows(facts_, layout_.diagnostics, file).finish(result_);
    result_.child(layout_.interface)
        .append(interface_.write(facts_, file, definition_ids_, import_ids_));
    result_.finish_element();
  }

 private:
  // What the calls need of a reference.
  struct Reference {
    StableId id;
    StableId lookup;
    bool has_lookup = false;
    bool ambiguous = false;
    std::int64_t target = kNone;
    std::string_view resolution;
  };

  static void append_id(ColumnBuilder& column, const std::vector<StableId::Digits>& ids,
                        std::int64_t index) {
    if (index == kNone) {
      column.append_null();
    } else {
      column.append(ids[static_cast<std::size_t>(index)].view());
    }
  }

  static void append_lookup(ColumnBuilder& column, const Reference& reference) {
    if (reference.has_lookup) {
      column.append(reference.lookup.digits().view());
    } else {
      column.append_null();
    }
  }

  // Starts the parts of a row's id: the file, and the definition around the row.
  IdParts& parts_inside(std::int64_t definition) {
    parts_.rewind(file_mark_);
    if (definition == kNone) return parts_.add_null();
    return parts_.add(definitions_[static_cast<std::size_t>(definition)].view());
  }

  void identify_definitions(std::int64_t file, const std::string_view* module) {
    const Rows rows(facts_, layout_.definitions, file);
    const ColumnView kind = rows["kind"];
    const ColumnView qualname = rows["qualname"];
    const ColumnView parent = rows["parent"];
    const ColumnView ordinal = rows["ordinal"];
    ColumnBuilder def_id = rows.out(result_, "def_id");
    ColumnBuilder qualified_name = rows.out(result_, "qualified_name");
    ColumnBuilder parent_def_id = rows.out(result_, "parent_def_id");

    definitions_.clear();
    definition_ids_.clear();
    name_.clear();
    if (module != nullptr) name_.append(*module).append(".");
    const std::size_t prefix = name_.size();
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      name_.resize(prefix);
      name_.append(qualname.bytes(row));
      parts_.rewind(file_mark_);
      parts_.add(name_).add(kind.bytes(row)).add_number(ordinal.int64(row));
      definition_ids_.push_back(parts_.id());
      definitions_.push_back(definition_ids_.back().digits());
    }
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      name_.resize(prefix);
      name_.append(qualname.bytes(row));
      def_id.append(definitions_[rows.index(row)].view());
      qualified_name.append(std::string_view(name_));
      append_id(parent_def_id, definitions_, index_at(parent, row));
    }
    rows.finish(result_);
  }

  void identify_imports(std::int64_t file) {
    const Rows rows(facts_, layout_.imports, file);
    const ColumnView module = rows["module"];
    const ColumnView name = rows["name"];
    const ColumnView alias = rows["alias"];
    const ColumnView level = rows["level"];
    const ColumnView is_from = rows["is_from"];
    const ColumnView scope = rows["scope_definition"];
    const ColumnView ordinal = rows["ordinal"];
    ColumnBuilder import_id = rows.out(result_, "import_id");
    ColumnBuilder scope_def_id = rows.out(result_, "scope_def_id");

    import_ids_.clear();
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      const std::int64_t scope_index = index_at(scope, row);
      parts_inside(scope_index).add(is_from.int64(row) != 0 ? "from" : "import");
      add_text(parts_, module, row);
      add_text(parts_, name, row);
      add_text(parts_, alias, row);
      parts_.add_number(level.int64(row)).add_number(ordinal.int64(row));
      import_ids_.push_back(parts_.id());
      import_id.append(import_ids_.back().digits().view());
      append_id(scope_def_id, definitions_, scope_index);
    }
    rows.finish(result_);
  }

  void identify_refs(std::int64_t file) {
    const Rows rows(facts_, layout_.refs, file);
    const ColumnView name = rows["name"];
    const ColumnView kind = rows["kind"];
    const ColumnView context = rows["context"];
    const ColumnView enclosing = rows["enclosing"];
    const ColumnView target = rows["target_definition"];
    const ColumnView resolution = rows["resolution"];
    const ColumnView ordinal = rows["ordinal"];
    const ColumnView ambiguous = rows["ambiguous"];
    ColumnBuilder ref_id = rows.out(result_, "ref_id");
    ColumnBuilder enclosing_def_id = rows.out(result_, "enclosing_def_id");
    ColumnBuilder target_def_id = rows.out(result_, "target_def_id");
    ColumnBuilder lookup_id = rows.out(result_, "lookup_id");
    ColumnBuilder out_resolution = rows.out(result_, "resolution");
    const RefColumns columns{name, kind, rows["target_import"], rows["object"]};

    references_.clear();
    asked_.clear(rows.size());
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      const std::int64_t around = index_at(enclosing, row);
      Reference reference;
      reference.ambiguous = ambiguous.int64(row) != 0;
      reference.target = index_at(target, row);
      reference.resolution = resolution.bytes(row);
      parts_inside(around).add("ref").add(kind.bytes(row)).add(name.bytes(row));
      parts_.add(context.bytes(row)).add_number(ordinal.int64(row));
      reference.id = parts_.id();
      if (reference.target == kNone) look_beyond(columns, row, reference);

      ref_id.append(reference.id.digits().view());
      append_id(enclosing_def_id, definitions_, around);
      append_id(target_def_id, definitions_, reference.target);
      append_lookup(lookup_id, reference);
      out_resolution.append(reference.resolution);
      references_.push_back(reference);
    }
    rows.finish(result_);
  }

  struct RefColumns {
    ColumnView name;
    ColumnView kind;
    ColumnView target_import;
    ColumnView object;
  };

  // Asks the question that finds the target of the reference at `row`, if there is one to ask.
  void look_beyond(const RefColumns& refs, std::int64_t row, Reference& reference) {
    const std::string_view name = refs.name.bytes(row);
    const std::int64_t import = index_at(refs.target_import, row);
    const bool is_attribute = refs.kind.bytes(row) != "name";
    const std::int64_t object = is_attribute ? index_at(refs.object, row) : kNone;
    if (object != kNone && (import == kNone || reference.resolution == "import")) {
      ask(LookupKind::Value, object, name, reference);
    } else if (import != kNone) {
      // Also an import in the body of the class that is the attribute's object.
      ask(LookupKind::Import, import, name, reference);
    } else if (is_attribute) {
      ask(LookupKind::Name, kNone, name, reference);
    } else if (reference.resolution == "global_star") {
      ask(LookupKind::Star, kNone, name, reference);
    }
  }

  // Points `reference` to a question, and puts that into the file's lookups when it is new there.
  void ask(LookupKind kind, std::int64_t index, std::string_view name, Reference& reference) {
    reference.lookup = lookup_id(kind, index, name);
    reference.has_lookup = true;
    const std::size_t known = asked_.size();
    const std::size_t lookup = asked_.add(reference.lookup);
    if (lookup == known) {
      interface_.add_lookup(kind, index == kNone ? kNoFact : static_cast<FactIndex>(index), name);
    }
    interface_.add_use(lookup);
  }

  StableId lookup_id(LookupKind kind, std::int64_t index, std::string_view name) {
    switch (kind) {
      case LookupKind::Import:
        return lookup_ids_.of_import(import_ids_[static_cast<std::size_t>(index)], name);
      case LookupKind::Star:
        return lookup_ids_.of_star(name);
      case LookupKind::Value:
        return lookup_ids_.of_value(index, name);
      case LookupKind::Name:
        return lookup_ids_.of_name(name);
    }
    return {};
  }

  void identify_calls(std::int64_t file) {
    const Rows rows(facts_, layout_.calls, file);
    const ColumnView callee_text = rows["callee_text"];
    const ColumnView caller = rows["caller"];
    const ColumnView callee_ref = rows["callee_ref"];
    const ColumnView ordinal = rows["ordinal"];
    ColumnBuilder call_id = rows.out(result_, "call_id");
    ColumnBuilder caller_def_id = rows.out(result_, "caller_def_id");
    ColumnBuilder callee_ref_id = rows.out(result_, "callee_ref_id");
    ColumnBuilder target_def_id = rows.out(result_, "target_def_id");
    ColumnBuilder lookup_id = rows.out(result_, "lookup_id");
    ColumnBuilder resolution = rows.out(result_, "resolution");
    ColumnBuilder ambiguous = rows.out(result_, "ambiguous");
    Reference nothing;
    nothing.resolution = "unresolved";
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      const std::int64_t around = index_at(caller, row);
      parts_inside(around).add("call").add(text_at(callee_text, row));
      call_id.append(parts_.add_number(ordinal.int64(row)).id().digits().view());
      append_id(caller_def_id, definitions_, around);
      const std::int64_t ref = index_at(callee_ref, row);
      const Reference& reference =
          ref == kNone ? nothing : references_[static_cast<std::size_t>(ref)];
      if (ref == kNone) {
        callee_ref_id.append_null();
      } else {
        callee_ref_id.append(reference.id.digits().view());
      }
      append_id(target_def_id, definitions_, reference.target);
      append_lookup(lookup_id, reference);
      resolution.append(reference.resolution);
      ambiguous.append(reference.ambiguous);
    }
    rows.finish(result_);
  }

  void identify_type_exprs(std::int64_t file) {
    const Rows rows(facts_, layout_.type_exprs, file);
    const ColumnView role = rows["role"];
    const ColumnView target = rows["target"];
    const ColumnView definition = rows["definition"];
    const ColumnView enclosing = rows["enclosing"];
    const ColumnView ordinal = rows["ordinal"];
    ColumnBuilder type_expr_id = rows.out(result_, "type_expr_id");
    ColumnBuilder def_id = rows.out(result_, "def_id");
    ColumnBuilder enclosing_def_id = rows.out(result_, "enclosing_def_id");
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      const std::int64_t of = index_at(definition, row);
      const std::int64_t around = index_at(enclosing, row);
      parts_inside(of == kNone ? around : of).add("type").add(role.bytes(row));
      parts_.add(target.bytes(row)).add_number(ordinal.int64(row));
      type_expr_id.append(parts_.id().digits().view());
      append_id(def_id, definitions_, of);
      append_id(enclosing_def_id, definitions_, around);
    }
    rows.finish(result_);
  }

  void identify_scopes(std::int64_t file) {
    const Rows rows(facts_, layout_.scopes, file);
    const ColumnView kind = rows["kind"];
    const ColumnView name = rows["name"];
    const ColumnView parent = rows["parent"];
    const ColumnView definition = rows["definition"];
    const ColumnView ordinal = rows["ordinal"];
    ColumnBuilder scope_id = rows.out(result_, "scope_id");
    ColumnBuilder parent_scope_id = rows.out(result_, "parent_scope_id");
    ColumnBuilder def_id = rows.out(result_, "def_id");

    scopes_.clear();
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      // A scope comes after the one around it, whose id stands for the whole path to here.
      const std::int64_t around = index_at(parent, row);
      parts_.rewind(file_mark_);
      parts_.add("scope");
      if (around == kNone) {
        parts_.add_null();
      } else {
        parts_.add(scopes_[static_cast<std::size_t>(around)].view());
      }
      parts_.add(kind.bytes(row)).add(name.bytes(row)).add_number(ordinal.int64(row));
      scopes_.push_back(parts_.id().digits());
      scope_id.append(scopes_.back().view());
      append_id(parent_scope_id, scopes_, around);
      append_id(def_id, definitions_, index_at(definition, row));
    }
    rows.finish(result_);
  }

  void identify_bindings(std::int64_t file) {
    const Rows rows(facts_, layout_.bindings, file);
    const ColumnView scope = rows["scope"];
    ColumnBuilder scope_id = rows.out(result_, "scope_id");
    for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
      append_id(scope_id, scopes_, scope.int64(row));
    }
    rows.finish(result_);
  }

  const Layout& layout_;
  ColumnView facts_;
  ColumnBuilder& result_;

  IdParts parts_;              // begins with repository and path
  std::size_t file_mark_ = 0;  // after those
  std::string name_;           // a qualified name that is put together
  std::vector<StableId> definition_ids_;
  std::vector<StableId::Digits> definitions_;  // the same ids
  std::vector<StableId> import_ids_;
  std::vector<StableId::Digits> scopes_;
  std::vector<Reference> references_;
  IdPlaces asked_;
  LookupIds lookup_ids_;
  InterfaceWriter interface_;
};

}  // namespace

ScalarFunction identify_facts_function(const DataType& facts_type) {
  auto layout = std::make_shared<const Layout>(facts_type);
  return {
      .name = "identify_facts",
      .parameters = {{"repo", utf8(), "The repository's name in the lake."},
                     {"path", utf8(), "The file's path in the repository."},
                     {"module", utf8(), "The file's dotted module name, or null."},
                     {"facts", facts_type, "What parse_python found in the file."}},
      .returns = {"", identified_facts_type()},
      .kernel =
          [layout](std::span<const ColumnView> arguments, std::int64_t rows,
                   ColumnBuilder& result) {
            const ColumnView& repo = arguments[0];
            const ColumnView& path = arguments[1];
            const ColumnView& module = arguments[2];
            const ColumnView& facts = arguments[3];
            FactIdentifier identifier(*layout, facts, result);
            for (std::int64_t row = 0; row < rows; ++row) {
              if (facts.is_null(row) || repo.is_null(row) || path.is_null(row)) {
                result.append_null();
                continue;
              }
              const std::string_view module_name = text_at(module, row);
              identifier.identify(row, repo.bytes(row), path.bytes(row),
                                  module.is_null(row) ? nullptr : &module_name);
            }
          },
      .documentation =
          {.description =
               "Returns a file's facts with a stable id on every row in place of positions "
               "in the file's lists.",
           .example = "identify_facts('repository', 'a.py', 'a', parse_python(arrow_cast('x = 1', "
                      "'Binary')))"},
  };
}

}  // namespace alluvium::code
