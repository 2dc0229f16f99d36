#include "code/resolve/name_rows.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "code/resolve/module_index.h"
#include "code/resolve/resolved_rows.h"
#include "code/resolve/stdlib_modules.h"

namespace alluvium::code {
namespace {

template <typename Index>
std::size_t at(Index index) {
  return static_cast<std::size_t>(index);
}

class NameTexts {
 public:
  explicit NameTexts(const Program& program) : program_(program) {}

  [[nodiscard]] std::optional<std::string_view> text(NameId name) const {
    if (name == kNoName) return std::nullopt;
    return program_.names.text(name);
  }
  [[nodiscard]] std::optional<std::string_view> file_id(ProgramIndex file) const {
    if (file == kNowhere) return std::nullopt;
    return program_.files[at(file)].file_id;
  }
  [[nodiscard]] std::optional<StableId> def_id(ProgramIndex definition) const {
    if (definition == kNowhere) return std::nullopt;
    return program_.definitions[at(definition)].def_id;
  }
  [[nodiscard]] std::optional<StableId> import_id(ProgramIndex import) const {
    if (import == kNowhere) return std::nullopt;
    return program_.imports[at(import)].import_id;
  }

 private:
  const Program& program_;
};

std::string_view resolution(const Program& program, const Program::Import& import,
                            const ImportTarget& target) {
  if (target.file() != kNowhere || target.is_namespace) return "internal";
  if (import.level == 0 && target.object != kNoName &&
      is_stdlib_module(first_name(program.names.text(target.object)))) {
    return "stdlib";
  }
  return target.looks_internal ? "unresolved" : "external";
}

}  // namespace

std::vector<RecordBatch> imports_resolved_rows(const Program& program) {
  ResolvedRows rows({.fields = {{"repo", utf8(), false},
                                {"import_id", utf8(), false},
                                {"importer_module", utf8()},
                                {"imported_module", utf8()},
                                {"imported_name", utf8()},
                                {"importer_file_id", utf8(), false},
                                {"imported_file_id", utf8()},
                                {"line", int64(), false},
                                {"resolution", utf8(), false},
                                {"is_from", boolean(), false},
                                {"in_type_checking", boolean(), false},
                                {"is_conditional", boolean(), false},
                                {"scope_def_id", utf8()}}});
  const NameTexts of(program);
  std::string as_written;
  const auto imported_module = [&](const Program::Import& import,
                                   const ImportTarget& target) -> std::optional<std::string_view> {
    if (target.file() != kNowhere) {
      const NameId own = program.files[at(target.file())].module;
      return of.text(own != kNoName ? own : target.object);
    }
    if (target.is_namespace || !import.is_from) return of.text(target.object);
    if (target.base != kNoName) return of.text(target.base);
    as_written.assign(at(import.level), '.');
    as_written += of.text(import.written).value_or("");
    return as_written;
  };
  const auto imported_name = [&](const Program::Import& import,
                                 const ImportTarget& target) -> std::optional<std::string_view> {
    if (target.object_file != kNowhere) return std::nullopt;
    if (target.parent_file != kNowhere) {
      const auto object = of.text(target.object);
      return object ? std::optional(last_name(*object)) : std::nullopt;
    }
    if (target.is_namespace || !import.is_from) return std::nullopt;
    return of.text(import.name);
  };
  for (std::size_t i = 0; i < program.imports.size(); ++i) {
    const Program::Import& import = program.imports[i];
    const ImportTarget& target = program.import_targets[i];
    const Program::File& importer = program.files[at(import.file)];
    rows.add(program.repo)
        .add_id(import.import_id)
        .add(of.text(importer.module))
        .add(imported_module(import, target))
        .add(imported_name(import, target))
        .add(importer.file_id)
        .add(of.file_id(target.file()))
        .add_number(import.statement_line)
        .add(resolution(program, import, target))
        .add_flag(import.is_from)
        .add_flag(import.in_type_checking)
        .add_flag(import.is_conditional)
        .add_id(of.def_id(import.scope))
        .end_row();
  }
  return rows.finish();
}

std::vector<RecordBatch> exports_rows(const Program& program) {
  ResolvedRows rows({.fields = {{"repo", utf8(), false},
                                {"module", utf8(), false},
                                {"name", utf8(), false},
                                {"def_id", utf8()},
                                {"via", utf8(), false},
                                {"file_id", utf8(), false},
                                {"is_public", boolean(), false},
                                {"target_kind", utf8(), false},
                                {"target_module", utf8()},
                                {"import_id", utf8()}}});
  const NameTexts of(program);
  const auto add = [&](const OfferedName& offered) {
    const Program::File& file = program.files[at(offered.file)];
    if (file.module == kNoName) return;
    const bool is_made_here =
        offered.import == kNowhere && offered.target.kind == NameTarget::Kind::Definition;
    rows.add(program.repo)
        .add(of.text(file.module))
        .add(of.text(offered.name))
        .add_id(of.def_id(offered.target.definition))
        .add(offered.in_all ? "all"
             : is_made_here ? "definition"
                            : "reexport")
        .add(file.file_id)
        .add_flag(offered.is_public)
        .add(to_string(offered.target.kind))
        .add(of.text(offered.target.module))
        .add_id(of.import_id(offered.import))
        .end_row();
  };
  for (const OfferedName& offered : program.offered.names()) add(offered);
  for (const ModuleMember& unbound : program.offered.unbound()) {
    add({.file = unbound.file, .name = unbound.name, .in_all = true, .is_public = true});
  }
  return rows.finish();
}

}  // namespace alluvium::code
