#include "code/resolve/program.h"

#include <algorithm>
#include <array>
#include <utility>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

template <typename Enum>
Enum from_text(std::string_view text, Enum last) {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    if (to_string(static_cast<Enum>(value)) == text) return static_cast<Enum>(value);
  }
  throw Error(ErrorCode::Internal, "facts speak of a kind `" + std::string(text) + "`");
}

bool makes_property(std::string_view decorator) {
  const std::string_view name = decorator.substr(decorator.rfind('.') + 1);
  return name == "property" || name == "cached_property" || name == "classproperty" ||
         name == "abstractproperty" || name == "setter" || name == "getter" || name == "deleter";
}

ProgramIndex position(const ColumnView& column, std::int64_t row) {
  return column.is_null(row) ? kNowhere : static_cast<ProgramIndex>(column.int64(row));
}

// Where `index` of a file's list is among those of all files.
ProgramIndex moved(ProgramIndex index, ProgramIndex first) {
  return index == kNowhere ? kNowhere : first + index;
}

}  // namespace

class ProgramLoader {
 public:
  ProgramLoader(const Session& session, const Interrupt& interrupt)
      : session_(session), interrupt_(interrupt) {}

  Program load() {
    NameTable& names = program_.names;
    program_.special = {
        .class_ = names.intern("__class__"),
        .call = names.intern("__call__"),
        .enter = names.intern("__enter__"),
        .get_item = names.intern("__getitem__"),
        .next = names.intern("__next__"),
        .iterate = names.intern("__iter__"),
        .take_item = {names.intern("get"), names.intern("pop"), names.intern("setdefault")}};
    read_facts();
    read_modules();
    read_names();
    read_imports();
    return std::move(program_);
  }

 private:
  // One file's row among the batches.
  struct Place {
    std::size_t batch;
    std::int64_t row;
    std::string_view path;
  };

  std::vector<RecordBatch> rows(std::string_view query) {
    return session_.sql(query, {}, interrupt_).collect(interrupt_);
  }

  void read_facts() {
    // Without a WHERE, which would copy all facts, references too.
    program_.kept_ = rows(
        "SELECT repo, file_id, path, f IS NOT NULL AS has_facts, f['definitions'] AS definitions, "
        "f['imports'] AS imports, f['values'] AS vals, f['flows'] AS flows, "
        "f['lookups'] AS lookups FROM interfaces");
    std::vector<Place> places;
    for (std::size_t batch = 0; batch < program_.kept_.size(); ++batch) {
      const ColumnView path = program_.kept_[batch].column("path");
      const ColumnView has_facts = program_.kept_[batch].column("has_facts");
      for (std::int64_t row = 0; row < program_.kept_[batch].row_count(); ++row) {
        if (has_facts.boolean(row)) places.push_back({batch, row, path.bytes(row)});
      }
    }
    std::sort(places.begin(), places.end(),
              [](const Place& a, const Place& b) { return a.path < b.path; });
    for (const Place& place : places) {
      const RecordBatch& batch = program_.kept_[place.batch];
      if (program_.repo.empty()) program_.repo = batch.column("repo").bytes(place.row);
      program_.files.push_back({batch.column("file_id").bytes(place.row), place.path, 0,
                                size(program_.definitions), size(program_.values),
                                size(program_.imports)});
      files_.emplace(program_.files.back().file_id, size(program_.files) - 1);
      read_definitions(batch.column("definitions"), place.row);
      read_import_ids(batch.column("imports"), place.row);
      read_values(batch.column("vals"), place.row);
      read_flows(batch.column("flows"), place.row);
      read_lookups(batch.column("lookups"), place.row);
    }
  }

  template <typename List>
  static ProgramIndex size(const List& list) {
    return static_cast<ProgramIndex>(list.size());
  }
  [[nodiscard]] ProgramIndex current() const { return size(program_.files) - 1; }

