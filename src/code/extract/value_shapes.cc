#include "code/extract/value_shapes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "code/extract/identifier_name.h"
#include "code/extract/name_pattern.h"

namespace alluvium::code {
namespace {

/// Values that are assigned to one name; more are not looked at.
constexpr int kMostAssignments = 16;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

}  // namespace

ValueShapes::ValueShapes(Extraction& extraction)
    : extraction_(extraction),
      mentions_getattr_(extraction.tree.source().find("getattr") != std::string_view::npos) {}

ValueShapes::Shape ValueShapes::add(ValueKind kind, std::uint32_t base, NameId name, Shape other) {
  if (kind != ValueKind::Name && kind != ValueKind::Builtin && base == kNone) {
    return kind == ValueKind::Either ? other : kNone;
  }
  if (kind == ValueKind::Either && (other == kNone || other == base)) return base;
  const std::array<std::uint32_t, 4> key = {static_cast<std::uint32_t>(kind), base, other, name};
  const std::uint64_t hash = XXH3_64bits(key.data(), sizeof key) >> 1;
  std::uint32_t& first = known_[hash];
  for (std::uint32_t at = first; at != 0; at = next_[at - 1]) {
    const Node& node = nodes_[at - 1];
    if (node.kind == kind && node.base == base && node.other == other && node.name == name) {
      return at - 1;
    }
  }
  nodes_.push_back({kind, base, other, name});
  next_.push_back(first);
  first = static_cast<std::uint32_t>(nodes_.size());
  return first - 1;
}

ValueShapes::Shape ValueShapes::builtin(std::string_view name) {
  return add(ValueKind::Builtin, 0, extraction_.names.intern(name));
}

ValueShapes::Shape ValueShapes::of_name(std::string_view name, ScopeId scope) {
  return add(ValueKind::Name, scope,
             extraction_.names.intern(identifier_name(name, extraction_.facts.storage)));
}

ValueShapes::Shape ValueShapes::of_dotted(std::string_view text, ScopeId scope) {
  Shape shape = kNone;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('.'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (part.empty()) return kNone;
    shape = shape == kNone ? of_name(part, scope)
                           : add(ValueKind::Attribute, shape, extraction_.names.intern(part));
  }
  return shape;
}

NodeIndex ValueShapes::second_named(NodeIndex node) const {
  int count = 0;
  for (NodeIndex child : extraction_.tree.children(node)) {
    if (!extraction_.tree[child].named || extraction_.tree.is_extra(child)) continue;
    if (++count == 2) return child;
  }
  return kNoNode;
}

NodeIndex ValueShapes::keyword_argument(NodeIndex arguments, std::string_view name) const {
  const SyntaxTree& tree = extraction_.tree;
  if (arguments == kNoNode) return kNoNode;
  for (const NodeIndex child : tree.children(arguments)) {
    if (tree[child].kind != SyntaxKind::keyword_argument) continue;
    const NodeIndex named = tree.child(child, SyntaxField::name);
    if (named != kNoNode && tree.text(named) == name) return tree.child(child, SyntaxField::value);
  }
  return kNoNode;
}

NodeIndex ValueShapes::last_named(NodeIndex node) const {
  NodeIndex last = kNoNode;
  for (NodeIndex child : extraction_.tree.children(node)) {
    if (extraction_.tree[child].named && !extraction_.tree.is_extra(child)) last = child;
  }
  return last;
}

ValueShapes::Shape ValueShapes::of_call(NodeIndex node, ScopeId scope, int depth) {
  const SyntaxTree& tree = extraction_.tree;
  const NodeIndex function = tree.without_parentheses(tree.child(node, SyntaxField::function));
  if (function == kNoNode) return kNone;
  const std::string_view text = tree.text(function);
  const NodeIndex arguments = tree.child(node, SyntaxField::arguments);
  if (text == "super") {
    const NodeIndex first = arguments == kNoNode ? kNoNode : tree.first_named(arguments);
    return add(ValueKind::Super, scope, 0, of(first, scope, depth + 1));
  }
  if (text == "cast" || text.ends_with(".cast")) {
    if (arguments == kNoNode) return kNone;
    return of_annotation(tree.first_named(arguments), scope, depth + 1);
  }
  // What a partial gives when it is called is what its function gives.
  if (is_one_of(text, {"copy", "copy.copy", "copy.deepcopy", "deepcopy", "partial",
                       "functools.partial"})) {
    if (arguments == kNoNode) return kNone;
    return of(tree.first_named(arguments), scope, depth + 1);
  }
  if (text == "type" && arguments != kNoNode && second_named(arguments) == kNoNode) {
    return class_of(of(tree.first_named(arguments), scope, depth + 1));
  }
  if (text == "TypeVar" || text.ends_with(".TypeVar")) {
    return class_of(of_annotation(keyword_argument(arguments, "bound"), scope, depth + 1));
  }
  if (text == "NewType" || text.ends_with(".NewType")) {
    if (arguments == kNoNode) return kNone;
    return class_of(of_annotation(second_named(arguments), scope, depth + 1));
  }
  if (text == "next" && arguments != kNoNode) {
    return item(of(tree.first_named(arguments), scope, depth + 1));
  }
  // Builtins, but what they give may be anything.
  if (is_one_of(text, {"getattr", "max", "min", "sum", "vars"})) return kNone;
  return add(ValueKind::Call, of(function, scope, depth + 1));
}

ValueShapes::Shape ValueShapes::of(NodeIndex node, ScopeId scope) { return of(node, scope, 0); }

ValueShapes::Shape ValueShapes::of(NodeIndex node, ScopeId scope, int depth) {
  const SyntaxTree& tree = extraction_.tree;
  if (node == kNoNode || depth > kDeepest || tree[node].missing) return kNone;
  switch (tree[node].kind) {
    case SyntaxKind::identifier:
      return of_name(tree.text(node), scope);
    case SyntaxKind::attribute: {
      const NodeIndex name = tree.child(node, SyntaxField::attribute);
      if (name == kNoNode || tree[name].missing) return kNone;
      return add(
          ValueKind::Attribute, of(tree.child(node, SyntaxField::object), scope, depth + 1),
          extraction_.names.intern(identifier_name(tree.text(name), extraction_.facts.storage)));
    }
    case SyntaxKind::call:
      return of_call(node, scope, depth);
    case SyntaxKind::parenthesized_expression:
    case SyntaxKind::type:
      return of(tree.first_named(node), scope, depth + 1);
    case SyntaxKind::named_expression:
      return of(tree.child(node, SyntaxField::value), scope, depth + 1);
    case SyntaxKind::await:
      return add(ValueKind::Awaited, of(tree.first_named(node), scope, depth + 1));
    case SyntaxKind::conditional_expression: {
      const Shape first = of(tree.first_named(node), scope, depth + 1);
      return add(ValueKind::Either, first, 0, of(last_named(node), scope, depth + 1));
    }
    case SyntaxKind::boolean_operator: {
      const Shape left = of(tree.child(node, SyntaxField::left), scope, depth + 1);
      return add(ValueKind::Either, left, 0,
                 of(tree.child(node, SyntaxField::right), scope, depth + 1));
    }
    case SyntaxKind::binary_operator:
      return of(tree.child(node, SyntaxField::left), scope, depth + 1);
    case SyntaxKind::subscript:
      if (is_union(tree.child(node, SyntaxField::value))) {
        return class_of(of_annotation(node, scope, depth + 1));
      }
      return add(ValueKind::Item, of(tree.child(node, SyntaxField::value), scope, depth + 1));
    case SyntaxKind::string:
    case SyntaxKind::concatenated_string:
      return builtin("str");
    case SyntaxKind::integer:
    case SyntaxKind::float_:
      return builtin("int");
    case SyntaxKind::list:
    case SyntaxKind::list_comprehension:
      return builtin("list");
    case SyntaxKind::tuple:
    case SyntaxKind::expression_list:
      return builtin("tuple");
    case SyntaxKind::dictionary:
    case SyntaxKind::dictionary_comprehension:
      return builtin("dict");
    case SyntaxKind::set:
    case SyntaxKind::set_comprehension:
      return builtin("set");
    default:
      return kNone;
  }
}

void ValueShapes::assign_name(ScopeId scope, NameId name, Shape value) {
  if (value == kNone) return;
  std::uint32_t& first = assigned_[(std::uint64_t{scope} << 32) | name];
  int count = 0;
  for (std::uint32_t at = first; at != 0; at = assignments_[at - 1].next) {
    if (assignments_[at - 1].value == value || ++count == kMostAssignments) return;
  }
  assignments_.push_back({value, first});
  first = static_cast<std::uint32_t>(assignments_.size());
}

void ValueShapes::assign(NodeIndex target, ScopeId scope, Shape value) {
  const SyntaxTree& tree = extraction_.tree;
  if (target == kNoNode || value == kNone) return;
  switch (tree[target].kind) {
    case SyntaxKind::identifier:
      assign_name(
          scope,
          extraction_.names.intern(identifier_name(tree.text(target), extraction_.facts.storage)),
          value);
      break;
    case SyntaxKind::attribute: {
      const NodeIndex name = tree.child(target, SyntaxField::attribute);
      const Shape object = of(tree.child(target, SyntaxField::object), scope);
      if (object == kNone || name == kNoNode) break;
      attributes_.push_back(
          {object,
           extraction_.names.intern(identifier_name(tree.text(name), extraction_.facts.storage)),
           value});
      break;
    }
    case SyntaxKind::parenthesized_expression:
    case SyntaxKind::as_pattern_target:
      assign(tree.first_named(target), scope, value);
      break;
    default:
      break;
  }
}

void ValueShapes::assign_parts(NodeIndex target, ScopeId scope, NodeIndex value) {
  const SyntaxTree& tree = extraction_.tree;
  if (target == kNoNode || value == kNoNode) return;
  const SyntaxKind kind = tree[target].kind;
  if (kind != SyntaxKind::pattern_list && kind != SyntaxKind::tuple_pattern &&
      kind != SyntaxKind::list_pattern && kind != SyntaxKind::tuple) {
    assign(target, scope, of(value, scope));
    return;
  }
  const SyntaxKind parts = tree[value].kind;
  if (parts != SyntaxKind::expression_list && parts != SyntaxKind::tuple &&
      parts != SyntaxKind::list) {
    return;
  }
  std::vector<NodeIndex> values;
  for (NodeIndex child : tree.children(value)) {
    if (tree[child].named && !tree.is_extra(child)) values.push_back(child);
  }
  std::size_t at = 0;
  for (NodeIndex child : tree.children(target)) {
    if (!tree[child].named || tree.is_extra(child)) continue;
    if (at == values.size() || tree[child].kind == SyntaxKind::list_splat_pattern ||
        tree[values[at]].kind == SyntaxKind::list_splat) {
      return;
    }
    assign_parts(child, scope, values[at++]);
  }
}

void ValueShapes::assign_type(NodeIndex target, ScopeId scope, NodeIndex type) {
  assign(target, scope, class_of(of_annotation(type, scope, 0)));
}

void ValueShapes::note_made_name(NodeIndex target, NodeIndex value, ScopeId scope) {
  const SyntaxTree& tree = extraction_.tree;
  if (!mentions_getattr_ || target == kNoNode || tree[target].kind != SyntaxKind::identifier) {
    return;
  }
  TextArena& storage = extraction_.facts.storage;
  const std::string pattern = name_pattern(tree, value, storage);
  if (pattern.empty()) return;
  const NameId name = extraction_.names.intern(identifier_name(tree.text(target), storage));
  made_names_.push_back({scope, name, storage.copy(pattern)});
}

void ValueShapes::note_pick(FactIndex function, NodeIndex object, NodeIndex name, ScopeId scope) {
  const SyntaxTree& tree = extraction_.tree;
  TextArena& storage = extraction_.facts.storage;
  Pick pick{.function = function, .object = of(object, scope), .scope = scope};
  if (function == kNoFact || pick.object == kNone || name == kNoNode) return;
  if (tree[name].kind == SyntaxKind::identifier) {
    pick.name = extraction_.names.intern(identifier_name(tree.text(name), storage));
  } else {
    const std::string pattern = name_pattern(tree, name, storage);
    if (pattern.empty()) return;
    pick.pattern = storage.copy(pattern);
  }
  picks_.push_back(pick);
}

/// Turns shapes into facts, with what names mean.
class ValueShapes::Resolver {
 public:
  explicit Resolver(ValueShapes& shapes)
      : shapes_(shapes),
        scopes_(shapes.extraction_.scopes),
        facts_(shapes.extraction_.facts),
        fact_of_(shapes.nodes_.size(), kUnknown) {}

