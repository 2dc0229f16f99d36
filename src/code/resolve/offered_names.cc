#include "code/resolve/offered_names.h"

#include <cstddef>
#include <optional>

#include "code/resolve/all_names.h"
#include "code/resolve/star_names.h"

namespace alluvium::code {
namespace {

using Kind = NameTarget::Kind;

template <typename Index>
std::size_t at(Index index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Unresolved:
      break;
    case Kind::Definition:
      return "definition";
    case Kind::Module:
      return "module";
    case Kind::External:
      return "external";
  }
  return "unresolved";
}

/// Makes `OfferedNames`.
class NameOffers {
 public:
  NameOffers(NameFacts& facts, const ModuleIndex& modules, std::span<const ImportTarget> targets)
      : facts_(facts), modules_(modules), targets_(targets), all_(facts, modules, targets) {}

  OfferedNames make() {
    add_bindings();
    add_submodules();
    add_stars();
    follow_all();
    for (const ModuleMember& entry : all_.entries()) {
      if (place_of(entry) == kNowhere) made_.unbound_.push_back(entry);
    }
    made_.reads_of_lists_.assign(all_.reads().begin(), all_.reads().end());
    made_.imported_.reserve(facts_.imports.size());
    for (std::size_t i = 0; i < facts_.imports.size(); ++i) {
      made_.imported_.push_back(imported(static_cast<ProgramIndex>(i)));
    }
    return std::move(made_);
  }

 private:
  // Where a name that is offered comes from.
  struct Way {
    std::optional<ModuleMember> next;  // what it is in another module
    ProgramIndex origin = kNowhere;    // of a star
  };

  void add(OfferedName offered, const Way& way) {
    offered.in_all = all_.contains(offered.file, offered.name);
    offered.is_public = all_.is_public(offered.file, offered.name);
    made_.places_[NameFacts::key(offered.file, offered.name)] =
        static_cast<std::uint32_t>(made_.names_.size());
    made_.names_.push_back(offered);
    ways_.push_back(way);
  }

  [[nodiscard]] ProgramIndex place_of(const ModuleMember& member) const {
    const std::uint32_t* const place = made_.places_.find(NameFacts::key(member.file, member.name));
    return place == nullptr ? kNowhere : static_cast<ProgramIndex>(*place);
  }

  void add_bindings() {
    made_.places_.reserve(facts_.bindings.size());
    made_.names_.reserve(facts_.bindings.size());
    ways_.reserve(facts_.bindings.size());
    for (const NameFacts::Binding& binding : facts_.bindings) {
      OfferedName offered{.file = binding.file, .name = binding.name, .import = binding.import};
      Way way;
      if (binding.import != kNowhere) {
        offered.target = target_by_itself(binding.import);
        way.next = taken_from(binding.import);
        // `from . import x` in the package that x is a module of leads to itself: x is the module.
        if (way.next && way.next->file == binding.file && way.next->name == binding.name) {
          way.next.reset();
        }
      }
      if (binding.definition != kNowhere) {
        offered.target = {.kind = Kind::Definition, .definition = binding.definition};
      }
      add(offered, way);
    }
  }

  // `__all__` may list submodules that nothing in the file binds: a star import imports them.
  void add_submodules() {
    for (const ModuleMember& entry : all_.entries()) {
      const NameFacts::File& file = facts_.files[at(entry.file)];
      if (!file.is_package || file.module == kNoName || place_of(entry) != kNowhere) continue;
      const NameId module = facts_.names.intern(facts_.texts.concat(
          {facts_.names.text(file.module), ".", facts_.names.text(entry.name)}));
      const ProgramIndex found = modules_.find(module);
      if (found == kNowhere) continue;
      add({.file = entry.file, .name = entry.name, .target = module_target(module, found)}, {});
    }
  }

  void add_stars() {
    std::vector<ModuleMember> bound;
    for (const OfferedName& each : made_.names_) bound.push_back({each.file, each.name});
    for (const StarName& brought : star_names(facts_, targets_, all_, bound)) {
      if (place_of({brought.file, brought.name}) != kNowhere) continue;
      add({.file = brought.file, .name = brought.name, .import = brought.star},
          {.next = ModuleMember{targets_[at(brought.star)].parent_file, brought.name},
           .origin = brought.origin});
    }
  }

