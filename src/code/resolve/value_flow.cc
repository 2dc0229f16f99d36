#include "code/resolve/value_flow.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace alluvium::code {
namespace {

using Kind = KnownValue::Kind;
using Source = KnownValue::Source;

/// Values settle in a few rounds; chains of calls that return each other's results take one each.
constexpr int kMostRounds = 40;

bool same_thing(const KnownValue& a, const KnownValue& b) {
  return a.kind == b.kind && a.index == b.index && a.receiver == b.receiver &&
         a.module == b.module && a.is_own == b.is_own && a.is_builtin == b.is_builtin;
}

}  // namespace

bool ValueFlow::Set::add(const KnownValue& value) {
  if (too_many) return false;
  for (KnownValue& known : values) {
    if (!same_thing(known, value)) continue;
    if (known.source >= value.source) return false;
    known.source = value.source;
    return true;
  }
  if (values.size() == kMostKnown) return overflow();
  // In an order of its own, whatever the order of the work.
  const auto before = [](const KnownValue& a, const KnownValue& b) {
    return std::tie(a.kind, a.index, a.receiver, a.module, a.is_own, a.is_builtin) <
           std::tie(b.kind, b.index, b.receiver, b.module, b.is_own, b.is_builtin);
  };
  values.insert(std::upper_bound(values.begin(), values.end(), value, before), value);
  return true;
}

bool ValueFlow::Set::overflow() {
  values.clear();
  return !std::exchange(too_many, true);
}

bool ValueFlow::Set::add(const Set& other) {
  if (too_many) return false;
  if (other.too_many) return overflow();
  bool grew = false;
  for (const KnownValue& value : other.values) grew |= add(value);
  return grew;
}

ValueFlow::ValueFlow(const Program& program, const ClassHierarchy& classes)
    : program_(program),
      classes_(classes),
      sets_(program.values.size()),
      definitions_(program.definitions.size()),
      yields_(program.definitions.size()),
      decorated_(program.definitions.size()),
      is_annotated_(program.definitions.size()),
      is_generator_(program.definitions.size()) {
  for (const Program::Flow& flow : program.flows) {
    if (flow.role == FlowRole::Annotation) is_annotated_[at(flow.definition)] = true;
    if (flow.role == FlowRole::Yield) is_generator_[at(flow.definition)] = true;
    if (flow.role != FlowRole::Attribute) continue;
    std::uint32_t& place = attribute_of_[Program::key(flow.definition, flow.name)];
    if (place != 0) continue;
    attributes_.emplace_back();
    place = static_cast<std::uint32_t>(attributes_.size());
  }
  grow();
}

void ValueFlow::grow() {
  const std::vector<Injection> injections = find_injections(program_);
  for (int round = 0; round < kMostRounds; ++round) {
    bool grew = false;
    for (std::size_t value = 0; value < sets_.size(); ++value) grew |= evaluate(value);
    for (const Program::Flow& flow : program_.flows) {
      const Set& value = sets_[at(flow.value)];
      switch (flow.role) {
        case FlowRole::Base:
          break;
        case FlowRole::Decorator:
          grew |= add_decorated(flow.definition, value);
          break;
        case FlowRole::Attribute:
          grew |=
              attributes_[*attribute_of_.find(Program::key(flow.definition, flow.name)) - 1].add(
                  value);
          break;
        case FlowRole::Yield:
          grew |= yields_[at(flow.definition)].add(value);
          break;
        case FlowRole::Return:
          if (is_annotated_[at(flow.definition)]) break;
          [[fallthrough]];
        case FlowRole::Value:
        case FlowRole::Annotation:
          grew |= definitions_[at(flow.definition)].add(value);
          break;
      }
    }
    for (const Injection& each : injections) grew |= add_injected(each);
    if (!grew) return;
  }
}

// Only what is an instance then, such as a command that is made of its callback: a function is
// mostly still called in the place of one that it wraps.
bool ValueFlow::add_decorated(ProgramIndex definition, const Set& decorators) {
  if (program_.definitions[at(definition)].kind != DefinitionKind::Function) return false;
  bool grew = false;
  Set results;
  for (const KnownValue& decorator : decorators.values) add_call(decorator, results);
  for (const KnownValue& result : results.values) {
    if (result.kind == Kind::Instance) grew |= decorated_[at(definition)].add(result);
  }
  return grew;
}

