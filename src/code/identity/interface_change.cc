#include "code/identity/interface_change.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "code/identity/packed_bytes.h"
#include "code/identity/set_up_names.h"

namespace alluvium::code {
namespace {

std::size_t at(FactIndex index) { return static_cast<std::size_t>(index); }

std::string_view text_of(const FileInterface& interface, TextIndex index) {
  return index == kNoText ? std::string_view() : interface.texts[index];
}

/// Writes parts of an interface, so that equal bytes are the same to others. Values are numbered as
/// they are met: they may be made from themselves.
class Writer {
 public:
  Writer(const FileInterface& interface, std::string& bytes) : interface_(interface), to_(bytes) {}

  void text(TextIndex index) {
    to_.number(index == kNoText ? 0 : 1);
    if (index != kNoText) to_.text(interface_.texts[index]);
  }
  void texts(const std::vector<TextIndex>& list) {
    to_.number(list.size());
    for (const TextIndex each : list) text(each);
  }
  void definition(const FileInterface::Definition& each) {
    to_.id(each.id);
    to_.number(static_cast<std::uint64_t>(each.kind));
    to_.number((each.is_property ? 1U : 0U) | (each.is_static ? 2U : 0U) |
               (each.is_fixture ? 4U : 0U) | (each.is_used_everywhere ? 8U : 0U));
    definition_at(each.parent);
  }
  void binding(const FileInterface::Binding& each) {
    definition_at(each.definition);
    to_.number(each.import == kNoFact ? 0 : 1);
    if (each.import != kNoFact) import(interface_.imports[at(each.import)]);
  }
  void import(const FileInterface::Import& each) {
    text(each.module);
    text(each.name);
    text(each.alias);
    text(each.bound_name);
    to_.number((each.is_from ? 1U : 0U) | (each.is_star ? 2U : 0U));
    to_.signed_number(each.level);
  }
  void flow(const FileInterface::Flow& each) {
    to_.number(static_cast<std::uint64_t>(each.role) + 1);
    definition_at(each.definition);
    text(each.name);
    std::unordered_map<FactIndex, std::size_t> numbers;
    std::vector<FactIndex> met;
    const auto value = [&](FactIndex index) {
      if (index == kNoFact) return to_.number(0);
      const auto [known, is_new] = numbers.try_emplace(index, met.size() + 1);
      if (is_new) met.push_back(index);
      to_.number(known->second);
    };
    value(each.value);
    std::size_t next = 0;
    while (next < met.size()) {
      const FileInterface::Value& node = interface_.values[at(met[next++])];
      to_.number(static_cast<std::uint64_t>(node.kind));
      text(node.name);
      definition_at(node.definition);
      if (node.kind == ValueKind::Import && node.base != kNoFact) {
        import(interface_.imports[at(node.base)]);
      } else {
        value(node.base);
      }
      value(node.other);
    }
  }

 private:
  void definition_at(FactIndex index) {
    to_.id(index == kNoFact ? StableId() : interface_.definitions[at(index)].id);
  }

  const FileInterface& interface_;
  PackedWriter to_;
};

bool is_class(const FileInterface& interface, FactIndex index) {
  return index != kNoFact && interface.definitions[at(index)].kind == DefinitionKind::Class;
}

/// Of more that would be said of the values of a file, as each is made of many others, nothing is.
constexpr std::size_t kMostBytes = std::size_t{8} << 20;

/// What can be seen of a file, by what it is known by.
struct Visible {
  struct Named {
    std::string seen;
    bool is_fixture = false;
  };
  Visible(const FileInterface& of_file, const FileInterface& other) : interface(of_file) {
    for (const FileInterface::Definition& each : other.definitions) others.insert(each.id);
    add_definitions();
    for (const FileInterface::Binding& each : of_file.bindings) {
      Writer(of_file, named[text(each.name)].seen).binding(each);
    }
    for (const FileInterface::Flow& each : of_file.flows) {
      if (size > kMostBytes) return;
      add(each);
    }
    add_names_passed_on();
  }

  const FileInterface& interface;
  std::set<StableId> others;  // definitions of the other interface
  std::map<std::string_view, Named> named;
  std::map<StableId, std::string> definitions;  // with parameters
  std::set<StableId> classes;
  std::map<std::pair<StableId, std::string_view>, Named> members;  // by class and name
  std::string passed_on;                                           // what names are of other files
  std::size_t size = 0;                                            // of what is said of values

 private:
  [[nodiscard]] std::string_view text(TextIndex index) const { return text_of(interface, index); }