  // What a `from` import takes from a module of the repository.
  [[nodiscard]] std::optional<ModuleMember> taken_from(ProgramIndex index) const {
    const NameFacts::Import& import = facts_.imports[at(index)];
    const ProgramIndex module = targets_[at(index)].parent_file;
    if (!import.is_from || import.name == kNoName || module == kNowhere) return std::nullopt;
    return ModuleMember{module, import.name};
  }

  // What an import's name stands for, whatever the module that it is taken from says.
  NameTarget target_by_itself(ProgramIndex index) {
    const NameFacts::Import& import = facts_.imports[at(index)];
    const ImportTarget& target = targets_[at(index)];
    const bool is_module = target.object_file != kNowhere || target.is_namespace;
    NameId module = target.object;
    ProgramIndex file = target.object_file;
    if (!import.is_from && import.alias == kNoName) {
      // `import a.b` binds `a`.
      module = facts_.names.intern(first_name(facts_.names.text(target.object)));
      if (module != target.object) file = kNowhere;
      if (target.looks_internal) return module_target(module, file);
    }
    if (is_module) return module_target(module, file);
    return {.kind = target.looks_internal ? Kind::Unresolved : Kind::External, .module = module};
  }

  // A module by its name, and by its file where that is known.
  [[nodiscard]] NameTarget module_target(NameId module, ProgramIndex file) const {
    const auto has_facts = [&](ProgramIndex each) {
      return each != kNowhere && facts_.files[at(each)].has_facts;
    };
    if (!has_facts(file)) file = modules_.find(module);
    return {.kind = Kind::Module, .file = has_facts(file) ? file : kNowhere, .module = module};
  }

  // Puts the end of its way into each name. The end itself stays what it is.
  void follow_all() {
    ends_.assign(ways_.size(), kUnknown);
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      ProgramIndex end = end_of(static_cast<ProgramIndex>(i));
      if (end == kNowhere && ways_[i].origin != kNowhere) {
        end = end_of(place_of({ways_[i].origin, made_.names_[i].name}));
      }
      if (end != kNowhere) made_.names_[i].target = made_.names_[at(end)].target;
    }
  }

  // The last name on the way from `start`, or none when that ends in a circle.
  ProgramIndex end_of(ProgramIndex start) {
    passed_.clear();
    ProgramIndex place = start;
    while (ends_[at(place)] == kUnknown) {
      ends_[at(place)] = kNowhere;  // when it comes by again
      passed_.push_back(place);
      const std::optional<ModuleMember>& next = ways_[at(place)].next;
      const ProgramIndex next_place = next ? place_of(*next) : kNowhere;
      if (next_place == kNowhere)
        ends_[at(place)] = place;
      else
        place = next_place;
    }
    const ProgramIndex end = ends_[at(place)];
    for (const ProgramIndex each : passed_) ends_[at(each)] = end;
    return end;
  }

  NameTarget imported(ProgramIndex index) {
    if (const auto from = taken_from(index)) {
      const NameTarget* const target = made_.find(from->file, from->name);
      if (target != nullptr && target->kind != Kind::Unresolved) return *target;
    }
    return target_by_itself(index);
  }

  static constexpr ProgramIndex kUnknown = -2;

  NameFacts& facts_;
  const ModuleIndex& modules_;
  std::span<const ImportTarget> targets_;
  AllNames all_;
  OfferedNames made_;
  std::vector<Way> ways_;           // of made_.names_
  std::vector<ProgramIndex> ends_;  // in made_.names_, of each
  std::vector<ProgramIndex> passed_;
};

OfferedNames::OfferedNames(NameFacts& facts, const ModuleIndex& modules,
                           std::span<const ImportTarget> targets)
    : OfferedNames(NameOffers(facts, modules, targets).make()) {}

}  // namespace alluvium::code
