#include "code/resolve/name_rows.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

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

// Where an import leads.
enum class Reaches : std::uint8_t { Internal, Stdlib, External, Unresolved };

std::string_view to_string(Reaches reaches) {
  switch (reaches) {
    case Reaches::Internal:
      return "internal";
    case Reaches::Stdlib:
      return "stdlib";
    case Reaches::External:
      return "external";
    case Reaches::Unresolved:
      break;
  }
  return "unresolved";
}

// What an import comes to.
class ResolvedImports {
 public:
  explicit ResolvedImports(const Program& program) : program_(program), of_(program) {}

  // What of the import's name is left to be a name in the module.
  enum class Named : std::uint8_t { Nothing, AsWritten, LastOfObject };
  struct Resolved {
    NameId module = kNoName;  // none for a relative one that leads nowhere
    Named named = Named::Nothing;
    ProgramIndex file = kNowhere;
    Reaches reaches = Reaches::Unresolved;
  };
  Resolved operator[](std::size_t index) {
    const Program::Import& import = program_.imports[index];
    const ImportTarget& target = program_.import_targets[index];
    return {module(import, target), named(import, target), target.file(), reaches(import, target)};
  }

  // Valid until the next.
  std::optional<std::string_view> module_text(std::size_t index, const Resolved& resolved) {
    if (resolved.module != kNoName) return of_.text(resolved.module);
    const Program::Import& import = program_.imports[index];
    as_written_.assign(at(import.level), '.');
    as_written_ += of_.text(import.written).value_or("");
    return as_written_;
  }
  [[nodiscard]] std::optional<std::string_view> name_text(std::size_t index,
                                                          const Resolved& resolved) const {
    switch (resolved.named) {
      case Named::Nothing:
        break;
      case Named::AsWritten:
        return of_.text(program_.imports[index].name);
      case Named::LastOfObject: {
        const auto object = of_.text(program_.import_targets[index].object);
        return object ? std::optional(last_name(*object)) : std::nullopt;
      }
    }
    return std::nullopt;
  }

 private:
  Reaches reaches(const Program::Import& import, const ImportTarget& target) {
    if (target.file() != kNowhere || target.is_namespace) return Reaches::Internal;
    if (import.level == 0 && target.object != kNoName && is_of_stdlib(target.object)) {
      return Reaches::Stdlib;
    }
    return target.looks_internal ? Reaches::Unresolved : Reaches::External;
  }

  bool is_of_stdlib(NameId object) {
    const auto [known, is_new] = is_of_stdlib_.try_emplace(object, false);
    if (is_new) known->second = is_stdlib_module(first_name(program_.names.text(object)));
    return known->second;
  }

  [[nodiscard]] NameId module(const Program::Import& import, const ImportTarget& target) const {
    if (target.file() != kNowhere) {
      const NameId own = program_.files[at(target.file())].module;
      return own != kNoName ? own : target.object;
    }
    return target.is_namespace || !import.is_from ? target.object : target.base;
  }
  [[nodiscard]] static Named named(const Program::Import& import, const ImportTarget& target) {
    if (target.object_file != kNowhere) return Named::Nothing;
    if (target.parent_file != kNowhere) return Named::LastOfObject;
    return target.is_namespace || !import.is_from ? Named::Nothing : Named::AsWritten;
  }

  const Program& program_;
  NameTexts of_;
  std::string as_written_;
  std::unordered_map<NameId, bool> is_of_stdlib_;
};

std::string_view via(const OfferedName& offered) {
  if (offered.in_all) return "all";
  const bool is_made_here =
      offered.import == kNowhere && offered.target.kind == NameTarget::Kind::Definition;
  return is_made_here ? "definition" : "reexport";
}

// Calls `each` with every name that a module with a dotted name offers.
template <typename Each>
void for_each_offered(const Program& program, Each&& each) {
  const auto offer = [&](const OfferedName& offered) {
    if (program.files[at(offered.file)].module != kNoName) each(offered);
  };
  for (const OfferedName& offered : program.offered.names()) offer(offered);
  for (const ModuleMember& unbound : program.offered.unbound()) {
    offer({.file = unbound.file, .name = unbound.name, .in_all = true, .is_public = true});
  }
}

}  // namespace