  FactIndex fact(Shape shape, int depth = 0) {
    if (shape == kNone || depth > kDeepestChain) return kNoFact;
    // A value that is made from itself, as in `x = x.next()`, is promised until it is known.
    if (fact_of_[shape] == kBusy) fact_of_[shape] = push({.kind = ValueKind::Either});
    if (fact_of_[shape] != kUnknown) return fact_of_[shape];
    fact_of_[shape] = kBusy;
    const FactIndex made = make(shapes_.nodes_[shape], depth);
    const FactIndex promised = fact_of_[shape];
    if (promised == kBusy) return fact_of_[shape] = made;
    ValueFact& value = facts_.values[static_cast<std::size_t>(promised)];
    value.base = value.other = made == kNoFact ? promised : made;
    return promised;
  }

  /// The class whose instance or itself the name of `shape` is as a method's first parameter.
  [[nodiscard]] FactIndex class_of_self(Shape shape) {
    const Node& node = shapes_.nodes_[shape];
    if (node.kind != ValueKind::Name) return kNoFact;
    const ScopeTree::Meaning meaning = scopes_.meaning(node.base, node.name);
    if (meaning.definition == kNoFact) return kNoFact;
    if (facts_.definitions[static_cast<std::size_t>(meaning.definition)].kind ==
        DefinitionKind::Class) {
      return meaning.definition;
    }
    const Scope& owner = scopes_[meaning.scope];
    return owner.self_name == node.name ? scopes_[owner.self_class].definition : kNoFact;
  }