bool ValueFlow::add_injected(const Injection& injection) {
  if (is_annotated_[at(injection.parameter)]) return false;
  Set& into = definitions_[at(injection.parameter)];
  if (is_generator_[at(injection.fixture)]) return into.add(yields_[at(injection.fixture)]);
  return add_returns(injection.fixture, kNowhere, false, into);
}

bool ValueFlow::evaluate(std::size_t value) {
  const Program::Value& node = program_.values[value];
  Set& into = sets_[value];
  if (into.too_many) return false;
  const auto each_of_base = [&](auto&& add) {
    bool grew = false;
    const Set& base = sets_[at(node.base)];
    if (base.too_many) return into.overflow();
    // By position: what is added may be in the same list.
    for (std::size_t i = 0; i < base.values.size() && !into.too_many; ++i) {
      grew |= add(KnownValue(base.values[i]));
    }
    return grew;
  };
  switch (node.kind) {
    case ValueKind::Name:
      return false;
    case ValueKind::Definition:
      return add_definition(node.definition, into, Source::Named);
    case ValueKind::Import:
      return add_target(program_.imported(node.base), into, Source::Named);
    case ValueKind::Star: {
      const NameTarget* const target = program_.name_in(node.file, node.name);
      if (target != nullptr) return add_target(*target, into, Source::Named);
      return into.add({.kind = Kind::Outside, .is_builtin = true});
    }
    case ValueKind::Builtin:
      return into.add({.kind = Kind::Outside, .is_builtin = true});
    case ValueKind::Self:
      return into.add({.kind = Kind::Instance,
                       .source = Source::Self,
                       .is_own = true,
                       .index = node.definition});
    case ValueKind::Class:
      return into.add(
          {.kind = Kind::Class, .source = Source::Self, .is_own = true, .index = node.definition});
    case ValueKind::Super: {
      KnownValue super{.kind = Kind::Super,
                       .source = Source::Self,
                       .is_own = true,
                       .index = node.definition,
                       .receiver = node.definition};
      if (node.base == kNowhere) return into.add(super);
      return each_of_base([&](const KnownValue& named) {
        super.receiver = named.index;
        return named.kind == Kind::Class && into.add(super);
      });
    }
    case ValueKind::Attribute:
      return each_of_base(
          [&](const KnownValue& object) { return add_attribute(object, node.name, into); });
    case ValueKind::Call:
      return each_of_base([&](const KnownValue& callee) { return add_call(callee, into); });
    case ValueKind::Awaited:
      return into.add(sets_[at(node.base)]);
    case ValueKind::Either: {
      const bool grew = into.add(sets_[at(node.base)]);
      return into.add(sets_[at(node.other)]) || grew;
    }
    case ValueKind::Item:
      return each_of_base([&](const KnownValue& container) { return add_items(container, into); });
    case ValueKind::Entered:
      return each_of_base([&](const KnownValue& manager) {
        if (manager.kind == Kind::Generated) return into.add(yields_[at(manager.index)]);
        if (manager.kind == Kind::Container) return add_items(manager, into);
        if (manager.kind != Kind::Instance) return into.add(manager);
        if (find(manager, program_.special.enter).definition == kNowhere) return into.add(manager);
        return add_method_result(manager, program_.special.enter, into);
      });
    case ValueKind::Instance:
      return each_of_base([&](KnownValue type) {
        if (type.kind == Kind::Class) type.kind = Kind::Instance;
        if (type.kind != Kind::Instance && type.kind != Kind::Outside) return false;
        type.source = std::min(type.source, Source::Annotated);
        return into.add(type);
      });
    case ValueKind::Callable:
    case ValueKind::Container:
      return each_of_base([&](KnownValue given) {
        if (given.kind != Kind::Instance) return false;
        given.kind = node.kind == ValueKind::Callable ? Kind::Callable : Kind::Container;
        return into.add(given);
      });
  }
  return false;
}

