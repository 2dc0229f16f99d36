#include "code/resolve/import_targets.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace alluvium::code {
namespace {

class Importer {
 public:
  Importer(NameFacts& facts, const ModuleIndex& modules)
      : facts_(facts), modules_(modules), init_(facts.names.intern("__init__")) {}

  ImportTarget target(const NameFacts::Import& import) {
    const NameFacts::File& file = facts_.files[static_cast<std::size_t>(import.file)];
    ImportTarget made;
    NameId parent = kNoName;
    if (import.is_from) {
      parent = made.base = base(import, file);
      made.object = object(import, made.base);
    } else {
      made.object = import.written;
      parent = parent_of(import.written);
    }
    made.object_file = modules_.find_from(file.source_root, made.object);
    made.parent_file = modules_.find_from(file.source_root, parent);
    made.looks_internal = import.level > 0;
    if (made.object != kNoName) {
      made.is_namespace = modules_.is_folder(made.object);
      // Both start alike, or the import is relative.
      made.looks_internal |= starts_in_repository(import.is_from ? made.base : made.object);
    }
    return made;
  }

 private:
  [[nodiscard]] std::string_view text(NameId name) const { return facts_.names.text(name); }
  NameId name(std::string_view text) { return facts_.names.intern(text); }
  NameId dotted(std::string_view a, std::string_view b) {
    return name(facts_.texts.concat({a, ".", b}));
  }
  // The same names are imported over and over.
  NameId dotted(NameId a, NameId b) {
    NameId& known = dotted_[NameFacts::key(static_cast<ProgramIndex>(a), b)];  // one more, or 0
    if (known == 0) known = dotted(text(a), text(b)) + 1;
    return known - 1;
  }
  bool starts_in_repository(NameId module) {
    std::optional<bool>& known = starts_in_repository_[module];
    if (!known) known = modules_.is_top_name(name(first_name(text(module))));
    return *known;
  }

  // What `from base` says, without dots before it.
  NameId base(const NameFacts::Import& import, const NameFacts::File& file) {
    if (import.level == 0) return import.written;
    std::string_view package = file.package == kNoName ? std::string_view() : text(file.package);
    const std::int64_t names =
        package.empty() ? 0 : std::ranges::count(package, '.') + std::int64_t{1};
    const std::int64_t kept = names - (import.level - 1);
    if (kept < 0) return kNoName;
    if (kept == 0) return base_in_root(import, file);
    for (std::int64_t i = names; i > kept; --i) package = package.substr(0, package.rfind('.'));
    const NameId module = name(package);
    return import.written == kNoName ? module : dotted(module, import.written);
  }

  // One level above the first package: only where that is a package too.
  NameId base_in_root(const NameFacts::Import& import, const NameFacts::File& file) {
    if (!modules_.is_package(file.source_root)) return kNoName;
    return import.written == kNoName ? init_ : import.written;
  }

  NameId object(const NameFacts::Import& import, NameId base) {
    if (base == kNoName || import.name == kNoName) return kNoName;
    if (base == init_ && import.level > 0 && import.written == kNoName) return import.name;
    return dotted(base, import.name);
  }

  // `a.b` of `a.b.c`; a single name has none.
  NameId parent_of(NameId object) {
    if (object == kNoName) return kNoName;
    const std::size_t dot = text(object).rfind('.');
    return dot == std::string_view::npos ? kNoName : name(text(object).substr(0, dot));
  }

  NameFacts& facts_;
  const ModuleIndex& modules_;
  NameId init_;
  FlatMap<NameId> dotted_;  // by both parts
  FlatMap<std::optional<bool>> starts_in_repository_;
};

}  // namespace

std::vector<ImportTarget> import_targets(NameFacts& facts, const ModuleIndex& modules) {
  Importer importer(facts, modules);
  std::vector<ImportTarget> targets;
  targets.reserve(facts.imports.size());
  for (const NameFacts::Import& import : facts.imports) targets.push_back(importer.target(import));
  return targets;
}

}  // namespace alluvium::code