 private:
  static constexpr FactIndex kUnknown = -2;
  static constexpr FactIndex kBusy = -3;
  static constexpr int kDeepestChain = 300;

  FactIndex push(ValueFact fact) {
    facts_.values.push_back(fact);
    return static_cast<FactIndex>(facts_.values.size() - 1);
  }

  FactIndex make(Node node, int depth) {
    switch (node.kind) {
      case ValueKind::Name:
        return name(node.base, node.name, depth);
      case ValueKind::Builtin:
        return push({.kind = ValueKind::Builtin, .name = text(node.name)});
      case ValueKind::Super: {
        const FactIndex owner = enclosing_class(node.base);
        if (owner == kNoFact) return kNoFact;
        const FactIndex after = fact(node.other, depth + 1);
        return push({.kind = ValueKind::Super, .base = after, .definition = owner});
      }
      case ValueKind::Either: {
        const FactIndex first = fact(node.base, depth + 1);
        return either(first, fact(node.other, depth + 1));
      }
      case ValueKind::Instance: {
        const Node& type = shapes_.nodes_[node.base];
        if (type.kind == ValueKind::Name && text(type.name) == "Self") {
          const FactIndex owner = enclosing_class(type.base);
          return owner == kNoFact ? kNoFact : push({.kind = ValueKind::Self, .definition = owner});
        }
        [[fallthrough]];
      }
      default: {
        const FactIndex base = fact(node.base, depth + 1);
        if (base == kNoFact) return kNoFact;
        ValueFact made{.kind = node.kind, .base = base};
        if (node.kind == ValueKind::Attribute) made.name = text(node.name);
        return push(made);
      }
    }
  }