bool ValueFlow::add_target(const NameTarget& target, Set& into, Source source) const {
  switch (target.kind) {
    case NameTarget::Kind::Definition:
      return add_definition(target.definition, into, source);
    case NameTarget::Kind::Module:
      return into.add(
          {.kind = Kind::Module, .source = source, .index = target.file, .module = target.module});
    case NameTarget::Kind::External:
      return into.add({.kind = Kind::Outside, .source = source});
    case NameTarget::Kind::Unresolved:
      return false;
  }
  return false;
}

bool ValueFlow::add_definition(ProgramIndex definition, Set& into, Source source) const {
  switch (program_.definitions[at(definition)].kind) {
    case DefinitionKind::Class:
      return into.add({.kind = Kind::Class, .source = source, .index = definition});
    case DefinitionKind::Function:
    case DefinitionKind::Method: {
      const bool grew = into.add({.kind = Kind::Function, .source = source, .index = definition});
      return into.add(decorated_[at(definition)]) || grew;
    }
    case DefinitionKind::Parameter:
    case DefinitionKind::Variable:
      return into.add(definitions_[at(definition)]);
  }
  return false;
}

std::span<const ProgramIndex> ValueFlow::order_of(const KnownValue& value) const {
  if (value.index == kNowhere) return {};
  const std::span<const ProgramIndex> order = classes_.order(value.index);
  if (value.kind != Kind::Super) return order;
  const auto named = std::find(order.begin(), order.end(), value.receiver);
  return {named == order.end() ? named : named + 1, order.end()};
}

bool ValueFlow::add_attribute(const KnownValue& object, NameId name, Set& into) const {
  switch (object.kind) {
    case Kind::Outside: {
      const auto& take_item = program_.special.take_item;
      const bool gives_item =
          std::find(take_item.begin(), take_item.end(), name) != take_item.end();
      return !(object.is_builtin && gives_item) && into.add(object);
    }
    case Kind::Function:
    case Kind::Generated:
    case Kind::Callable:
      return false;
    case Kind::Container: {
      const auto is_one_of = [&](const auto& names) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
      KnownValue method = object;
      if (is_one_of(program_.special.take_item)) method.kind = Kind::Callable;
      return (method.kind == Kind::Callable || is_one_of(program_.special.give_items)) &&
             into.add(method);
    }
    case Kind::Module: {
      if (object.index != kNowhere) {
        const NameTarget* const target = program_.name_in(object.index, name);
        if (target != nullptr) return add_target(*target, into, Source::Named);
      }
      const ProgramIndex file = program_.submodule(object.module, name);
      if (file == kNowhere) return false;
      return into.add({.kind = Kind::Module,
                       .source = Source::Named,
                       .index = file,
                       .module = program_.files[at(file)].module});
    }
    case Kind::Class:
    case Kind::Instance:
    case Kind::Super:
      break;
  }
  if (name == program_.special.class_) {
    if (object.kind != Kind::Instance) return false;
    KnownValue type = object;
    type.kind = Kind::Class;
    return into.add(type);
  }
  for (const ProgramIndex owner : order_of(object)) {
    const ProgramIndex member = classes_.member(owner, name);
    const std::uint32_t* const place = attribute_of_.find(Program::key(owner, name));
    bool grew = false;
    if (place != nullptr) grew |= into.add(attributes_[*place - 1]);
    if (member != kNowhere) return add_member(member, object, owner, into) || grew;
    if (place != nullptr) return grew;
  }
  if (object.index != kNowhere && classes_.has_unknown_base(object.index)) {
    return into.add({.kind = Kind::Outside});
  }
  return false;
}

bool ValueFlow::add_member(ProgramIndex definition, const KnownValue& object, ProgramIndex owner,
                           Set& into) const {
  const Program::Definition& member = program_.definitions[at(definition)];
  if (member.kind != DefinitionKind::Method) return add_definition(definition, into, object.source);
  if (member.is_property) {
    if (object.kind == Kind::Class) return false;
    const ProgramIndex getter = classes_.property(owner, member.name);
    return add_returns(getter == kNowhere ? definition : getter, object.index, object.is_own, into);
  }
  return into.add({.kind = Kind::Function,
                   .source = object.source,
                   .is_own = object.is_own,
                   .index = definition,
                   .receiver = member.is_static ? kNowhere : object.index});
}

