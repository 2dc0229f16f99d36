// What `FactWalk` does at functions and classes.

#include <algorithm>
#include <utility>

#include "code/extract/fact_walk.h"
#include "code/extract/string_literal.h"

namespace alluvium::code {

void FactWalk::visit_function(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::name);
  const NodeIndex parameters = tree_.child(node, SyntaxField::parameters);
  const NodeIndex returns = tree_.child(node, SyntaxField::return_type);
  const NodeIndex body = tree_.child(node, SyntaxField::body);
  if (name == kNoNode || tree_[name].missing) return;
  mark(name, Role::Skip);

  const bool is_method = scopes_[state_.scope].kind == ScopeKind::Class;
  const NameId name_id = name_of(name);
  DefinitionFact fact =
      begin_definition(node, name, is_method ? DefinitionKind::Method : DefinitionKind::Function);
  if (parameters != kNoNode) {
    const NodeIndex end = tree_[returns != kNoNode ? returns : parameters].after;
    fact.signature = tokens_text(tree_, parameters, end, Spacing::One, kNoLimit, facts_.storage);
  }
  fact.is_async = tree_[node + 1].kind == SyntaxKind::async_keyword;
  const std::string_view qualname = fact.qualname;
  const bool is_static = std::find(fact.decorators.begin(), fact.decorators.end(),
                                   "staticmethod") != fact.decorators.end();
  const bool is_more = continues_definition(name_id, fact);
  const FactIndex index = add_definition(std::move(fact));
  if (is_more) {
    scopes_.bind_more_of_definition(state_.scope, name_id, index);
  } else {
    scopes_.bind_definition(state_.scope, name_id, index);
  }
  add_symbol(name_id, symbol_use::kAssigned);

  ScopeId outer = state_.scope;
  if (const NodeIndex types = tree_.child(node, SyntaxField::type_parameters); types != kNoNode) {
    outer = enter_type_parameters(types, node, name_id, index);
    enter(parameters, outer);
    enter_defaults(parameters, outer);
    enter(returns, outer);
  }
  add_type_expr(returns, TypeRole::Return, names_.text(name_id), index);
  values_.add_annotation(index, values_.annotated(returns, outer));
  note_decorators(node, index);
  Scope scope{.kind = ScopeKind::Function,
              .parent = outer,
              .name = name_id,
              .node = node,
              .definition = index};
  scope.qualname_prefix = qualname.size() > kLongestQualname
                              ? qualname
                              : facts_.storage.concat({qualname, ".<locals>."});
  const ScopeId class_scope = state_.scope;
  const ScopeId inner = add_scope(scope);
  const std::optional<NameId> first = mark_parameters(parameters, inner);
  if (is_method && !is_static) {
    scopes_[inner].self_name = first;
    scopes_[inner].self_class = class_scope;
  }
  enter(body, inner);
}

/// Whether the function is one thing with that of its name before it: the implementation of its
/// overloads, a property's setter, a case of a generic function.
bool FactWalk::continues_definition(NameId name, const DefinitionFact& function) const {
  const Binding* const before = scopes_.find(state_.scope, name);
  if (before == nullptr || before->target != Binding::Target::Definition) return false;
  if (before->index == kNoFact) return false;
  const DefinitionFact& first = facts_.definitions[static_cast<std::size_t>(before->index)];
  if (std::ranges::any_of(first.decorators, [](std::string_view decorator) {
        return decorator.substr(decorator.rfind('.') + 1) == "overload";
      })) {
    return true;
  }
  return std::ranges::any_of(function.decorators, [&](std::string_view decorator) {
    return decorator.starts_with(function.name) &&
           decorator.substr(function.name.size()).starts_with('.');
  });
}