  FactIndex either(FactIndex first, FactIndex second) {
    if (first == kNoFact || first == second) return second;
    if (second == kNoFact) return first;
    return push({.kind = ValueKind::Either, .base = first, .other = second});
  }

  FactIndex name(ScopeId scope, NameId name, int depth) {
    const ScopeTree::Meaning meaning = scopes_.meaning(scope, name);
    switch (meaning.resolution) {
      case Resolution::Local:
        return assigned(meaning.scope, name, depth);
      case Resolution::Import:
        return push({.kind = ValueKind::Import, .import_index = meaning.import});
      case Resolution::Builtin:
        return push({.kind = ValueKind::Builtin, .name = text(name)});
      case Resolution::GlobalStar:
        return push({.kind = ValueKind::Star, .name = text(name)});
      case Resolution::Definition:
        break;
      default:
        return kNoFact;
    }
    if (meaning.definition == kNoFact) return kNoFact;
    const DefinitionFact& target = facts_.definitions[static_cast<std::size_t>(meaning.definition)];
    if (target.kind != DefinitionKind::Parameter) {
      return push({.kind = ValueKind::Definition, .definition = meaning.definition});
    }
    const Scope& owner = scopes_[meaning.scope];
    if (owner.self_name == name) {
      return push({.kind = takes_class(owner.definition) ? ValueKind::Class : ValueKind::Self,
                   .definition = scopes_[owner.self_class].definition});
    }
    const FactIndex parameter =
        push({.kind = ValueKind::Definition, .definition = meaning.definition});
    return either(parameter, assigned(meaning.scope, name, depth));
  }