  void read_definitions(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ProgramIndex first = program_.files.back().first_definition;
    const ColumnView def_id = items.child(field(list, "def_id"));
    const ColumnView kind = items.child(field(list, "kind"));
    const ColumnView name = items.child(field(list, "name"));
    const ColumnView parent = items.child(field(list, "parent_def_id"));
    const ColumnView decorators = items.child(field(list, "decorators"));
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      definitions_.emplace(def_id.bytes(at), first + static_cast<ProgramIndex>(at - begin));
      Program::Definition made;
      made.kind = from_text(kind.bytes(at), DefinitionKind::Variable);
      made.name = program_.names.intern(name.bytes(at));
      made.file = current();
      made.def_id = def_id.bytes(at);
      // A parent comes before what is in it.
      if (!parent.is_null(at)) {
        const auto found = definitions_.find(parent.bytes(at));
        if (found != definitions_.end()) made.parent = found->second;
      }
      const auto [from, to] = decorators.list_range(at);
      for (std::int64_t i = from; i < to; ++i) {
        const std::string_view text = decorators.child(0).bytes(i);
        made.is_property |= makes_property(text);
        made.is_static |= text == "staticmethod";
      }
      program_.definitions.push_back(made);
    }
  }

  void read_import_ids(const ColumnView& list, std::int64_t row) {
    const ColumnView import_id = list.child(0).child(field(list, "import_id"));
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      imports_.emplace(import_id.bytes(at), size(program_.imports));
      program_.imports.emplace_back();
    }
  }

  void read_values(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ColumnView kind = items.child(field(list, "kind"));
    const ColumnView base = items.child(field(list, "base"));
    const ColumnView other = items.child(field(list, "other"));
    const ColumnView definition = items.child(field(list, "definition"));
    const ColumnView import = items.child(field(list, "import_index"));
    const ColumnView name = items.child(field(list, "name"));
    const Program::File& file = program_.files.back();
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      Program::Value made;
      made.kind = from_text(kind.bytes(at), ValueKind::Either);
      made.base = made.kind == ValueKind::Import ? moved(position(import, at), file.first_import)
                                                 : moved(position(base, at), file.first_value);
      made.other = moved(position(other, at), file.first_value);
      made.definition = moved(position(definition, at), file.first_definition);
      made.file = current();
      if (!name.is_null(at)) made.name = program_.names.intern(name.bytes(at));
      program_.values.push_back(made);
    }
  }

  void read_flows(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ColumnView role = items.child(field(list, "role"));
    const ColumnView definition = items.child(field(list, "definition"));
    const ColumnView name = items.child(field(list, "name"));
    const ColumnView value = items.child(field(list, "value"));
    const Program::File& file = program_.files.back();
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      Program::Flow made;
      made.role = from_text(role.bytes(at), FlowRole::Decorator);
      made.definition = moved(position(definition, at), file.first_definition);
      made.value = moved(position(value, at), file.first_value);
      if (!name.is_null(at)) made.name = program_.names.intern(name.bytes(at));
      if (made.definition != kNowhere) program_.flows.push_back(made);
    }
  }

  void read_lookups(const ColumnView& list, std::int64_t row) {
    using Kind = Program::Lookup::Kind;
    const ColumnView items = list.child(0);
    const ColumnView lookup_id = items.child(field(list, "lookup_id"));
    const ColumnView kind = items.child(field(list, "kind"));
    const ColumnView import = items.child(field(list, "import_index"));
    const ColumnView value = items.child(field(list, "value"));
    const ColumnView name = items.child(field(list, "name"));
    const Program::File& file = program_.files.back();
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      const std::string_view text = kind.bytes(at);
      Program::Lookup made;
      made.kind = text == "import"  ? Kind::Import
                  : text == "star"  ? Kind::Star
                  : text == "value" ? Kind::Value
                                    : Kind::Name;
      made.file = current();
      made.index = made.kind == Kind::Import ? moved(position(import, at), file.first_import)
                                             : moved(position(value, at), file.first_value);
      made.name = program_.names.intern(name.bytes(at));
      made.lookup_id = lookup_id.bytes(at);
      program_.lookups.push_back(made);
    }
  }

  // The field of the structs in a list.
  static int field(const ColumnView& list, std::string_view name) {
    const std::vector<Field>& fields = list.type().children().at(0).type.children();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == name) return static_cast<int>(i);
    }
    throw Error(ErrorCode::Internal, "facts have no field " + std::string(name));
  }

  void read_modules() {
    for (RecordBatch& batch : rows("SELECT module, file_id FROM module_index")) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        const ProgramIndex file = file_of(batch.column(1), row);
        if (file == kNowhere) continue;
        const std::string_view module = batch.column(0).bytes(row);
        const NameId name = program_.names.intern(module);
        program_.module_files[name] = file;
        program_.files[static_cast<std::size_t>(file)].module = name;
        const auto dot = module.rfind('.');
        if (dot == module.npos) continue;
        const NameId package = program_.names.intern(module.substr(0, dot));
        program_.submodules[Program::key(static_cast<ProgramIndex>(package),
                                         program_.names.intern(module.substr(dot + 1)))] = file;
      }
      program_.kept_.push_back(std::move(batch));
    }
  }

  void read_names() {
    for (RecordBatch& batch :
         rows("SELECT file_id, name, def_id, module, module_file_id, kind FROM name_targets")) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        const ProgramIndex file = file_of(batch.column(0), row);
        if (file == kNowhere) continue;
        const NameId name = program_.names.intern(batch.column(1).bytes(row));
        program_.name_targets[Program::key(file, name)] = target(batch, 2, row);
      }
      program_.kept_.push_back(std::move(batch));
    }
  }

  void read_imports() {
    for (RecordBatch& batch :
         rows("SELECT import_id, def_id, module, module_file_id, kind FROM import_bindings")) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        const auto found = imports_.find(batch.column(0).bytes(row));
        if (found == imports_.end()) continue;
        program_.imports[static_cast<std::size_t>(found->second)] = target(batch, 1, row);
      }
      program_.kept_.push_back(std::move(batch));
    }
  }

  // The columns def_id, module, module_file_id and kind from `first` on.
  NameTarget target(const RecordBatch& batch, int first, std::int64_t row) {
    using Kind = NameTarget::Kind;
    NameTarget made;
    const ColumnView def_id = batch.column(first);
    const ColumnView module = batch.column(first + 1);
    const std::string_view kind = batch.column(first + 3).bytes(row);
    made.kind = kind == "definition" ? Kind::Definition
                : kind == "module"   ? Kind::Module
                : kind == "external" ? Kind::External
                                     : Kind::Unresolved;
    if (made.kind == Kind::Definition) {
      const auto found =
          def_id.is_null(row) ? definitions_.end() : definitions_.find(def_id.bytes(row));
      if (found == definitions_.end()) return {};
      made.definition = found->second;
    }
    if (made.kind == Kind::Module && !module.is_null(row)) {
      made.module = program_.names.intern(module.bytes(row));
      made.file = file_of(batch.column(first + 2), row);
      if (made.file == kNowhere) made.file = program_.file_of(made.module);
    }
    return made;
  }

  ProgramIndex file_of(const ColumnView& file_id, std::int64_t row) const {
    if (file_id.is_null(row)) return kNowhere;
    const auto found = files_.find(file_id.bytes(row));
    return found == files_.end() ? kNowhere : found->second;
  }

  const Session& session_;
  const Interrupt& interrupt_;
  Program program_;
  std::unordered_map<std::string_view, ProgramIndex> files_;
  std::unordered_map<std::string_view, ProgramIndex> definitions_;
  std::unordered_map<std::string_view, ProgramIndex> imports_;
};

Program Program::load(const Session& session, const Interrupt& interrupt) {
  return ProgramLoader(session, interrupt).load();
}

}  // namespace alluvium::code
