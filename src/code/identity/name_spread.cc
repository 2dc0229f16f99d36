#include "code/identity/name_spread.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "code/identity/interface_change.h"

namespace alluvium::code {
namespace {

std::size_t at(FactIndex index) { return static_cast<std::size_t>(index); }
std::uint32_t key(FactIndex index) { return static_cast<std::uint32_t>(index); }

bool takes_fixtures(const FileInterface& interface, FactIndex function) {
  if (function == kNoFact) return false;
  const FileInterface::Definition& each = interface.definitions[at(function)];
  return each.is_fixture ||
         (each.name != kNoText && interface.texts[each.name].starts_with("test"));
}

}  // namespace

void NameSpread::Lists::sort() { std::ranges::sort(items_); }

template <typename Each>
void NameSpread::Lists::for_each(std::uint32_t key, Each&& each) const {
  auto item =
      std::ranges::lower_bound(items_, key, {}, &std::pair<std::uint32_t, FactIndex>::first);
  for (; item != items_.end() && item->first == key; ++item) each(item->second);
}

NameSpread::NameSpread(const FileInterface& interface, const std::set<StableId>& changed)
    : interface_(interface),
      has_value_(interface.values.size()),
      has_definition_(interface.definitions.size()) {
  list_values();
  for (std::size_t i = 0; i < interface.flows.size(); ++i) {
    const FileInterface::Flow& each = interface.flows[i];
    if (can_be_seen(each.role)) flows_.add(key(each.value), static_cast<FactIndex>(i));
  }
  for (std::size_t i = 0; i < interface.bindings.size(); ++i) {
    const FactIndex import = interface.bindings[i].import;
    if (import == kNoFact) continue;
    const FileInterface::Import& each = interface.imports[at(import)];
    if (!each.is_from || each.name == kNoText) continue;
    bindings_.add(name_hash(interface.texts[each.name]), static_cast<FactIndex>(i));
  }
  for (Lists* const lists :
       {&made_of_value_, &made_of_definition_, &made_of_name_, &flows_, &bindings_}) {
    lists->sort();
  }
  list_definitions(changed);
  passed_.sort();
}

void NameSpread::list_values() {
  for (std::size_t i = 0; i < interface_.values.size(); ++i) {
    const FileInterface::Value& each = interface_.values[i];
    const auto value = static_cast<FactIndex>(i);
    if (each.name != kNoText) made_of_name_.add(name_hash(interface_.texts[each.name]), value);
    if (each.other != kNoFact) made_of_value_.add(key(each.other), value);
    if (each.kind == ValueKind::Definition && each.definition != kNoFact) {
      made_of_definition_.add(key(each.definition), value);
    }
    if (each.base == kNoFact) continue;
    if (each.kind != ValueKind::Import) {
      made_of_value_.add(key(each.base), value);
      continue;
    }
    const FileInterface::Import& import = interface_.imports[at(each.base)];
    if (!import.is_from || import.name == kNoText) continue;
    made_of_name_.add(name_hash(interface_.texts[import.name]), value);
  }
}

void NameSpread::list_definitions(const std::set<StableId>& changed) {
  for (std::size_t i = 0; i < interface_.definitions.size(); ++i) {
    const FileInterface::Definition& each = interface_.definitions[i];
    const auto definition = static_cast<FactIndex>(i);
    if (changed.contains(each.id)) add_definition(definition);
    if (each.kind == DefinitionKind::Parameter && each.name != kNoText &&
        takes_fixtures(interface_, each.parent)) {
      passed_.add(name_hash(interface_.texts[each.name]), definition);
    }
  }
}

NameSpread::Found NameSpread::take(NameSet& names) {
  names_ = &names;
  found_ = {};
  follow();
  for (const Lists* const lists : {&made_of_name_, &bindings_, &passed_}) {
    for (const auto& [name, item] : lists->all()) {
      if (names.contains(name)) take_name(name);
    }
  }
  follow();
  return found_;
}

void NameSpread::take_name(NameHash name) {
  if (!taken_.insert(name).second) return;
  made_of_name_.for_each(name, [&](FactIndex value) { add_value(value); });
  passed_.for_each(name, [&](FactIndex parameter) { add_definition(parameter); });
  bindings_.for_each(name,
                     [&](FactIndex binding) { add_name(interface_.bindings[at(binding)].name); });
}

void NameSpread::follow() {
  while (!to_follow_.empty()) {
    const FactIndex value = to_follow_.back();
    to_follow_.pop_back();
    made_of_value_.for_each(key(value), [&](FactIndex user) { add_value(user); });
    flows_.for_each(key(value), [&](FactIndex flow) { add_flow(interface_.flows[at(flow)]); });
  }
}

void NameSpread::add_value(FactIndex value) {
  if (has_value_[at(value)]) return;
  has_value_[at(value)] = true;
  to_follow_.push_back(value);
}

void NameSpread::add_definition(FactIndex definition) {
  if (has_definition_[at(definition)]) return;
  has_definition_[at(definition)] = true;
  made_of_definition_.for_each(key(definition), [&](FactIndex value) { add_value(value); });
}

void NameSpread::add_flow(const FileInterface::Flow& flow) {
  if (flow.role != FlowRole::Attribute) add_definition(flow.definition);
  const FileInterface::Definition& of = interface_.definitions[at(flow.definition)];
  // A parameter is seen inside of the file alone.
  if (of.kind == DefinitionKind::Parameter) return;
  add_name(flow.role == FlowRole::Attribute ? flow.name : of.name);
}

void NameSpread::add_name(TextIndex text) {
  if (text == kNoText) return;
  const std::string_view name = interface_.texts[text];
  if (!names_->insert(name_hash(name)).second) return;
  found_.has_more = true;
  found_.is_seen_by_all = found_.is_seen_by_all || is_used_unnamed(name);
  take_name(name_hash(name));
}

}  // namespace alluvium::code