  FactIndex assigned(ScopeId scope, NameId name, int depth) {
    const std::uint32_t* first = shapes_.assigned_.find((std::uint64_t{scope} << 32) | name);
    FactIndex all = kNoFact;
    for (std::uint32_t at = first == nullptr ? 0 : *first; at != 0;
         at = shapes_.assignments_[at - 1].next) {
      all = either(all, fact(shapes_.assignments_[at - 1].value, depth + 1));
    }
    return all;
  }

  bool takes_class(FactIndex function) const {
    const DefinitionFact& method = facts_.definitions[static_cast<std::size_t>(function)];
    return is_one_of(method.name, {"__new__", "__init_subclass__", "__class_getitem__"}) ||
           std::find(method.decorators.begin(), method.decorators.end(), "classmethod") !=
               method.decorators.end();
  }

  FactIndex enclosing_class(ScopeId scope) const {
    for (; scope != kNoScope; scope = scopes_[scope].parent) {
      if (scopes_[scope].self_class != kNoScope) {
        return scopes_[scopes_[scope].self_class].definition;
      }
      if (scopes_[scope].kind == ScopeKind::Class) return scopes_[scope].definition;
      if (scope == kModuleScope) break;
    }
    return kNoFact;
  }

  [[nodiscard]] std::string_view text(NameId name) const {
    return shapes_.extraction_.names.text(name);
  }