  /// Who gets to what is inside of a definition, names that.
  [[nodiscard]] bool is_inside_of_new(const FileInterface::Definition& each) const {
    for (FactIndex parent = each.parent; parent != kNoFact;
         parent = interface.definitions[at(parent)].parent) {
      if (!others.contains(interface.definitions[at(parent)].id)) return true;
    }
    return false;
  }

  void add_definitions() {
    for (std::size_t i = 0; i < interface.definitions.size(); ++i) {
      const FileInterface::Definition& each = interface.definitions[i];
      Writer(interface, definitions[each.id]).definition(each);
      if (each.kind == DefinitionKind::Parameter) continue;
      if (!is_inside_of_new(each)) add(each, named[text(each.name)]);
      if (is_class(interface, static_cast<FactIndex>(i))) classes.insert(each.id);
      if (!is_class(interface, each.parent)) continue;
      add(each, members[{interface.definitions[at(each.parent)].id, text(each.name)}]);
    }
  }

  void add(const FileInterface::Definition& each, Named& into) const {
    Writer(interface, into.seen).definition(each);
    into.is_fixture = into.is_fixture || each.is_fixture || each.is_used_everywhere;
  }

  void add(const FileInterface::Flow& flow) {
    if (!can_be_seen(flow.role) || flow.role == FlowRole::Base) return;
    const FileInterface::Definition& of = interface.definitions[at(flow.definition)];
    std::string said;
    Writer(interface, said).flow(flow);
    size += said.size();
    if (flow.role != FlowRole::Attribute) definitions[of.id] += said;
    // Others see parameters by what is made of them.
    if (of.kind == DefinitionKind::Parameter) return;
    const bool is_inside = flow.role == FlowRole::Attribute && !others.contains(of.id);
    if (is_inside || is_inside_of_new(of)) return;
    named[text(flow.role == FlowRole::Attribute ? flow.name : of.name)].seen += said;
  }

  void add_names_passed_on() {
    Writer to(interface, passed_on);
    for (const FileInterface::Import& each : interface.imports) {
      if (each.is_star) to.import(each);
    }
    passed_on += interface.has_all_names ? "all" : "";
    to.texts(interface.all_names);
    to.texts(interface.all_from);
  }
};

void compare_classes(const Visible& before, const Visible& now, InterfaceChange& change) {
  for (const StableId id : now.classes) {
    if (!before.classes.contains(id)) change.new_classes.push_back(id);
  }
  for (const auto& [key, members] : now.members) {
    const auto found = before.members.find(key);
    if (found != before.members.end() && found->second.seen == members.seen) continue;
    const bool was_fixture = found != before.members.end() && found->second.is_fixture;
    change.members.push_back(
        {key.first, std::string(key.second), members.is_fixture || was_fixture});
  }
  for (const auto& [key, members] : before.members) {
    if (now.members.contains(key)) continue;
    change.members.push_back({key.first, std::string(key.second), members.is_fixture});
  }
}

void compare_names(const Visible& before, const Visible& now, InterfaceChange& change) {
  static const Visible::Named kNone;
  const auto compare = [&](std::string_view name, const Visible::Named& x,
                           const Visible::Named& y) {
    if (x.seen == y.seen) return;
    change.names.insert(name_hash(name));
    if (is_used_unnamed(name) || x.is_fixture || y.is_fixture) change.is_seen_by_all = true;
  };
  for (const auto& [name, seen] : now.named) {
    const auto found = before.named.find(name);
    compare(name, found == before.named.end() ? kNone : found->second, seen);
  }
  for (const auto& [name, seen] : before.named) {
    if (!now.named.contains(name)) compare(name, seen, kNone);
  }
  if (before.passed_on != now.passed_on) change.is_seen_by_all = true;
  for (const auto& [id, said] : now.definitions) {
    const auto found = before.definitions.find(id);
    if (found == before.definitions.end() || found->second != said) change.definitions.insert(id);
  }
}

}  // namespace

bool can_be_seen(FlowRole role) {
  return role != FlowRole::Called && role != FlowRole::Pick && role != FlowRole::DecoratorArgument;
}

bool is_used_unnamed(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"__call__", "__enter__", "__getitem__",
                                                             "__iter__", "__next__"};
  return std::ranges::find(kNames, name) != kNames.end() || name.starts_with("test") ||
         is_set_up_of_class(name) || is_set_up_of_file(name);
}

std::optional<InterfaceChange> change_between(const FileInterface& before,
                                              const FileInterface& now) {
  InterfaceChange change;
  const Visible seen_before(before, now);
  const Visible seen_now(now, before);
  if (std::max(seen_before.size, seen_now.size) > kMostBytes) return std::nullopt;
  compare_names(seen_before, seen_now, change);
  compare_classes(seen_before, seen_now, change);
  return change;
}

}  // namespace alluvium::code
