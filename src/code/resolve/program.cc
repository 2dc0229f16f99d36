#include "code/resolve/program.h"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_map>
#include <utility>

#include "alluvium/error.h"
#include "code/resolve/module_index.h"

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

bool makes_fixture(std::string_view decorator) {
  const std::string_view called = decorator.substr(0, decorator.find('('));
  return called.substr(called.rfind('.') + 1) == "fixture";
}

ProgramIndex position(const ColumnView& column, std::int64_t row) {
  return column.is_null(row) ? kNowhere : static_cast<ProgramIndex>(column.int64(row));
}

// Where the facts of one file are, by their ids.
class Positions {
 public:
  // Of facts of the same id the first is found.
  void add(std::string_view id, ProgramIndex position) {
    ProgramIndex& known = at(id);
    if (known == kNowhere) known = position;
  }
  ProgramIndex find(const ColumnView& ids, std::int64_t row) {
    return ids.is_null(row) ? kNowhere : at(ids.bytes(row));
  }

 private:
  ProgramIndex& at(std::string_view id) {
    const NameId number = ids_.intern(id);
    if (number == positions_.size()) positions_.push_back(kNowhere);
    return positions_[number];
  }

  NameTable ids_;
  std::vector<ProgramIndex> positions_;  // by the ids' numbers
};

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
        .take_item = {names.intern("get"), names.intern("pop"), names.intern("setdefault")},
        .give_items = {names.intern("values"), names.intern("copy")}};
    read_files();
    read_facts();
    resolve();
    return std::move(program_);
  }

 private:
  // One file's row among the batches.
  struct Place {
    const RecordBatch* batch;
    std::int64_t row;
  };

  // Rows that texts are views of.
  std::span<const RecordBatch> keep(std::vector<RecordBatch> rows) {
    program_.kept_.push_back(std::move(rows));
    return program_.kept_.back();
  }

  NameId optional_name(const ColumnView& column, std::int64_t row) {
    return column.is_null(row) ? kNoName : program_.names.intern(column.bytes(row));
  }

  void read_files() {
    for (const RecordBatch& batch : keep(session_.table("file_modules").collect(interrupt_))) {
      const ColumnView repo = batch.column("repo");
      const ColumnView file_id = batch.column("file_id");
      const ColumnView path = batch.column("path");
      const ColumnView is_package = batch.column("is_package");
      const ColumnView is_regular = batch.column("is_regular");
      const ColumnView module = batch.column("module");
      const ColumnView package = batch.column("package");
      const ColumnView source_root = batch.column("source_root");
      const ColumnView short_name = batch.column("short_name");
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        if (program_.repo.empty()) program_.repo = repo.bytes(row);
        program_.files.push_back({.file_id = file_id.bytes(row),
                                  .path = path.bytes(row),
                                  .is_package = is_package.boolean(row),
                                  .is_regular = is_regular.boolean(row),
                                  .module = optional_name(module, row),
                                  .package = optional_name(package, row),
                                  .source_root = optional_name(source_root, row),
                                  .short_name = optional_name(short_name, row)});
      }
    }
    std::ranges::sort(program_.files, {}, &Program::File::path);
    for (std::size_t i = 0; i < program_.files.size(); ++i) {
      files_.emplace(program_.files[i].file_id, i);
    }
  }

  void read_facts() {
    // Without a WHERE, which would copy all facts, references too.
    const std::span<const RecordBatch> batches = keep(
        session_
            .sql("SELECT file_id, f IS NOT NULL AS has_facts, f['definitions'] AS definitions, "
                 "f['imports'] AS imports, f['exports'] AS exports, f['all_names'] AS all_names, "
                 "f['all_from'] AS all_from, f['values'] AS vals, f['flows'] AS flows, "
                 "f['lookups'] AS lookups FROM interfaces",
                 {}, interrupt_)
            .collect(interrupt_));
    std::vector<Place> places(program_.files.size(), Place{nullptr, 0});
    for (const RecordBatch& batch : batches) {
      const ColumnView file_id = batch.column("file_id");
      const ColumnView has_facts = batch.column("has_facts");
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        if (!has_facts.boolean(row)) continue;
        const auto file = files_.find(file_id.bytes(row));
        if (file != files_.end()) places[file->second] = {&batch, row};
      }
    }
    for (const auto [batch, row] : places) {
      Program::File& file = program_.files[static_cast<std::size_t>(current_++)];
      file.first_definition = size(program_.definitions);
      file.first_value = size(program_.values);
      file.first_import = size(program_.imports);
      if (batch == nullptr) continue;
      file.has_facts = true;
      definitions_ = Positions();
      imports_ = Positions();
      read_definitions(batch->column("definitions"), row);
      read_imports(batch->column("imports"), row);
      read_bindings(batch->column("exports"), row);
      read_all_names(batch->column("all_names"), batch->column("all_from"), row);
      read_values(batch->column("vals"), row);
      read_flows(batch->column("flows"), row);
      read_lookups(batch->column("lookups"), row);
    }
  }

  template <typename List>
  static ProgramIndex size(const List& list) {
    return static_cast<ProgramIndex>(list.size());
  }
  // The file that is being read.
  [[nodiscard]] ProgramIndex current() const { return current_ - 1; }
  [[nodiscard]] Program::File& file() {
    return program_.files[static_cast<std::size_t>(current())];
  }

  void read_definitions(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ProgramIndex first = file().first_definition;
    const ColumnView def_id = items.child(field(list, "def_id"));
    const ColumnView kind = items.child(field(list, "kind"));
    const ColumnView name = items.child(field(list, "name"));
    const ColumnView parent = items.child(field(list, "parent_def_id"));
    const ColumnView decorators = items.child(field(list, "decorators"));
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      definitions_.add(def_id.bytes(at), first + static_cast<ProgramIndex>(at - begin));
      Program::Definition made;
      made.kind = from_text(kind.bytes(at), DefinitionKind::Variable);
      made.name = program_.names.intern(name.bytes(at));
      made.file = current();
      made.def_id = def_id.bytes(at);
      made.parent = definitions_.find(parent, at);  // which comes before what is in it
      const auto [from, to] = decorators.list_range(at);
      for (std::int64_t i = from; i < to; ++i) {
        const std::string_view text = decorators.child(0).bytes(i);
        made.is_property |= makes_property(text);
        made.is_static |= text == "staticmethod";
        made.is_fixture |= makes_fixture(text);
      }
      program_.definitions.push_back(made);
    }
  }

  void read_imports(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ColumnView import_id = items.child(field(list, "import_id"));
    const ColumnView written = items.child(field(list, "module"));
    const ColumnView name = items.child(field(list, "name"));
    const ColumnView alias = items.child(field(list, "alias"));
    const ColumnView bound_name = items.child(field(list, "bound_name"));
    const ColumnView is_from = items.child(field(list, "is_from"));
    const ColumnView is_star = items.child(field(list, "is_star"));
    const ColumnView in_type_checking = items.child(field(list, "in_type_checking"));
    const ColumnView is_conditional = items.child(field(list, "is_conditional"));
    const ColumnView level = items.child(field(list, "level"));
    const ColumnView bstart = items.child(field(list, "bstart"));
    const ColumnView statement_line = items.child(field(list, "statement_line"));
    const ColumnView scope = items.child(field(list, "scope_def_id"));
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      imports_.add(import_id.bytes(at), size(program_.imports));
      program_.imports.push_back({.file = current(),
                                  .import_id = import_id.bytes(at),
                                  .written = optional_name(written, at),
                                  .name = optional_name(name, at),
                                  .alias = optional_name(alias, at),
                                  .bound_name = optional_name(bound_name, at),
                                  .is_from = is_from.boolean(at),
                                  .is_star = is_star.boolean(at),
                                  .in_type_checking = in_type_checking.boolean(at),
                                  .is_conditional = is_conditional.boolean(at),
                                  .level = level.int64(at),
                                  .bstart = bstart.int64(at),
                                  .statement_line = statement_line.int64(at)});
      if (!scope.is_null(at)) program_.imports.back().scope_def_id = scope.bytes(at);
    }
  }

  void read_bindings(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ColumnView name = items.child(field(list, "name"));
    const ColumnView def_id = items.child(field(list, "def_id"));
    const ColumnView import_id = items.child(field(list, "import_id"));
    const auto [begin, end] = list.list_range(row);
    for (std::int64_t at = begin; at < end; ++at) {
      program_.bindings.push_back({.file = current(),
                                   .name = program_.names.intern(name.bytes(at)),
                                   .definition = definitions_.find(def_id, at),
                                   .import = imports_.find(import_id, at)});
    }
  }

  void read_all_names(const ColumnView& names, const ColumnView& from, std::int64_t row) {
    const auto add = [&](const ColumnView& list, auto& to, std::string_view suffix) {
      const auto [begin, end] = list.list_range(row);
      for (std::int64_t at = begin; at < end; ++at) {
        std::string_view name = list.child(0).bytes(at);
        if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
        to.push_back({current(), program_.names.intern(name)});
      }
      return begin < end;
    };
    const bool has_names = !names.is_null(row);
    if (has_names) add(names, program_.all_names, "");
    file().has_all = (!from.is_null(row) && add(from, program_.all_from, ".__all__")) || has_names;
  }

  void read_values(const ColumnView& list, std::int64_t row) {
    const ColumnView items = list.child(0);
    const ColumnView kind = items.child(field(list, "kind"));
    const ColumnView base = items.child(field(list, "base"));
    const ColumnView other = items.child(field(list, "other"));
    const ColumnView definition = items.child(field(list, "definition"));
    const ColumnView import = items.child(field(list, "import_index"));
    const ColumnView name = items.child(field(list, "name"));
    const Program::File& file = this->file();
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
    const Program::File& file = this->file();
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
    const Program::File& file = this->file();
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

  void resolve() {
    const ModuleIndex modules(program_);
    program_.import_targets = import_targets(program_, modules);
    program_.offered = OfferedNames(program_, modules, program_.import_targets);
    for (ProgramIndex file = 0; file < size(program_.files); ++file) {
      const NameId module = program_.files[static_cast<std::size_t>(file)].module;
      if (!program_.files[static_cast<std::size_t>(file)].has_facts) continue;
      if (module == kNoName || modules.find(module) != file) continue;
      const std::string_view text = program_.names.text(module);
      const auto dot = text.rfind('.');
      if (dot == text.npos) continue;
      const NameId package = program_.names.intern(text.substr(0, dot));
      const NameId name = program_.names.intern(text.substr(dot + 1));
      program_.submodules[Program::key(static_cast<ProgramIndex>(package), name)] = file;
    }
  }

  const Session& session_;
  const Interrupt& interrupt_;
  Program program_;
  ProgramIndex current_ = 0;  // one more than the file that is being read
  std::unordered_map<std::string_view, std::size_t> files_;
  Positions definitions_;  // of the file that is being read, as the next
  Positions imports_;
};

Program Program::load(const Session& session, const Interrupt& interrupt) {
  return ProgramLoader(session, interrupt).load();
}

}  // namespace alluvium::code
