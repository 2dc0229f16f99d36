#include "code/resolve/value_flow.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "code/repository/interruption.h"

namespace alluvium::code {
namespace {

using Kind = KnownValue::Kind;
using Origin = KnownValue::Origin;
using Source = KnownValue::Source;

/// Whether it says what something is.
bool is_of_value(FlowRole role) {
  return role != FlowRole::Base && role != FlowRole::DecoratorArgument &&
         role != FlowRole::Called && role != FlowRole::Pick;
}

constexpr KnownValue kBuiltin{.kind = Kind::Outside, .origin = Origin::Builtins};

Origin origin_of(std::string_view module) {
  // Of the standard library, what is there to hold anything.
  static constexpr std::array<std::string_view, 7> kModules = {
      "collections", "contextvars", "itertools", "queue", "typing", "typing_extensions", "weakref"};
  return std::ranges::find(kModules, module.substr(0, module.find('.'))) == kModules.end()
             ? Origin::Elsewhere
             : Origin::Containers;
}

bool is_one_of(NameId name, std::span<const NameId> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

ValueFlow::ValueFlow(const Program& program, const ClassHierarchy& classes,
                     const Interrupt& interrupt)
    : program_(program),
      classes_(classes),
      injections_(find_injections(program, classes)),
      is_annotated_(program.definitions.size()),
      is_generator_(program.definitions.size()) {
  std::uint32_t attributes = 0;
  for (const Program::Flow& flow : program.flows) {
    if (flow.role == FlowRole::Annotation) is_annotated_[at(flow.definition)] = true;
    if (flow.role == FlowRole::Yield) is_generator_[at(flow.definition)] = true;
    if (flow.role != FlowRole::Attribute) continue;
    const std::uint64_t key = Program::key(flow.definition, flow.name);
    if (attribute_of_.find(key) == nullptr) attribute_of_[key] = attributes++;
  }
  const std::size_t sets = attribute(attributes);
  sets_ = KnownSets(sets);
  first_reader_.resize(sets);
  readers_.reserve(sets);
  readers_.resize(1);
  grow(interrupt);
  // Only the sets are asked for.
  first_reader_ = {};
  readers_ = {};
  due_ = StepSet();
}

void ValueFlow::grow(const Interrupt& interrupt) {
  /// About a millisecond.
  constexpr std::size_t kWordsAtATime = 128;
  due_ = StepSet(program_.values.size() + program_.flows.size() + injections_.size());
  for (bool is_any_due = true; is_any_due;) {
    is_any_due = false;
    for (std::size_t word = 0; word < due_.words(); ++word) {
      if (word % kWordsAtATime == 0) throw_if_interrupted(interrupt, "resolving names");
      // In order: what a step makes due before it is taken when its turn comes again.
      Step from = 0;
      while (const auto step = due_.take(word, from)) {
        is_any_due = true;
        from = *step + 1;
        take(*step);
      }
    }
  }
}

void ValueFlow::take(Step step) {
  current_ = step;
  std::size_t index = step;
  if (index < program_.values.size()) {
    if (sets_.is_overflown(index)) return;
    made_.clear();
    evaluate(program_.values[index], made_);
    return put(index, made_);
  }
  index -= program_.values.size();
  if (index < program_.flows.size()) return take_flow(program_.flows[index]);
  take_injection(injections_[index - program_.flows.size()]);
}

void ValueFlow::take_flow(const Program::Flow& flow) {
  if (!is_of_value(flow.role)) return;
  KnownSet& value = made_;
  value.clear();
  add_set(of_value(flow.value), value);
  switch (flow.role) {
    case FlowRole::Decorator: {
      // Only what is an instance then, such as a command that is made of its callback: a function
      // is mostly still called in the place of one that it wraps.
      if (program_.definitions[at(flow.definition)].kind != DefinitionKind::Function) break;
      KnownSet results;
      for (const KnownValue& decorator : value.values()) add_call(decorator, results);
      KnownSet instances;
      for (const KnownValue& result : results.values()) {
        if (result.kind == Kind::Instance) instances.add(result);
      }
      put(decorated(flow.definition), instances);
      break;
    }
    case FlowRole::Attribute:
      put(attribute(*attribute_of_.find(Program::key(flow.definition, flow.name))), value);
      break;
    case FlowRole::Yield:
      put(yields_of(flow.definition), value);
      break;
    case FlowRole::Return:
      if (is_annotated_[at(flow.definition)]) break;
      [[fallthrough]];
    case FlowRole::Value:
    case FlowRole::Annotation:
      put(of_definition(flow.definition), value);
      break;
    default:
      break;
  }
}

void ValueFlow::take_injection(const Injection& injection) {
  if (is_annotated_[at(injection.parameter)]) return;
  KnownSet given;
  if (is_generator_[at(injection.fixture)]) {
    add_set(yields_of(injection.fixture), given);
  } else {
    add_returns(injection.fixture, kNowhere, false, given);
  }
  put(of_definition(injection.parameter), given);
}

void ValueFlow::put(SetIndex set, const KnownSet& more) {
  if (!sets_.grow(set, more)) return;
  for (std::uint32_t reader = first_reader_[set]; reader != 0; reader = readers_[reader].next) {
    due_.add(readers_[reader].step);
  }
}

void ValueFlow::note(SetIndex set) {
  std::uint32_t& first = first_reader_[set];
  if (first != 0 && readers_[first].step == current_) return;
  readers_.push_back({current_, first});
  first = static_cast<std::uint32_t>(readers_.size() - 1);
}

void ValueFlow::add_set(SetIndex set, KnownSet& into) {
  note(set);
  if (sets_.is_overflown(set)) return into.overflow();
  into.add_all(sets_.values(set));
}

template <typename Add>
void ValueFlow::add_each(ProgramIndex base, KnownSet& into, Add&& add) {
  const SetIndex set = of_value(base);
  note(set);
  if (sets_.is_overflown(set)) return into.overflow();
  for (const KnownValue& value : sets_.values(set)) add(value);
}

void ValueFlow::evaluate(const Program::Value& node, KnownSet& into) {
  switch (node.kind) {
    case ValueKind::Name:
      return;
    case ValueKind::Definition:
      return add_definition(node.definition, Source::Named, into);
    case ValueKind::Import:
      return add_target(program_.imported(node.base), Source::Named, into);
    case ValueKind::Star: {
      const NameTarget* const target = program_.name_in(node.file, node.name);
      if (target != nullptr) return add_target(*target, Source::Named, into);
      return into.add(kBuiltin);
    }
    case ValueKind::Builtin:
      return into.add(kBuiltin);
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
      return add_each(node.base, into, [&](const KnownValue& named) {
        super.receiver = named.index;
        if (named.kind == Kind::Class) into.add(super);
      });
    }
    case ValueKind::Attribute:
      return add_each(node.base, into,
                      [&](const KnownValue& object) { add_attribute(object, node.name, into); });
    case ValueKind::Call:
      return add_each(node.base, into, [&](const KnownValue& callee) { add_call(callee, into); });
    case ValueKind::Awaited:
      return add_set(of_value(node.base), into);
    case ValueKind::Either:
      add_set(of_value(node.base), into);
      return add_set(of_value(node.other), into);
    case ValueKind::Item:
      return add_each(node.base, into, [&](const KnownValue& each) { add_items(each, into); });
    case ValueKind::Entered:
      return add_each(node.base, into, [&](const KnownValue& each) { add_entered(each, into); });
    case ValueKind::Instance:
      return add_each(node.base, into, [&](KnownValue type) {
        if (type.kind == Kind::Class) type.kind = Kind::Instance;
        if (type.kind != Kind::Instance && type.kind != Kind::Outside) return;
        type.source = std::min(type.source, Source::Annotated);
        into.add(type);
      });
    case ValueKind::Callable:
    case ValueKind::Container:
      return add_each(node.base, into, [&](KnownValue given) {
        if (given.kind != Kind::Instance) return;
        given.kind = node.kind == ValueKind::Callable ? Kind::Callable : Kind::Container;
        into.add(given);
      });
  }
}

void ValueFlow::add_target(const NameTarget& target, Source source, KnownSet& into) {
  switch (target.kind) {
    case NameTarget::Kind::Definition:
      return add_definition(target.definition, source, into);
    case NameTarget::Kind::Module:
      return into.add(
          {.kind = Kind::Module, .source = source, .index = target.file, .module = target.module});
    case NameTarget::Kind::External:
      return into.add({.kind = Kind::Outside,
                       .source = source,
                       .origin = origin_of(program_.names.text(target.module))});
    case NameTarget::Kind::Unresolved:
      return;
  }
}

void ValueFlow::add_definition(ProgramIndex definition, Source source, KnownSet& into) {
  switch (program_.definitions[at(definition)].kind) {
    case DefinitionKind::Class:
      return into.add({.kind = Kind::Class, .source = source, .index = definition});
    case DefinitionKind::Function:
    case DefinitionKind::Method:
      into.add({.kind = Kind::Function, .source = source, .index = definition});
      return add_set(decorated(definition), into);
    case DefinitionKind::Parameter:
    case DefinitionKind::Variable:
      return add_set(of_definition(definition), into);
  }
}

std::span<const ProgramIndex> ValueFlow::order_of(const KnownValue& value) const {
  if (value.index == kNowhere) return {};
  const std::span<const ProgramIndex> order = classes_.order(value.index);
  if (value.kind != Kind::Super) return order;
  const auto named = std::find(order.begin(), order.end(), value.receiver);
  return {named == order.end() ? named : named + 1, order.end()};
}

void ValueFlow::add_attribute(const KnownValue& object, NameId name, KnownSet& into) {
  switch (object.kind) {
    case Kind::Outside:
      if (object.origin == Origin::Elsewhere || !is_one_of(name, program_.special.take_item)) {
        into.add(object);
      }
      return;
    case Kind::Function:
    case Kind::Generated:
    case Kind::Callable:
      return;
    case Kind::Container: {
      KnownValue method = object;
      if (is_one_of(name, program_.special.take_item)) method.kind = Kind::Callable;
      if (method.kind == Kind::Callable || is_one_of(name, program_.special.give_items)) {
        into.add(method);
      }
      return;
    }
    case Kind::Module:
      return add_attribute_of_module(object, name, into);
    case Kind::Class:
    case Kind::Instance:
    case Kind::Super:
      break;
  }
  if (name == program_.special.class_) {
    if (object.kind != Kind::Instance) return;
    KnownValue type = object;
    type.kind = Kind::Class;
    return into.add(type);
  }
  for (const ProgramIndex owner : order_of(object)) {
    const ProgramIndex member = classes_.member(owner, name);
    const std::uint32_t* const place = attribute_of_.find(Program::key(owner, name));
    if (place != nullptr) add_set(attribute(*place), into);
    if (member != kNowhere) return add_member(member, object, owner, into);
    if (place != nullptr) return;
  }
  if (object.index != kNowhere && classes_.has_unknown_base(object.index)) {
    into.add({.kind = Kind::Outside});
  }
}

void ValueFlow::add_attribute_of_module(const KnownValue& module, NameId name, KnownSet& into) {
  if (module.index != kNowhere) {
    const NameTarget* const target = program_.name_in(module.index, name);
    if (target != nullptr) return add_target(*target, Source::Named, into);
  }
  const ProgramIndex file = program_.submodule(module.module, name);
  if (file == kNowhere) return;
  into.add({.kind = Kind::Module,
            .source = Source::Named,
            .index = file,
            .module = program_.files[at(file)].module});
}

void ValueFlow::add_member(ProgramIndex definition, const KnownValue& object, ProgramIndex owner,
                           KnownSet& into) {
  const Program::Definition& member = program_.definitions[at(definition)];
  if (member.kind != DefinitionKind::Method) return add_definition(definition, object.source, into);
  if (member.is_property) {
    if (object.kind == Kind::Class) return;
    const ProgramIndex getter = classes_.property(owner, member.name);
    return add_returns(getter == kNowhere ? definition : getter, object.index, object.is_own, into);
  }
  into.add({.kind = Kind::Function,
            .source = object.source,
            .is_own = object.is_own,
            .index = definition,
            .receiver = member.is_static ? kNowhere : object.index});
}

void ValueFlow::add_call(const KnownValue& callee, KnownSet& into) {
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
      return;
  }
}

// The results of `function`, called on an instance or subclass of `receiver`: where they are what
// it was called on, they are that.
void ValueFlow::add_returns(ProgramIndex function, ProgramIndex receiver, bool is_own,
                            KnownSet& into) {
  const SetIndex results = of_definition(function);
  note(results);
  if (sets_.is_overflown(results)) return into.overflow();
  const Source surest = is_annotated_[at(function)] ? Source::Annotated : Source::Inferred;
  for (KnownValue value : sets_.values(results)) {
    const bool is_object = value.kind == Kind::Instance || value.kind == Kind::Class;
    if (is_object && value.is_own) {
      if (receiver != kNowhere && classes_.derives(receiver, value.index)) value.index = receiver;
      value.is_own = is_own;
    }
    if (value.kind == Kind::Function) value.is_own = false;
    value.source = std::min(value.source, surest);
    if (is_object && value.is_own) value.source = Source::Self;
    into.add(value);
  }
}

void ValueFlow::add_method_result(const KnownValue& object, NameId method, KnownSet& into) {
  const ProgramIndex definition = find(object, method).definition;
  if (definition == kNowhere) return;
  if (program_.definitions[at(definition)].kind != DefinitionKind::Method) return;
  add_call({.kind = Kind::Function,
            .is_own = object.is_own,
            .index = definition,
            .receiver = object.index},
           into);
}

// What subscripts of `container` and loops over it give.
void ValueFlow::add_items(const KnownValue& container, KnownSet& into) {
  if (container.kind == Kind::Generated) return add_set(yields_of(container.index), into);
  if (container.kind == Kind::Container) {
    KnownValue item = container;
    item.kind = Kind::Instance;
    return into.add(item);
  }
  if (container.kind == Kind::Outside && container.origin == Origin::Elsewhere) {
    return into.add(container);
  }
  if (container.kind != Kind::Instance) return;
  add_method_result(container, program_.special.get_item, into);
  KnownSet iterators;
  add_method_result(container, program_.special.iterate, iterators);
  for (const KnownValue& iterator : iterators.values()) {
    if (iterator.kind == Kind::Generated) add_set(yields_of(iterator.index), into);
    if (iterator.kind == Kind::Instance) {
      add_method_result(iterator, program_.special.next, into);
    }
  }
}

// What `with manager as x` gives.
void ValueFlow::add_entered(const KnownValue& manager, KnownSet& into) {
  if (manager.kind == Kind::Generated) return add_set(yields_of(manager.index), into);
  if (manager.kind == Kind::Container) return add_items(manager, into);
  if (manager.kind != Kind::Instance) return into.add(manager);
  if (find(manager, program_.special.enter).definition == kNowhere) return into.add(manager);
  add_method_result(manager, program_.special.enter, into);
}

ValueFlow::Found ValueFlow::find(const KnownValue& value, NameId name) const {
  Found found;
  switch (value.kind) {
    case Kind::Outside:
      found.is_outside = true;
      found.is_builtin = value.origin == Origin::Builtins;
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
