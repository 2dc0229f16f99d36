#include "code/resolve/class_hierarchy.h"

#include <algorithm>
#include "code/extract/builtin_names.h"

namespace alluvium::code {
namespace {

constexpr int kDeepest = 30;

bool contains(std::span<const ProgramIndex> list, ProgramIndex index) {
  return std::find(list.begin(), list.end(), index) != list.end();
}

// The C3 merge; false where Python would refuse the class.
bool merge(std::vector<std::vector<ProgramIndex>> lists, std::vector<ProgramIndex>& out) {
  while (true) {
    std::erase_if(lists, [](const auto& list) { return list.empty(); });
    if (lists.empty()) return true;
    ProgramIndex next = kNowhere;
    for (const auto& list : lists) {
      const bool is_later = std::any_of(lists.begin(), lists.end(), [&](const auto& other) {
        return contains(std::span(other).subspan(1), list.front());
      });
      if (!is_later) {
        next = list.front();
        break;
      }
    }
    if (next == kNowhere) return false;
    out.push_back(next);
    for (auto& list : lists) {
      if (list.front() == next) list.erase(list.begin());
    }
  }
}

}  // namespace

void ClassHierarchy::ClassLists::set(ProgramIndex of_class, std::span<const ProgramIndex> list) {
  places[at(of_class)] = {static_cast<std::uint32_t>(classes.size()),
                          static_cast<std::uint32_t>(list.size())};
  classes.insert(classes.end(), list.begin(), list.end());
}

ClassHierarchy::ClassHierarchy(const Program& program)
    : program_(program),
      bases_(program.definitions.size()),
      orders_(program.definitions.size()),
      unknown_(program.definitions.size()),
      first_value_(program.definitions.size(), kNowhere),
      next_flow_(program.flows.size(), kNowhere) {
  find_members();
  for (std::size_t i = program.flows.size(); i-- > 0;) {
    const Program::Flow& flow = program.flows[i];
    if (flow.role != FlowRole::Value) continue;
    next_flow_[i] = first_value_[at(flow.definition)];
    first_value_[at(flow.definition)] = static_cast<ProgramIndex>(i);
  }
  find_bases();
  std::vector<std::uint8_t> state(program.definitions.size());
  for (std::size_t i = 0; i < program.definitions.size(); ++i) {
    if (program.definitions[i].kind == DefinitionKind::Class) {
      linearize(static_cast<ProgramIndex>(i), state);
    }
  }
}

void ClassHierarchy::find_members() {
  for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
    const Program::Definition& each = program_.definitions[i];
    if (each.parent == kNowhere || each.kind == DefinitionKind::Parameter) continue;
    if (program_.definitions[at(each.parent)].kind != DefinitionKind::Class) continue;
    const std::uint64_t key = Program::key(each.parent, each.name);
    members_[key] = static_cast<ProgramIndex>(i);
    if (each.is_property && properties_.find(key) == nullptr) {
      properties_[key] = static_cast<ProgramIndex>(i);
    }
  }
}

void ClassHierarchy::find_bases() {
  struct Base {
    ProgramIndex of_class;
    ProgramIndex base;
  };
  std::vector<Base> found;
  for (const Program::Flow& flow : program_.flows) {
    if (flow.role != FlowRole::Base) continue;
    const Static base = evaluate(flow.value, 0);
    if (base.kind == Static::Kind::Class && base.index != flow.definition) {
      found.push_back({flow.definition, base.index});
    } else {
      unknown_[at(flow.definition)] = true;
    }
  }
  std::ranges::stable_sort(found, {}, &Base::of_class);
  std::vector<ProgramIndex> bases;
  for (auto each = found.begin(); each != found.end();) {
    const ProgramIndex of_class = each->of_class;
    bases.clear();
    for (; each != found.end() && each->of_class == of_class; ++each) bases.push_back(each->base);
    bases_.set(of_class, bases);
  }
}

bool ClassHierarchy::derives(ProgramIndex from, ProgramIndex base) const {
  return contains(order(from), base);
}

void ClassHierarchy::linearize(ProgramIndex of_class, std::vector<std::uint8_t>& state) {
  constexpr std::uint8_t kBusy = 1;
  constexpr std::uint8_t kDone = 2;
  if (state[at(of_class)] == kBusy) circles_.push_back(program_.definitions[at(of_class)].file);
  if (state[at(of_class)] != 0) return;
  state[at(of_class)] = kBusy;
  const std::vector<ProgramIndex> written(bases(of_class).begin(), bases(of_class).end());
  for (const ProgramIndex base : written) linearize(base, state);
  // A class that is its own ancestor loses that base.
  std::vector<ProgramIndex> kept = written;
  std::erase_if(kept, [&](ProgramIndex base) { return state[at(base)] != kDone; });
  if (kept.size() < written.size()) bases_.set(of_class, kept);
  if (std::ranges::any_of(kept, [&](ProgramIndex base) { return unknown_[at(base)]; })) {
    unknown_[at(of_class)] = true;
  }
  orders_.set(of_class, merged_order(of_class));
  state[at(of_class)] = kDone;
}