void digest_modules(const Program& program, OutcomeDigests& digests) {
  const NameTexts of(program);
  for (std::size_t i = 0; i < program.files.size(); ++i) {
    const Program::File& file = program.files[i];
    if (file.module == kNoName) continue;
    digests.add(of.text(file.module))
        .add(of.text(file.package))
        .add(std::uint64_t{file.is_package})
        .add(of.text(file.source_root))
        .add(std::uint64_t{file.is_regular})
        .add(of.text(file.short_name))
        .finish(static_cast<ProgramIndex>(i));
  }
}

std::vector<RecordBatch> imports_resolved_rows(const Program& program, const FileChoice& files) {
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
  ResolvedImports resolved(program);
  for (std::size_t i = 0; i < program.imports.size(); ++i) {
    const Program::Import& import = program.imports[i];
    if (!files.has(import.file)) continue;
    const Program::File& importer = program.files[at(import.file)];
    const ResolvedImports::Resolved to = resolved[i];
    rows.add(program.repo)
        .add_id(import.import_id)
        .add(of.text(importer.module))
        .add(resolved.module_text(i, to))
        .add(resolved.name_text(i, to))
        .add(importer.file_id)
        .add(of.file_id(to.file))
        .add_number(import.statement_line)
        .add(to_string(to.reaches))
        .add_flag(import.is_from)
        .add_flag(import.in_type_checking)
        .add_flag(import.is_conditional)
        .add_id(of.def_id(import.scope))
        .end_row();
  }
  return rows.finish();
}

// The texts that the import itself has are among the file's own facts.
void digest_imports(const Program& program, OutcomeDigests& digests) {
  const NameTexts of(program);
  ResolvedImports resolved(program);
  for (std::size_t i = 0; i < program.imports.size(); ++i) {
    const ResolvedImports::Resolved to = resolved[i];
    digests.add(i - at(program.files[at(program.imports[i].file)].first_import))
        .add(program.names, to.module)
        .add(static_cast<std::uint64_t>(to.named))
        .add(of.file_id(to.file))
        .add(static_cast<std::uint64_t>(to.reaches))
        .finish(program.imports[i].file);
  }
}

std::vector<OutsideImport> outside_imports(const Program& program) {
  std::vector<OutsideImport> found;
  ResolvedImports resolved(program);
  for (std::size_t i = 0; i < program.imports.size(); ++i) {
    const ResolvedImports::Resolved to = resolved[i];
    const bool is_stdlib = to.reaches == Reaches::Stdlib;
    if (to.module == kNoName || (!is_stdlib && to.reaches != Reaches::External)) continue;
    found.push_back({program.imports[i].file, to.module, is_stdlib});
  }
  return found;
}

std::vector<RecordBatch> outside_modules_rows(const Program& program) {
  std::unordered_map<NameId, bool> is_stdlib;
  for (const OutsideImport& each : outside_imports(program)) {
    is_stdlib[each.module] |= each.is_stdlib;
  }
  std::map<std::string_view, bool> by_module;
  for (const auto& [module, of_stdlib] : is_stdlib) {
    by_module.emplace(program.names.text(module), of_stdlib);
  }
  ResolvedRows rows(
      {.fields = {
           {"repo", utf8(), false}, {"module", utf8(), false}, {"is_stdlib", boolean(), false}}});
  for (const auto& [module, of_stdlib] : by_module) {
    rows.add(program.repo).add(module).add_flag(of_stdlib).end_row();
  }
  return rows.finish();
}

std::vector<RecordBatch> exports_rows(const Program& program, const FileChoice& files) {
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
  for_each_offered(program, [&](const OfferedName& offered) {
    if (!files.has(offered.file)) return;
    const Program::File& file = program.files[at(offered.file)];
    rows.add(program.repo)
        .add(of.text(file.module))
        .add(of.text(offered.name))
        .add_id(of.def_id(offered.target.definition))
        .add(via(offered))
        .add(file.file_id)
        .add_flag(offered.is_public)
        .add(to_string(offered.target.kind))
        .add(of.text(offered.target.module))
        .add_id(of.import_id(offered.import))
        .end_row();
  });
  return rows.finish();
}

void digest_exports(const Program& program, OutcomeDigests& digests) {
  const NameTexts of(program);
  for_each_offered(program, [&](const OfferedName& offered) {
    digests.add(program.names, program.files[at(offered.file)].module)
        .add(program.names, offered.name)
        .add(of.def_id(offered.target.definition))
        .add(via(offered))
        .add(std::uint64_t{offered.is_public})
        .add(static_cast<std::uint64_t>(offered.target.kind))
        .add(program.names, offered.target.module)
        .add(of.import_id(offered.import))
        .finish(offered.file);
  });
}

}  // namespace alluvium::code