bool ValueFlow::add_call(const KnownValue& callee, Set& into) const {
  switch (callee.kind) {
    case Kind::Class: {
      KnownValue made = callee;
      made.kind = Kind::Instance;
      made.source = callee.is_own ? Source::Self : Source::Inferred;
      return into.add(made);
    }
    case Kind::Function:
      if (is_generator_[at(callee.index)] && !is_annotated_[at(callee.index)]) {
        return into.add({.kind = Kind::Generated, .index = callee.index});
      }
      return add_returns(callee.index, callee.receiver, callee.is_own, into);
    case Kind::Instance:
      return add_method_result(callee, program_.special.call, into);
    case Kind::Callable: {
      KnownValue given = callee;
      given.kind = Kind::Instance;
      return into.add(given);
    }
    case Kind::Container:  // what a method of it gives
    case Kind::Outside:
      return into.add(callee);
    default:
      return false;
  }
}

// The results of `function`, called on an instance or subclass of `receiver`: where they are what
// it was called on, they are that.
bool ValueFlow::add_returns(ProgramIndex function, ProgramIndex receiver, bool is_own,
                            Set& into) const {
  const Set& results = definitions_[at(function)];
  if (results.too_many) return into.overflow();
  bool grew = false;
  for (std::size_t i = 0; i < results.values.size(); ++i) {
    KnownValue value = results.values[i];
    const bool is_object = value.kind == Kind::Instance || value.kind == Kind::Class;
    if (is_object && value.is_own) {
      if (receiver != kNowhere && classes_.derives(receiver, value.index)) value.index = receiver;
      value.is_own = is_own;
    }
    if (value.kind == Kind::Function) value.is_own = false;
    value.source =
        std::min(value.source, is_annotated_[at(function)] ? Source::Annotated : Source::Inferred);
    if (is_object && value.is_own) value.source = Source::Self;
    grew |= into.add(value);
  }
  return grew;
}

bool ValueFlow::add_method_result(const KnownValue& object, NameId method, Set& into) const {
  const ProgramIndex definition = find(object, method).definition;
  if (definition == kNowhere) return false;
  if (program_.definitions[at(definition)].kind != DefinitionKind::Method) return false;
  return add_call({.kind = Kind::Function,
                   .is_own = object.is_own,
                   .index = definition,
                   .receiver = object.index},
                  into);
}

// What subscripts of `container` and loops over it give.
bool ValueFlow::add_items(const KnownValue& container, Set& into) const {
  if (container.kind == Kind::Generated) return into.add(yields_[at(container.index)]);
  if (container.kind == Kind::Container) {
    KnownValue item = container;
    item.kind = Kind::Instance;
    return into.add(item);
  }
  if (container.kind == Kind::Outside && !container.is_builtin) return into.add(container);
  if (container.kind != Kind::Instance) return false;
  bool grew = add_method_result(container, program_.special.get_item, into);
  Set iterators;
  add_method_result(container, program_.special.iterate, iterators);
  for (const KnownValue& iterator : iterators.values) {
    if (iterator.kind == Kind::Generated) grew |= into.add(yields_[at(iterator.index)]);
    if (iterator.kind == Kind::Instance) {
      grew |= add_method_result(iterator, program_.special.next, into);
    }
  }
  return grew;
}

ValueFlow::Found ValueFlow::find(const KnownValue& value, NameId name) const {
  Found found;
  switch (value.kind) {
    case Kind::Outside:
      found.is_outside = true;
      found.is_builtin = value.is_builtin;
      return found;
    case Kind::Function:
    case Kind::Generated:
    case Kind::Callable:
    case Kind::Container:
      return found;
    case Kind::Module:
      if (value.index != kNowhere) found.in_module = program_.name_in(value.index, name);
      if (found.in_module != nullptr) {
        found.definition = found.in_module->definition;
      } else {
        found.is_submodule = program_.submodule(value.module, name) != kNowhere;
      }
      return found;
    default:
      break;
  }
  for (const ProgramIndex owner : order_of(value)) {
    found.definition = classes_.member(owner, name);
    if (found.definition != kNowhere) return found;
    if (attribute_of_.find(Program::key(owner, name)) != nullptr) {
      found.is_attribute = true;
      return found;
    }
  }
  found.is_outside = value.index != kNowhere && classes_.has_unknown_base(value.index);
  return found;
}

}  // namespace alluvium::code