std::vector<ProgramIndex> ClassHierarchy::merged_order(ProgramIndex of_class) const {
  std::vector<ProgramIndex> made = {of_class};
  const std::span<const ProgramIndex> own = bases(of_class);
  if (own.size() == 1) {
    made.insert(made.end(), order(own.front()).begin(), order(own.front()).end());
    return made;
  }
  std::vector<std::vector<ProgramIndex>> lists;
  for (const ProgramIndex base : own) lists.emplace_back(order(base).begin(), order(base).end());
  lists.emplace_back(own.begin(), own.end());
  if (merge(lists, made)) return made;
  made = {of_class};
  for (const auto& list : lists) {
    for (const ProgramIndex each : list) {
      if (!contains(made, each)) made.push_back(each);
    }
  }
  return made;
}

ClassHierarchy::Static ClassHierarchy::evaluate(ProgramIndex value, int depth) {
  if (value == kNowhere) return {};
  if (depth > kDeepest) {
    circles_.push_back(program_.values[at(value)].file);
    return {};
  }
  const auto key = static_cast<std::uint64_t>(value);
  if (const Evaluation* const known = evaluated_.find(key); known != nullptr) {
    if (known->is_under_way) circles_.push_back(program_.values[at(value)].file);
    return known->found;
  }
  evaluated_[key].is_under_way = true;
  const Static found = evaluate_anew(value, depth);
  evaluated_[key] = {found};
  return found;
}

ClassHierarchy::Static ClassHierarchy::evaluate_anew(ProgramIndex value, int depth) {
  const Program::Value& node = program_.values[at(value)];
  switch (node.kind) {
    case ValueKind::Definition:
      return of_definition(node.definition, depth + 1);
    case ValueKind::Import:
      return evaluate(program_.imported(node.base), depth + 1);
    case ValueKind::Star: {
      const NameTarget* const target = program_.name_in(node.file, node.name);
      if (target != nullptr) return evaluate(*target, depth + 1);
      return is_builtin_name(program_.names.text(node.name)) ? Static{Static::Kind::Outside}
                                                             : Static{};
    }
    case ValueKind::Builtin:
      return {Static::Kind::Outside};
    case ValueKind::Item:
      return evaluate(node.base, depth + 1);  // Generic[T]
    case ValueKind::Either: {
      const Static first = evaluate(node.base, depth + 1);
      return first.kind == Static::Kind::Class ? first : evaluate(node.other, depth + 1);
    }
    case ValueKind::Attribute: {
      const Static base = evaluate(node.base, depth + 1);
      if (base.kind == Static::Kind::Outside) return base;
      if (base.kind == Static::Kind::Class) {
        const ProgramIndex found = member(base.index, node.name);
        return found == kNowhere ? Static{} : of_definition(found, depth + 1);
      }
      if (base.kind != Static::Kind::Module) return {};
      if (base.index != kNowhere) {
        reads_of_modules_.push_back({node.file, base.index});
        const NameTarget* const target = program_.name_in(base.index, node.name);
        if (target != nullptr) return evaluate(*target, depth + 1);
      }
      return {};
    }
    default:
      return {};
  }
}

ClassHierarchy::Static ClassHierarchy::evaluate(const NameTarget& target, int depth) {
  switch (target.kind) {
    case NameTarget::Kind::Definition:
      return of_definition(target.definition, depth);
    case NameTarget::Kind::Module:
      return {Static::Kind::Module, target.file, target.module};
    case NameTarget::Kind::External:
      return {Static::Kind::Outside};
    default:
      return {};
  }
}

ClassHierarchy::Static ClassHierarchy::of_definition(ProgramIndex definition, int depth) {
  const Program::Definition& target = program_.definitions[at(definition)];
  if (target.kind == DefinitionKind::Class) return {Static::Kind::Class, definition};
  if (target.kind != DefinitionKind::Variable) return {};
  for (ProgramIndex flow = first_value_[at(definition)]; flow != kNowhere;
       flow = next_flow_[at(flow)]) {
    const Static found = evaluate(program_.flows[at(flow)].value, depth + 1);
    if (found.kind != Static::Kind::Nothing) return found;
  }
  return {};
}

}  // namespace alluvium::code