  ValueShapes& shapes_;
  ScopeTree& scopes_;
  FileFacts& facts_;
  std::vector<FactIndex> fact_of_;
};

/// Notes what is called that the file itself doesn't define.
void ValueShapes::resolve_called(Resolver& resolver) {
  FileFacts& facts = extraction_.facts;
  std::erase_if(called_, [&](const Called& each) {
    return facts.refs[static_cast<std::size_t>(each.ref)].target_definition != kNoFact;
  });
  const auto what = [](const Called& each) {
    return std::tuple(each.function, each.object, each.attribute);
  };
  std::ranges::sort(called_, {}, what);
  const auto rest = std::ranges::unique(called_, {}, what);
  called_.erase(rest.begin(), rest.end());
  for (const Called& each : called_) {
    const FactIndex object = resolver.fact(each.object);
    if (object == kNoFact) continue;
    const ValueKind kind = facts.values[static_cast<std::size_t>(object)].kind;
    if (kind == ValueKind::Builtin || kind == ValueKind::Import) continue;
    facts.flows.push_back({.role = FlowRole::Called,
                           .definition = each.function,
                           .name = extraction_.names.text(each.attribute),
                           .value = object});
  }
}

void ValueShapes::resolve_picks(Resolver& resolver) {
  if (picks_.empty()) return;
  const auto variable = [&](ScopeId scope, NameId name) {
    return std::pair(extraction_.scopes.meaning(scope, name).scope, name);
  };
  std::map<std::pair<ScopeId, NameId>, std::set<std::string_view>> patterns_of;
  for (const MadeName& made : made_names_) {
    std::set<std::string_view>& patterns = patterns_of[variable(made.scope, made.name)];
    if (patterns.size() < kMostAssignments) patterns.insert(made.pattern);
  }
  std::set<std::tuple<FactIndex, FactIndex, std::string_view>> found;
  for (const Pick& pick : picks_) {
    const FactIndex object = resolver.fact(pick.object);
    if (object == kNoFact) continue;
    if (!pick.pattern.empty()) {
      found.emplace(pick.function, object, pick.pattern);
      continue;
    }
    const auto patterns = patterns_of.find(variable(pick.scope, pick.name));
    if (patterns == patterns_of.end()) continue;
    for (const std::string_view each : patterns->second) {
      found.emplace(pick.function, object, each);
    }
  }
  for (const auto& [function, object, pattern] : found) {
    extraction_.facts.flows.push_back(
        {.role = FlowRole::Pick, .definition = function, .name = pattern, .value = object});
  }
}

void ValueShapes::resolve() {
  Resolver resolver(*this);
  FileFacts& facts = extraction_.facts;
  for (const Object& object : objects_) {
    RefFact& ref = facts.refs[static_cast<std::size_t>(object.ref)];
    if (ref.target_definition == kNoFact) ref.object = resolver.fact(object.object);
  }
  for (const Flow& flow : flows_) {
    const FactIndex value = resolver.fact(flow.value);
    if (value != kNoFact) {
      facts.flows.push_back({.role = flow.role, .definition = flow.definition, .value = value});
    }
  }
  for (const AttributeFlow& flow : attributes_) {
    const FactIndex owner = resolver.class_of_self(flow.object);
    if (owner == kNoFact) continue;
    const FactIndex value = resolver.fact(flow.value);
    if (value == kNoFact) continue;
    facts.flows.push_back({.role = FlowRole::Attribute,
                           .definition = owner,
                           .name = extraction_.names.text(flow.name),
                           .value = value});
  }
  resolve_called(resolver);
  resolve_picks(resolver);
  std::unordered_map<std::string_view, FactIndex> defined;  // by qualified name, the last
  for (std::size_t i = 0; i < facts.definitions.size(); ++i) {
    const DefinitionKind kind = facts.definitions[i].kind;
    if (kind == DefinitionKind::Parameter || kind == DefinitionKind::Variable) continue;
    defined[facts.definitions[i].qualname] = static_cast<FactIndex>(i);
  }
  for (const Binding& binding : extraction_.scopes.bindings()) {
    if (binding.variable_index == kNoFact) continue;
    // What `f = wrapped(f)` puts in the place of f is still called as f.
    const auto wrapped =
        defined.find(facts.definitions[static_cast<std::size_t>(binding.variable_index)].qualname);
    if (wrapped != defined.end()) {
      facts.values.push_back({.kind = ValueKind::Definition, .definition = wrapped->second});
      facts.flows.push_back({.role = FlowRole::Value,
                             .definition = binding.variable_index,
                             .value = static_cast<FactIndex>(facts.values.size() - 1)});
    }
    const std::uint32_t* const first =
        assigned_.find((std::uint64_t{binding.scope} << 32) | binding.name);
    for (std::uint32_t at = first == nullptr ? 0 : *first; at != 0;
         at = assignments_[at - 1].next) {
      const FactIndex value = resolver.fact(assignments_[at - 1].value);
      if (value == kNoFact) continue;
      facts.flows.push_back(
          {.role = FlowRole::Value, .definition = binding.variable_index, .value = value});
    }
  }
}

}  // namespace alluvium::code
