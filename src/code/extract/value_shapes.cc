#include "code/extract/value_shapes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "code/extract/identifier_name.h"

namespace alluvium::code {
namespace {

/// Expressions that are nested deeper have no shape.
constexpr int kDeepest = 60;
/// Values that are assigned to one name; more are not looked at.
constexpr int kMostAssignments = 16;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

std::string_view last_part(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

bool is_dotted_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

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

NodeIndex ValueShapes::last_named(NodeIndex node) const {
  NodeIndex last = kNoNode;
  for (NodeIndex child : extraction_.tree.children(node)) {
    if (extraction_.tree[child].named && !extraction_.tree.is_extra(child)) last = child;
  }
  return last;
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
    case SyntaxKind::call: {
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
        return add(ValueKind::Attribute, of(tree.first_named(arguments), scope, depth + 1),
                   extraction_.names.intern("__class__"));
      }
      if (text == "next" && arguments != kNoNode) {
        return item(of(tree.first_named(arguments), scope, depth + 1));
      }
      // Builtins, but what they give may be anything.
      if (is_one_of(text, {"getattr", "max", "min", "sum", "vars"})) return kNone;
      return add(ValueKind::Call, of(function, scope, depth + 1));
    }
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

ValueShapes::Shape ValueShapes::annotated(NodeIndex type, ScopeId scope) {
  return of_annotation(type, scope, 0);
}

ValueShapes::Shape ValueShapes::of_annotation(NodeIndex node, ScopeId scope, int depth) {
  const SyntaxTree& tree = extraction_.tree;
  if (node == kNoNode || depth > kDeepest) return kNone;
  switch (tree[node].kind) {
    case SyntaxKind::type:
    case SyntaxKind::parenthesized_expression:
      return of_annotation(tree.first_named(node), scope, depth + 1);
    case SyntaxKind::identifier:
    case SyntaxKind::attribute:
      return instance(of(node, scope, depth + 1));
    case SyntaxKind::member_type: {
      const std::string_view text = tree.text(node);
      return is_dotted_name(text) ? instance(of_dotted(text, scope)) : kNone;
    }
    case SyntaxKind::string: {
      std::string_view text = tree.text(node);
      const auto quote = text.find_first_of("'\"");
      if (quote == text.npos) return kNone;
      text.remove_prefix(quote);
      while (!text.empty() && (text.front() == '\'' || text.front() == '"')) text.remove_prefix(1);
      while (!text.empty() && (text.back() == '\'' || text.back() == '"')) text.remove_suffix(1);
      return of_text_annotation(text, scope);
    }
    case SyntaxKind::call:
      return instance(of(node, scope, depth + 1));
    case SyntaxKind::binary_operator:
    case SyntaxKind::union_type:
    case SyntaxKind::tuple: {
      Shape either = kNone;
      for (NodeIndex child : tree.children(node)) {
        if (!tree[child].named || tree.is_extra(child)) continue;
        const Shape part = of_annotation(child, scope, depth + 1);
        either = either_of(either, part);
      }
      return either;
    }
    case SyntaxKind::subscript:
    case SyntaxKind::generic_type: {
      const NodeIndex head = tree.first_named(node);
      if (head == kNoNode) return kNone;
      NodeIndex first = second_named(node);
      NodeIndex last = last_named(node);
      if (first != kNoNode && tree[first].kind == SyntaxKind::type_parameter) {
        last = last_named(first);
        first = tree.first_named(first);
      }
      const std::string_view name = last_part(tree.text(head));
      if (is_one_of(name, {"Optional", "Final", "ClassVar", "Annotated", "Required", "NotRequired",
                           "ReadOnly", "Awaitable", "Coroutine"})) {
        return of_annotation(first, scope, depth + 1);
      }
      if (name == "Union") {
        Shape either = kNone;
        for (NodeIndex child : tree.children(
                 tree[second_named(node)].kind == SyntaxKind::type_parameter ? second_named(node)
                                                                             : node)) {
          if (child == head || !tree[child].named || tree.is_extra(child)) continue;
          const Shape part = of_annotation(child, scope, depth + 1);
          either = either_of(either, part);
        }
        return either;
      }
      if (name == "type" || name == "Type") {
        const Shape inner = of_annotation(first, scope, depth + 1);
        return inner == kNone
                   ? kNone
                   : add(ValueKind::Attribute, inner, extraction_.names.intern("__class__"));
      }
      return either_of(instance(of(head, scope, depth + 1)),
                       of_generic(name, first, last, scope, depth));
    }
    default:
      return kNone;
  }
}

// What the parameters `first` to `last` of the type `name` tell of what it gives.
ValueShapes::Shape ValueShapes::of_generic(std::string_view name, NodeIndex first, NodeIndex last,
                                           ScopeId scope, int depth) {
  if (name == "Callable") {
    return add(ValueKind::Callable, of_annotation(last, scope, depth + 1));
  }
  if (is_one_of(name, {"list",
                       "List",
                       "set",
                       "Set",
                       "frozenset",
                       "FrozenSet",
                       "tuple",
                       "Tuple",
                       "deque",
                       "Deque",
                       "Sequence",
                       "MutableSequence",
                       "Collection",
                       "Iterable",
                       "Iterator",
                       "Generator",
                       "AsyncIterable",
                       "AsyncIterator",
                       "AsyncGenerator",
                       "AbstractSet",
                       "MutableSet",
                       "ContextManager",
                       "AbstractContextManager"})) {
    return add(ValueKind::Container, of_annotation(first, scope, depth + 1));
  }
  if (is_one_of(name, {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict",
                       "OrderedDict"})) {
    return add(ValueKind::Container, of_annotation(last, scope, depth + 1));
  }
  return kNone;
}

// Of `A`, `A | None` and `Optional[A]`, as they are written most; of others, nothing.
ValueShapes::Shape ValueShapes::of_text_annotation(std::string_view text, ScopeId scope) {
  constexpr std::string_view kOptional = "Optional[";
  const auto optional = text.find(kOptional);
  if (optional != text.npos && text.ends_with(']')) {
    text = text.substr(optional + kOptional.size());
    text.remove_suffix(1);
  }
  Shape either = kNone;
  for (int parts = 0; !text.empty() && parts < kMostAssignments; ++parts) {
    std::string_view part = text.substr(0, text.find('|'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!is_dotted_name(part)) return kNone;
    if (part != "None") either = either_of(either, instance(of_dotted(part, scope)));
  }
  return either;
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
