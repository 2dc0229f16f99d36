#include "code/resolve/program.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "code/identity/file_interface.h"
#include "code/resolve/module_index.h"
#include "code/resolve/unpacked_interfaces.h"

namespace alluvium::code {
namespace {

// Where `index` of a file's list is among those of all files.
ProgramIndex moved(FactIndex index, ProgramIndex first) {
  return index == kNoFact ? kNowhere : first + index;
}

}  // namespace

class ProgramLoader {
 public:
  /// Without a part, of all files.
  ProgramLoader(const Session& session, const ProgramPart* part, const Interrupt& interrupt)
      : session_(session), part_(part), interrupt_(interrupt) {}

  Program load() {
    NameTable& names = program_.names;
    program_.special = {
        .class_ = names.intern("__class__"),
        .call = names.intern("__call__"),
        .enter = names.intern("__enter__"),
        .get_item = names.intern("__getitem__"),
        .next = names.intern("__next__"),
        .iterate = names.intern("__iter__"),
        .take_item = {names.intern("get"), names.intern("get_nowait"), names.intern("pop"),
                      names.intern("popleft"), names.intern("setdefault")},
        .give_items = {names.intern("values"), names.intern("copy")}};
    read_files();
    read_interfaces();
    if (part_ != nullptr) read_links();
    resolve();
    return std::move(program_);
  }

 private:
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

  void read_interfaces() {
    const DataFrame interfaces =
        part_ != nullptr ? part_->interfaces : session_.table("file_interfaces");
    const std::span<const RecordBatch> batches =
        keep(interfaces.select({"file_id", "interface"}).collect(interrupt_));
    // By the files' places: the interfaces come in any order.
    std::vector<std::optional<std::string_view>> by_file(program_.files.size());
    for (const RecordBatch& batch : batches) {
      const ColumnView file_id = batch.column(0);
      const ColumnView interface = batch.column(1);
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        if (interface.is_null(row)) continue;
        const auto file = files_.find(file_id.bytes(row));
        if (file != files_.end()) by_file[file->second] = interface.bytes(row);
      }
    }
    std::vector<std::string_view> packed;
    for (const auto& each : by_file) {
      if (each) packed.push_back(*each);
    }
    make_room(packed);
    UnpackedInterfaces unpacked(packed);
    for (std::size_t i = 0; i < by_file.size(); ++i) {
      Program::File& file = program_.files[i];
      file.first_definition = size(program_.definitions);
      file.first_value = size(program_.values);
      file.first_import = size(program_.imports);
      if (!by_file[i]) continue;
      file.has_facts = true;
      add_interface(static_cast<ProgramIndex>(i), unpacked.next());
    }
  }

  // What is known of the files that are left out.
  void read_links() {
    for (std::size_t i = 0; i < program_.files.size(); ++i) {
      if (part_->files[i]) continue;
      const FileLinks& links = part_->graph.links(i);
      program_.files[i].has_facts = links.has_facts;
      for (const FileLinks::Named& each : links.named) {
        const std::optional<NameId> name = program_.names.find(each.name);
        if (name) program_.elsewhere.push_back({*name, each.definition});
      }
    }
  }

  // Lists that grew would be copied, and of a large repository's memory the system gives each page
  // in more time than it takes to fill it.
  void make_room(std::span<const std::string_view> packed) {
    FileInterface::Sizes all;
    for (const std::string_view each : packed) all += FileInterface::sizes(each);
    program_.definitions.reserve(all.definitions);
    program_.imports.reserve(all.imports);
    program_.bindings.reserve(all.bindings);
    program_.values.reserve(all.values);
    program_.flows.reserve(all.flows);
    program_.lookups.reserve(all.lookups);
  }

  template <typename List>
  static ProgramIndex size(const List& list) {
    return static_cast<ProgramIndex>(list.size());
  }
  [[nodiscard]] NameId name(TextIndex text) const {
    return text == kNoText ? kNoName : names_[text];
  }

  void add_interface(ProgramIndex index, const FileInterface& interface) {
    program_.names.intern(interface.texts, names_);
    Program::File& file = program_.files[static_cast<std::size_t>(index)];
    for (const FileInterface::Definition& each : interface.definitions) {
      program_.definitions.push_back({.kind = each.kind,
                                      .is_property = each.is_property,
                                      .is_static = each.is_static,
                                      .is_fixture = each.is_fixture,
                                      .is_used_everywhere = each.is_used_everywhere,
                                      .name = name(each.name),
                                      .parent = moved(each.parent, file.first_definition),
                                      .file = index,
                                      .def_id = each.id});
    }
    for (const FileInterface::Import& each : interface.imports) {
      program_.imports.push_back({.file = index,
                                  .import_id = each.id,
                                  .written = name(each.module),
                                  .name = name(each.name),
                                  .alias = name(each.alias),
                                  .bound_name = name(each.bound_name),
                                  .is_from = each.is_from,
                                  .is_star = each.is_star,
                                  .in_type_checking = each.in_type_checking,
                                  .is_conditional = each.is_conditional,
                                  .level = each.level,
                                  .bstart = each.bstart,
                                  .statement_line = each.statement_line,
                                  .scope = moved(each.scope, file.first_definition)});
    }
    for (const FileInterface::Binding& each : interface.bindings) {
      program_.bindings.push_back({.file = index,
                                   .name = name(each.name),
                                   .definition = moved(each.definition, file.first_definition),
                                   .import = moved(each.import, file.first_import)});
    }
    for (const TextIndex each : interface.all_names) {
      program_.all_names.push_back({index, name(each)});
    }
    for (const TextIndex each : interface.all_from) {
      program_.all_from.push_back({index, name(each)});
    }
    file.has_all = interface.has_all_names || !interface.all_from.empty();
    for (const FileInterface::Value& each : interface.values) {
      const bool is_import = each.kind == ValueKind::Import;
      program_.values.push_back(
          {.kind = each.kind,
           .base = moved(each.base, is_import ? file.first_import : file.first_value),
           .other = moved(each.other, file.first_value),
           .definition = moved(each.definition, file.first_definition),
           .file = index,
           .name = each.name == kNoText ? 0 : name(each.name)});
    }
    for (const FileInterface::Flow& each : interface.flows) {
      program_.flows.push_back({.role = each.role,
                                .definition = moved(each.definition, file.first_definition),
                                .name = each.name == kNoText ? 0 : name(each.name),
                                .value = moved(each.value, file.first_value)});
    }
    for (const FileInterface::Lookup& each : interface.lookups) {
      const bool is_import = each.kind == LookupKind::Import;
      program_.lookups.push_back(
          {.kind = each.kind,
           .file = index,
           .index = moved(each.index, is_import ? file.first_import : file.first_value),
           .name = name(each.name),
           .uses = each.uses});
    }
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
  const ProgramPart* part_;
  const Interrupt& interrupt_;
  Program program_;
  std::unordered_map<std::string_view, std::size_t> files_;
  std::vector<NameId> names_;  // the texts of the file that is being added
};

Program Program::load(const Session& session, const Interrupt& interrupt) {
  return ProgramLoader(session, nullptr, interrupt).load();
}

Program Program::load(const Session& session, const ProgramPart& part, const Interrupt& interrupt) {
  return ProgramLoader(session, &part, interrupt).load();
}

}  // namespace alluvium::code