void FactWalk::visit_class(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::name);
  const NodeIndex bases = tree_.child(node, SyntaxField::superclasses);
  const NodeIndex body = tree_.child(node, SyntaxField::body);
  if (name == kNoNode || tree_[name].missing) return;
  mark(name, Role::Skip);

  const NameId name_id = name_of(name);
  DefinitionFact fact = begin_definition(node, name, DefinitionKind::Class);
  if (bases != kNoNode) {
    fact.signature =
        tokens_text(tree_, bases, tree_[bases].after, Spacing::One, kNoLimit, facts_.storage);
  }
  const std::string_view qualname = fact.qualname;
  const FactIndex index = add_definition(std::move(fact));
  scopes_.bind_definition(state_.scope, name_id, index);
  add_symbol(name_id, symbol_use::kAssigned);

  ScopeId outer = state_.scope;
  if (const NodeIndex types = tree_.child(node, SyntaxField::type_parameters); types != kNoNode) {
    outer = enter_type_parameters(types, node, name_id, index);
    enter(bases, outer);
  }
  note_decorators(node, index);
  if (bases != kNoNode) {
    for (NodeIndex base : tree_.children(bases)) {
      if (!tree_[base].named || tree_[base].kind == SyntaxKind::keyword_argument) continue;
      values_.add_base(index, values_.of(base, outer));
    }
  }
  Scope scope{.kind = ScopeKind::Class,
              .parent = outer,
              .name = name_id,
              .node = node,
              .definition = index};
  scope.qualname_prefix =
      qualname.size() > kLongestQualname ? qualname : facts_.storage.concat({qualname, "."});
  enter(body, add_scope(scope));
}

void FactWalk::note_decorators(NodeIndex node, FactIndex definition) {
  const NodeIndex parent = tree_[node].parent;
  if (parent == kNoNode || tree_[parent].kind != SyntaxKind::decorated_definition) return;
  for (NodeIndex child : tree_.children(parent)) {
    if (tree_[child].kind != SyntaxKind::decorator) continue;
    NodeIndex expression = tree_.first_named(child);
    if (expression != kNoNode && tree_[expression].kind == SyntaxKind::call) {
      note_decorator_arguments(tree_.child(expression, SyntaxField::arguments), definition);
      expression = tree_.child(expression, SyntaxField::function);
    }
    values_.add_decorator(definition, values_.of(expression, state_.scope));
  }
}

/// Notes the names in the arguments of a decorator, however deep: cases of a test, for one.
void FactWalk::note_decorator_arguments(NodeIndex arguments, FactIndex definition) {
  if (arguments == kNoNode) return;
  const NodeIndex end = tree_[arguments].after;
  for (NodeIndex node = arguments + 1; node < end;) {
    const SyntaxKind kind = tree_[node].kind;
    if (kind == SyntaxKind::keyword_argument) {
      node = tree_.child(node, SyntaxField::value);
      if (node == kNoNode) return;
    } else if (kind == SyntaxKind::identifier || kind == SyntaxKind::attribute) {
      values_.add_decorator_argument(definition, values_.of(node, state_.scope));
      node = tree_[node].after;
    } else {
      ++node;
    }
  }
}

std::vector<std::string_view> FactWalk::decorators(NodeIndex definition) {
  std::vector<std::string_view> result;
  const NodeIndex parent = tree_[definition].parent;
  if (parent == kNoNode || tree_[parent].kind != SyntaxKind::decorated_definition) return result;
  for (NodeIndex child : tree_.children(parent)) {
    if (tree_[child].kind != SyntaxKind::decorator) continue;
    const NodeIndex expression = tree_.first_named(child);
    if (expression == kNoNode) continue;
    result.push_back(tokens_text(tree_, expression, tree_[expression].after, Spacing::One, kNoLimit,
                                 facts_.storage));
  }
  return result;
}

DefinitionFact FactWalk::begin_definition(NodeIndex node, NodeIndex name, DefinitionKind kind) {
  const NodeIndex body = tree_.child(node, SyntaxField::body);
  const NameId name_id = name_of(name);
  DefinitionFact fact;
  fact.kind = kind;
  fact.name = names_.text(name_id);
  const std::string_view prefix = scopes_.is_declared_global(state_.scope, name_id)
                                      ? std::string_view()
                                      : scopes_[state_.scope].qualname_prefix;
  fact.qualname = prefix.empty() ? fact.name : facts_.storage.concat({prefix, fact.name});
  fact.parent = definition();
  fact.range = extraction_.range(node);
  fact.line = line_ + 1;
  fact.column = tree_[node].begin - extraction_.source.line_starts()[line_];
  fact.name_range = extraction_.range(name);
  fact.docstring = docstring(tree_, body, facts_.storage);
  fact.decorators = decorators(node);
  if (body != kNoNode) fact.body_hash = tokens_.hash(tree_, body);
  return fact;
}

FactIndex FactWalk::add_definition(DefinitionFact fact) {
  const std::uint64_t qualname = names_.intern(fact.qualname);
  fact.ordinal = definition_ordinals_[(qualname << 3) | static_cast<std::uint64_t>(fact.kind)]++;
  facts_.definitions.push_back(std::move(fact));
  return static_cast<FactIndex>(facts_.definitions.size() - 1);
}

}  // namespace alluvium::code
