#include "code/extract/fact_walk.h"

#include <algorithm>

#include "code/extract/identifier_name.h"
#include "code/extract/string_literal.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestCallee = 200;
constexpr std::size_t kLongestQualifier = 200;
constexpr int kMostQualifierParts = 32;
constexpr std::size_t kNoLimit = 0x7FFFFFFF;
/// A qualname that is longer is not extended: nesting must not make output quadratic.
constexpr std::size_t kLongestQualname = 2000;

constexpr std::string_view kDunderAll = "__all__";

}  // namespace

FactWalk::FactWalk(Extraction& extraction)
    : extraction_(extraction),
      tree_(extraction.tree),
      names_(extraction.names),
      scopes_(extraction.scopes),
      facts_(extraction.facts),
      tokens_(extraction.tree),
      imports_(extraction),
      dunder_all_(extraction),
      values_(extraction),
      mentions_dunder_all_(extraction.tree.source().find(kDunderAll) != std::string_view::npos),
      marks_(extraction.tree.nodes().size()) {}

void FactWalk::run() {
  const std::vector<SyntaxNode>& nodes = tree_.nodes();
  const std::vector<std::uint32_t>& lines = extraction_.source.line_starts();
  for (NodeIndex node = 0; node < nodes.size();) {
    while (!frames_.empty() && frames_.back().end <= node) {
      state_ = frames_.back().outer;
      frames_.pop_back();
    }
    while (line_ + 1 < lines.size() && lines[line_ + 1] <= nodes[node].begin) ++line_;
    const Mark& mark = marks_[node];
    if (mark.enter != kNoScope) {
      push(nodes[node].after);
      state_.scope = mark.enter;
    }
    if (mark.role == Role::TypeCheckingBlock) {
      push(nodes[node].after);
      ++state_.type_checking;
    }
    node = visit(node);
  }
}

NodeIndex FactWalk::visit(NodeIndex node) {
  const SyntaxNode& current = tree_[node];
  const Role role = marks_[node].role;
  if (role == Role::SkipBelow) return current.after;
  switch (current.kind) {
    case SyntaxKind::identifier:
      visit_identifier(node);
      return current.after;
    case SyntaxKind::attribute:
      visit_attribute(node);
      break;
    case SyntaxKind::member_type:
      mark(last_identifier(node), Role::AttributeLoad);
      break;
    case SyntaxKind::call:
      visit_call(node);
      break;

    case SyntaxKind::module:
      facts_.docstring = docstring(tree_, node, facts_.storage);
      break;
    case SyntaxKind::function_definition:
      visit_function(node);
      break;
    case SyntaxKind::class_definition:
      visit_class(node);
      break;
    case SyntaxKind::lambda:
      visit_lambda(node);
      break;
    case SyntaxKind::list_comprehension:
    case SyntaxKind::set_comprehension:
    case SyntaxKind::dictionary_comprehension:
    case SyntaxKind::generator_expression:
      visit_comprehension(node);
      break;
    case SyntaxKind::type_alias_statement:
      visit_type_alias(node);
      break;

    case SyntaxKind::import_statement:
    case SyntaxKind::import_from_statement:
    case SyntaxKind::future_import_statement:
      if (current.kind == SyntaxKind::future_import_statement) note_future(node);
      imports_.add(node, {.scope = state_.scope,
                          .in_type_checking = state_.type_checking > 0,
                          .is_conditional = state_.conditional > 0,
                          .line = line_});
      return current.after;
    case SyntaxKind::global_statement:
    case SyntaxKind::nonlocal_statement:
      for (NodeIndex child : tree_.children(node)) {
        if (tree_[child].kind != SyntaxKind::identifier) continue;
        const NameId name = name_of(child);
        if (current.kind == SyntaxKind::global_statement) {
          extraction_.symbols.declare_global(state_.scope, name);
          if (state_.scope != kModuleScope) scopes_.declare_global(state_.scope, name);
        } else if (state_.scope != kModuleScope) {
          add_symbol(name, symbol_use::kNonlocal);
          scopes_.declare_nonlocal(state_.scope, name);
        }
      }
      return current.after;

    case SyntaxKind::if_statement:
      push(current.after);
      ++state_.conditional;
      visit_if(node, true);
      break;
    case SyntaxKind::elif_clause:
      visit_if(node, false);
      break;
    case SyntaxKind::try_statement:
      push(current.after);
      ++state_.conditional;
      break;

    case SyntaxKind::assignment:
    case SyntaxKind::augmented_assignment:
      visit_assignment(node);
      break;
    case SyntaxKind::named_expression:
      visit_named_expression(node);
      break;
    case SyntaxKind::for_statement:
    case SyntaxKind::for_in_clause: {
      const NodeIndex left = tree_.child(node, SyntaxField::left);
      mark(left, Role::Store);
      values_.assign(left, state_.scope,
                     values_.item(values_.of(tree_.child(node, SyntaxField::right), state_.scope)));
      break;
    }
    case SyntaxKind::return_statement:
      values_.add_return(definition(), values_.of(tree_.first_named(node), state_.scope));
      break;
    case SyntaxKind::yield:
      values_.add_yield(definition(), values_.of(tree_.first_named(node), state_.scope));
      break;
    case SyntaxKind::delete_statement:
      mark_children(node, Role::Del);
      break;
    case SyntaxKind::except_clause:
      mark(tree_.child(node, SyntaxField::alias), Role::Bind);
      break;
    case SyntaxKind::as_pattern:
      visit_as_pattern(node);
      break;
    case SyntaxKind::expression_statement:
      if (mentions_dunder_all_ && state_.scope == kModuleScope) visit_dunder_all_call(node);
      break;

    case SyntaxKind::type:
      // Those of variables, parameters and results have a field, other types have none.
      if (annotations_stay_text_ &&
          (current.field == SyntaxField::type || current.field == SyntaxField::return_type)) {
        push(current.after);
        state_.is_unevaluated = true;
      }
      [[fallthrough]];
    // What a target is made of is a target.
    case SyntaxKind::tuple_pattern:
    case SyntaxKind::list_pattern:
    case SyntaxKind::pattern_list:
    case SyntaxKind::tuple:
    case SyntaxKind::list:
    case SyntaxKind::expression_list:
    case SyntaxKind::parenthesized_expression:
    case SyntaxKind::parenthesized_list_splat:
    case SyntaxKind::list_splat_pattern:
    case SyntaxKind::list_splat:
    case SyntaxKind::as_pattern_target:
      if (role != Role::Load) mark_children(node, role);
      break;
    case SyntaxKind::generic_type:
      if (role != Role::Load) mark(tree_.first_named(node), role);
      break;

    case SyntaxKind::dotted_name:
      visit_dotted_pattern(node);
      break;
    case SyntaxKind::splat_pattern:
      mark(tree_.first_named(node), Role::Bind);
      break;
    case SyntaxKind::keyword_pattern:
    case SyntaxKind::keyword_argument:
      mark(tree_.first_named(node), Role::Skip);
      break;

    case SyntaxKind::print_keyword:
      // `print >>x, y` is an expression in Python 3.
      if (tree_.parent_kind(node) == SyntaxKind::print_statement &&
          current.after < tree_.nodes().size() &&
          tree_[current.after].kind == SyntaxKind::chevron) {
        add_load(node);
      }
      break;
    default:
      break;
  }
  return node + 1;
}

void FactWalk::visit_identifier(NodeIndex node) {
  if (tree_[node].missing || tree_[node].begin == tree_[node].end) return;
  switch (marks_[node].role) {
    case Role::Load:
      add_load(node);
      break;
    case Role::Store:
      add_ref(node, RefKind::Name, RefContext::Store);
      bind_variable(node, state_.scope, ref_sites_.back().name);
      if (const SymbolUses uses = uses_of_target(node); uses != 0) {
        add_symbol(ref_sites_.back().name, uses);
      }
      break;
    case Role::StoreOutside:
      add_ref(node, RefKind::Name, RefContext::Store);
      bind_variable(node, scopes_.outside_comprehensions(state_.scope), ref_sites_.back().name);
      // Even in an annotation that stays text, that is bound which a comprehension binds outside.
      if (!state_.is_unevaluated || scopes_.is_comprehension(state_.scope)) {
        extraction_.symbols.assign_outside_comprehensions(state_.scope, ref_sites_.back().name);
      }
      break;
    case Role::Del:
      add_ref(node, RefKind::Name, RefContext::Del);
      if (scopes_[state_.scope].kind == ScopeKind::Function) {
        scopes_.bind_variable(state_.scope, ref_sites_.back().name);
      }
      add_symbol(ref_sites_.back().name, symbol_use::kAssigned);
      break;
    case Role::Bind:
      if (tree_.text(node) != "_" || tree_.parent_kind(node) == SyntaxKind::as_pattern_target ||
          tree_.parent_kind(node) == SyntaxKind::except_clause) {
        const NameId name = name_of(node);
        bind_variable(node, state_.scope, name);
        add_symbol(name, symbol_use::kAssigned);
      }
      break;
    case Role::TypeParameter: {
      const NameId name = name_of(node);
      bind_variable(node, state_.scope, name);
      add_symbol(name, symbol_use::kAssigned | symbol_use::kTypeParameter);
      break;
    }
    case Role::Parameter:
      add_parameter(node);
      break;
    case Role::AttributeLoad:
      add_ref(node, RefKind::Attribute, RefContext::Load);
      break;
    case Role::AttributeStore:
      add_ref(node, RefKind::Attribute, RefContext::Store);
      break;
    case Role::AttributeDel:
      add_ref(node, RefKind::Attribute, RefContext::Del);
      break;
    case Role::Skip:
    case Role::SkipBelow:
    case Role::TypeCheckingBlock:
      break;
  }
}

void FactWalk::note_future(NodeIndex statement) {
  for (NodeIndex child : tree_.children(statement)) {
    if (tree_[child].kind == SyntaxKind::aliased_import) child = tree_.first_named(child);
    if (child != kNoNode && tree_.text(child) == "annotations") annotations_stay_text_ = true;
  }
}

void FactWalk::visit_attribute(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::attribute);
  switch (marks_[node].role) {
    case Role::Store:
    case Role::StoreOutside:
    case Role::Bind:
      mark(name, Role::AttributeStore);
      break;
    case Role::Del:
      mark(name, Role::AttributeDel);
      break;
    default:
      mark(name, Role::AttributeLoad);
      break;
  }
}

void FactWalk::visit_call(NodeIndex node) {
  const NodeIndex function = tree_.child(node, SyntaxField::function);
  const NodeIndex arguments = tree_.child(node, SyntaxField::arguments);
  if (function == kNoNode || arguments == kNoNode) return;
  std::string_view callee_text = tokens_text(tree_, function, tree_[function].after, Spacing::One,
                                             kLongestCallee, facts_.storage);
  // In `[*f(x)]` the grammar has the star inside of what is called.
  callee_text.remove_prefix(std::min(callee_text.find_first_not_of("* "), callee_text.size()));
  add_call(begin_without_star(node), tree_[node].end, callee_text, argument_count(arguments));

  if (callee_text == "isinstance") note_isinstance(arguments);
  NodeIndex callee = tree_.without_parentheses(function);
  if (callee != kNoNode && tree_[callee].kind == SyntaxKind::list_splat) {
    callee = tree_.first_named(callee);
  }
  if (callee != kNoNode && tree_[callee].kind == SyntaxKind::attribute) {
    callee = tree_.child(callee, SyntaxField::attribute);
  }
  if (callee != kNoNode && tree_[callee].kind == SyntaxKind::identifier) {
    marks_[callee].link = static_cast<std::uint32_t>(facts_.calls.size());
  }
}

void FactWalk::add_call(std::uint32_t begin, std::uint32_t end, std::string_view callee,
                        std::int64_t arg_count) {
  const std::vector<std::uint32_t>& lines = extraction_.source.line_starts();
  std::uint32_t line = line_;
  while (line + 1 < lines.size() && lines[line + 1] <= begin) ++line;
  CallFact call;
  call.callee_text = callee;
  call.arg_count = arg_count;
  call.range = extraction_.source.stored_range(begin, end);
  call.line = line + 1;
  call.caller = definition();
  const std::uint64_t caller = static_cast<std::uint32_t>(call.caller + 1);
  call.ordinal = call_ordinals_[(caller << 32) | names_.intern(callee)]++;
  facts_.calls.push_back(call);
}

std::int64_t FactWalk::argument_count(NodeIndex arguments) const {
  if (tree_[arguments].kind == SyntaxKind::generator_expression) return 1;
  std::int64_t count = 0;
  for (NodeIndex argument : tree_.children(arguments)) {
    if (tree_[argument].named && !tree_.is_extra(argument)) ++count;
  }
  return count;
}

/// Where `node` begins if the stars before its first token are not part of it.
std::uint32_t FactWalk::begin_without_star(NodeIndex node) const {
  if (tree_.source()[tree_[node].begin] != '*') return tree_[node].begin;
  for (NodeIndex inner = node + 1; inner < tree_[node].after; ++inner) {
    if (tree_[inner].after != inner + 1 || tree_.is_extra(inner)) continue;
    if (tree_.text(inner) != "*") return tree_[inner].begin;
  }
  return tree_[node].begin;
}

void FactWalk::visit_function(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::name);
  const NodeIndex parameters = tree_.child(node, SyntaxField::parameters);
  const NodeIndex returns = tree_.child(node, SyntaxField::return_type);
  const NodeIndex body = tree_.child(node, SyntaxField::body);
  if (name == kNoNode || tree_[name].missing) return;
  mark(name, Role::Skip);

  const bool is_method = scopes_[state_.scope].kind == ScopeKind::Class;
  const NameId name_id = name_of(name);
  DefinitionFact fact;
  fact.kind = is_method ? DefinitionKind::Method : DefinitionKind::Function;
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
  if (parameters != kNoNode) {
    const NodeIndex end = tree_[returns != kNoNode ? returns : parameters].after;
    fact.signature = tokens_text(tree_, parameters, end, Spacing::One, kNoLimit, facts_.storage);
  }
  fact.docstring = docstring(tree_, body, facts_.storage);
  fact.decorators = decorators(node);
  fact.is_async = tree_[node + 1].kind == SyntaxKind::async_keyword;
  if (body != kNoNode) fact.body_hash = tokens_.hash(tree_, body);
  const std::string_view qualname = fact.qualname;
  const bool is_static = std::find(fact.decorators.begin(), fact.decorators.end(),
                                   "staticmethod") != fact.decorators.end();
  const FactIndex index = add_definition(std::move(fact));
  scopes_.bind_definition(state_.scope, name_id, index);
  add_symbol(name_id, symbol_use::kAssigned);

  ScopeId outer = state_.scope;
  if (const NodeIndex types = tree_.child(node, SyntaxField::type_parameters); types != kNoNode) {
    outer = enter_type_parameters(types, node, name_id);
    enter(parameters, outer);
    enter_defaults(parameters, outer);
    enter(returns, outer);
  }
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

void FactWalk::visit_class(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::name);
  const NodeIndex bases = tree_.child(node, SyntaxField::superclasses);
  const NodeIndex body = tree_.child(node, SyntaxField::body);
  if (name == kNoNode || tree_[name].missing) return;
  mark(name, Role::Skip);

  const NameId name_id = name_of(name);
  DefinitionFact fact;
  fact.kind = DefinitionKind::Class;
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
  if (bases != kNoNode) {
    fact.signature =
        tokens_text(tree_, bases, tree_[bases].after, Spacing::One, kNoLimit, facts_.storage);
  }
  fact.docstring = docstring(tree_, body, facts_.storage);
  fact.decorators = decorators(node);
  if (body != kNoNode) fact.body_hash = tokens_.hash(tree_, body);
  const std::string_view qualname = fact.qualname;
  const FactIndex index = add_definition(std::move(fact));
  scopes_.bind_definition(state_.scope, name_id, index);
  add_symbol(name_id, symbol_use::kAssigned);

  ScopeId outer = state_.scope;
  if (const NodeIndex types = tree_.child(node, SyntaxField::type_parameters); types != kNoNode) {
    outer = enter_type_parameters(types, node, name_id);
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

void FactWalk::visit_lambda(NodeIndex node) {
  const Scope& outer = scopes_[state_.scope];
  Scope scope{.kind = ScopeKind::Function,
              .parent = state_.scope,
              .name = names_.intern("lambda"),
              .node = node,
              .definition = outer.definition,
              .qualname_prefix = outer.qualname_prefix};
  if (scope.qualname_prefix.size() <= kLongestQualname) {
    scope.qualname_prefix = facts_.storage.concat({outer.qualname_prefix, "<lambda>.<locals>."});
  }
  const ScopeId inner = add_scope(scope);
  mark_parameters(tree_.child(node, SyntaxField::parameters), inner);
  enter(tree_.child(node, SyntaxField::body), inner);
}

void FactWalk::visit_comprehension(NodeIndex node) {
  const Scope& outer = scopes_[state_.scope];
  const SyntaxKind kind = tree_[node].kind;
  const bool is_generator = kind == SyntaxKind::generator_expression;
  const std::string_view name = is_generator                             ? "genexpr"
                                : kind == SyntaxKind::list_comprehension ? "listcomp"
                                : kind == SyntaxKind::set_comprehension  ? "setcomp"
                                                                         : "dictcomp";
  const ScopeId inner =
      add_scope({.kind = is_generator ? ScopeKind::Generator : ScopeKind::Comprehension,
                 .parent = state_.scope,
                 .name = names_.intern(name),
                 .node = node,
                 .definition = outer.definition,
                 .qualname_prefix = outer.qualname_prefix});
  // The first iterable is evaluated outside.
  for (NodeIndex child : tree_.children(node)) {
    if (tree_[child].kind != SyntaxKind::for_in_clause) continue;
    for (NodeIndex part : tree_.children(child)) {
      if (tree_[part].field == SyntaxField::right) enter(part, state_.scope);
    }
    break;
  }
  push(tree_[node].after);
  state_.scope = inner;
}

void FactWalk::visit_named_expression(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::name);
  if (tree_.parent_kind(node) != SyntaxKind::interpolation) {
    mark(name, Role::StoreOutside);
    values_.assign(name, scopes_.outside_comprehensions(state_.scope),
                   values_.of(tree_.child(node, SyntaxField::value), state_.scope));
    return;
  }
  // f"{x:=5}" formats x by `=5`.
  const NodeIndex format = tree_.child(node, SyntaxField::value);
  if (format != kNoNode && !tree_.text(format).starts_with('{')) mark(format, Role::SkipBelow);
}

void FactWalk::visit_if(NodeIndex node, bool has_else) {
  const int kind = type_checking_condition(tree_.child(node, SyntaxField::condition));
  if (kind > 0) mark(tree_.child(node, SyntaxField::consequence), Role::TypeCheckingBlock);
  if (kind < 0 && has_else) {
    const NodeIndex alternative = tree_.child(node, SyntaxField::alternative);
    if (alternative != kNoNode && tree_[alternative].kind == SyntaxKind::else_clause) {
      mark(alternative, Role::TypeCheckingBlock);
    }
  }
}

/// Returns 1 for `TYPE_CHECKING` and `x.TYPE_CHECKING`, -1 for their negation, else 0.
int FactWalk::type_checking_condition(NodeIndex condition) const {
  condition = tree_.without_parentheses(condition);
  if (condition == kNoNode) return 0;
  int sign = 1;
  if (tree_.text(condition).starts_with("not")) {
    const NodeIndex argument = tree_.first_named(condition);
    if (argument != kNoNode && tree_[condition].kind == SyntaxKind::other) {
      condition = tree_.without_parentheses(argument);
      sign = -1;
      if (condition == kNoNode) return 0;
    }
  }
  if (tree_[condition].kind == SyntaxKind::attribute) {
    condition = tree_.child(condition, SyntaxField::attribute);
  }
  if (condition == kNoNode || tree_[condition].kind != SyntaxKind::identifier) return 0;
  return tree_.text(condition) == "TYPE_CHECKING" ? sign : 0;
}

void FactWalk::visit_as_pattern(NodeIndex node) {
  const NodeIndex target = tree_.child(node, SyntaxField::alias);
  if (target == kNoNode) {  // `case pattern as name`
    mark(last_identifier(node), Role::Bind);
    return;
  }
  const bool in_except = tree_.parent_kind(node) == SyntaxKind::except_clause;
  mark(target, in_except ? Role::Bind : Role::Store);
  const NodeIndex value = tree_.first_named(node);
  if (value == kNoNode) return;
  values_.assign(target, state_.scope,
                 in_except ? values_.annotated(value, state_.scope)
                           : values_.entered(values_.of(value, state_.scope)));
}

/// A dotted name in a `case`: a capture, a value or a class.
void FactWalk::visit_dotted_pattern(NodeIndex node) {
  int count = 0;
  for (NodeIndex child : tree_.children(node)) {
    if (tree_[child].kind != SyntaxKind::identifier) continue;
    if (count++ > 0) mark(child, Role::AttributeLoad);
  }
  if (count == 1 && tree_.parent_kind(node) != SyntaxKind::class_pattern) {
    mark_children(node, Role::Bind);
  }
}

void FactWalk::visit_assignment(NodeIndex node) {
  const NodeIndex left = tree_.child(node, SyntaxField::left);
  mark(left, Role::Store);
  if (tree_[node].kind == SyntaxKind::assignment) note_assigned(node);
  if (!mentions_dunder_all_ || state_.scope != kModuleScope || left == kNoNode ||
      tree_.text(left) != kDunderAll) {
    return;
  }
  NodeIndex right = tree_.child(node, SyntaxField::right);
  while (right != kNoNode && tree_[right].kind == SyntaxKind::assignment) {
    right = tree_.child(right, SyntaxField::right);
  }
  if (right == kNoNode) return;
  if (tree_[node].kind == SyntaxKind::assignment) {
    dunder_all_.assign(right, state_.conditional > 0);
  } else {
    dunder_all_.extend(right);
  }
}

void FactWalk::note_assigned(NodeIndex assignment) {
  const NodeIndex left = tree_.child(assignment, SyntaxField::left);
  const NodeIndex type = tree_.child(assignment, SyntaxField::type);
  const ValueShapes::Shape annotated = values_.annotated(type, state_.scope);
  if (annotated != ValueShapes::kNone) {
    values_.assign(left, state_.scope, annotated);
    return;
  }
  NodeIndex right = tree_.child(assignment, SyntaxField::right);
  while (right != kNoNode && tree_[right].kind == SyntaxKind::assignment) {
    right = tree_.child(right, SyntaxField::right);
  }
  values_.assign_parts(left, state_.scope, right);
}

/// Where `isinstance(x, C)` is asked, x may be an instance of C.
void FactWalk::note_isinstance(NodeIndex arguments) {
  const NodeIndex object = tree_.first_named(arguments);
  if (object == kNoNode) return;
  NodeIndex type = tree_[object].after;
  while (type < tree_[arguments].after && (!tree_[type].named || tree_.is_extra(type))) {
    type = tree_[type].after;
  }
  if (type >= tree_[arguments].after) return;
  const ScopeId scope = scopes_.outside_comprehensions(state_.scope);
  values_.assign(object, scope, values_.annotated(type, state_.scope));
}

void FactWalk::visit_dunder_all_call(NodeIndex node) {
  const NodeIndex call = tree_.first_named(node);
  if (call == kNoNode || tree_[call].kind != SyntaxKind::call) return;
  const NodeIndex function = tree_.child(call, SyntaxField::function);
  if (function == kNoNode || tree_[function].kind != SyntaxKind::attribute) return;
  const NodeIndex object = tree_.child(function, SyntaxField::object);
  const NodeIndex method = tree_.child(function, SyntaxField::attribute);
  if (object == kNoNode || method == kNoNode || tree_.text(object) != kDunderAll) return;
  dunder_all_.call(tree_.text(method), tree_.child(call, SyntaxField::arguments));
}

void FactWalk::add_ref(NodeIndex node, RefKind kind, RefContext context) {
  RefFact ref;
  RefSite site;
  site.scope = state_.scope;
  site.name = name_of(node);
  ref.name = names_.text(site.name);
  ref.kind = kind;
  ref.context = context;
  ref.range = extraction_.range(node);
  ref.line = line_ + 1;
  ref.enclosing = definition();
  const std::uint64_t enclosing = static_cast<std::uint32_t>(ref.enclosing + 1);
  ref.ordinal = ref_ordinals_[(enclosing << 36) | (std::uint64_t{site.name} << 4) |
                              (static_cast<std::uint64_t>(kind) << 2) |
                              static_cast<std::uint64_t>(context)]++;
  if (kind == RefKind::Attribute) {
    find_qualifier(node, ref, site);
    note_object(node);
  }
  if (marks_[node].link != 0) {
    facts_.calls[marks_[node].link - 1].callee_ref = static_cast<FactIndex>(facts_.refs.size());
  }
  facts_.refs.push_back(ref);
  ref_sites_.push_back(site);
}

void FactWalk::add_load(NodeIndex node) {
  add_ref(node, RefKind::Name, RefContext::Load);
  if (!state_.is_unevaluated) {
    extraction_.symbols.refer(state_.scope, ref_sites_.back().name);
  }
}

/// What is done with the name of the target `node`. `x: int` binds it and `(x): int` doesn't.
SymbolUses FactWalk::uses_of_target(NodeIndex node) const {
  NodeIndex target = node;
  // To the grammar, a target in parentheses is a tuple.
  while (tree_.parent_kind(target) == SyntaxKind::tuple_pattern ||
         tree_.parent_kind(target) == SyntaxKind::parenthesized_expression) {
    target = tree_[target].parent;
  }
  if (tree_.parent_kind(target) != SyntaxKind::assignment) return symbol_use::kAssigned;
  const NodeIndex assignment = tree_[target].parent;
  if (tree_.child(assignment, SyntaxField::type) == kNoNode) return symbol_use::kAssigned;
  if (target == node) return symbol_use::kAssigned | symbol_use::kAnnotated;
  const bool has_value = tree_.child(assignment, SyntaxField::right) != kNoNode;
  return has_value ? symbol_use::kAssigned : SymbolUses{0};
}

/// Notes what the attribute whose name token is `node`, the next reference, is of.
void FactWalk::note_object(NodeIndex node) {
  const NodeIndex attribute = tree_[node].parent;
  const auto ref = static_cast<FactIndex>(facts_.refs.size());
  if (tree_[attribute].kind == SyntaxKind::attribute) {
    values_.note_object(ref, values_.of(tree_.child(attribute, SyntaxField::object), state_.scope));
  } else if (tree_[attribute].kind == SyntaxKind::dotted_name) {
    const std::string_view text = tree_.text(
        tree_[attribute].begin, std::max(tree_[node].begin, tree_[attribute].begin + 1) - 1);
    values_.note_object(ref, values_.of_dotted(text, state_.scope));
  } else if (tree_[attribute].kind == SyntaxKind::member_type) {
    const NodeIndex type = tree_.first_named(attribute);
    values_.note_object(ref, values_.of(type, state_.scope));
  }
}

/// Sets the qualifier of the attribute whose name token is `node`, if its object is a dotted name
/// or `super()`.
void FactWalk::find_qualifier(NodeIndex node, RefFact& ref, RefSite& site) {
  const NodeIndex attribute = tree_[node].parent;
  if (tree_[attribute].kind == SyntaxKind::dotted_name) {
    const NodeIndex first = tree_.first_named(attribute);
    site.base_name = name_of(first);
    site.base = tree_[first].after + 1 >= node ? RefSite::Base::Name : RefSite::Base::Dotted;
    ref.qualifier =
        tokens_text(tree_, first, node - 1, Spacing::None, kLongestQualifier, facts_.storage);
    return;
  }
  const NodeIndex object = tree_.child(attribute, SyntaxField::object);
  NodeIndex base = object;
  for (int parts = 0; base != kNoNode && tree_[base].kind == SyntaxKind::attribute; ++parts) {
    if (parts == kMostQualifierParts) return;
    base = tree_.child(base, SyntaxField::object);
  }
  if (base == kNoNode) return;
  if (tree_[base].kind == SyntaxKind::call) {
    if (base != object) return;
    const NodeIndex function = tree_.child(base, SyntaxField::function);
    if (function != kNoNode && tree_.text(function) == "super") ref.qualifier = "super()";
    return;
  }
  if (tree_[base].kind != SyntaxKind::identifier) return;
  if (tree_[object].end - tree_[object].begin > kLongestQualifier) return;
  ref.qualifier = tokens_text(tree_, object, tree_[object].after, Spacing::None, kLongestQualifier,
                              facts_.storage);
  site.base_name = name_of(base);
  site.base = base == object ? RefSite::Base::Name : RefSite::Base::Dotted;
}

void FactWalk::add_parameter(NodeIndex node) {
  const ScopeId scope = marks_[node].link;
  const NameId name = name_of(node);
  NodeIndex whole = tree_[node].parent;
  if (tree_[whole].kind == SyntaxKind::list_splat_pattern ||
      tree_[whole].kind == SyntaxKind::dictionary_splat_pattern) {
    whole = tree_[whole].parent;
  }
  NodeIndex type = kNoNode;
  if (tree_[whole].kind == SyntaxKind::typed_parameter ||
      tree_[whole].kind == SyntaxKind::typed_default_parameter) {
    type = tree_.child(whole, SyntaxField::type);
  }
  DefinitionFact fact;
  fact.kind = DefinitionKind::Parameter;
  fact.name = names_.text(name);
  fact.qualname = facts_.storage.concat({scopes_[scope].qualname_prefix, fact.name});
  fact.parent = scopes_[scope].definition;
  fact.name_range = extraction_.range(node);
  fact.range = fact.name_range;
  if (type != kNoNode) {
    fact.range.end = extraction_.range(type).end;
    fact.signature = annotation(type);
  }
  fact.line = line_ + 1;
  fact.column = tree_[node].begin - extraction_.source.line_starts()[line_];
  const FactIndex index = add_definition(std::move(fact));
  scopes_.bind_definition(scope, name, index);
  extraction_.symbols.add(scope, name, symbol_use::kParameter);
  if (tree_[tree_[node].parent].kind == SyntaxKind::list_splat_pattern ||
      tree_[tree_[node].parent].kind == SyntaxKind::dictionary_splat_pattern) {
    return;
  }
  values_.add_annotation(index, values_.annotated(type, state_.scope));
  values_.assign_name(scope, name,
                      values_.of(tree_.child(whole, SyntaxField::value), state_.scope));
}

void FactWalk::bind_variable(NodeIndex node, ScopeId scope, NameId name) {
  Binding* const binding = scopes_.bind_variable(scope, name);
  if (binding == nullptr) return;
  if (binding->variable_index == kNoFact) {
    DefinitionFact fact;
    fact.kind = DefinitionKind::Variable;
    fact.name = names_.text(name);
    const std::string_view prefix = scopes_[scope].qualname_prefix;
    fact.qualname = prefix.empty() ? fact.name : facts_.storage.concat({prefix, fact.name});
    fact.parent = scopes_[scope].definition;
    fact.range = fact.name_range = extraction_.range(node);
    fact.line = line_ + 1;
    fact.column = tree_[node].begin - extraction_.source.line_starts()[line_];
    const NodeIndex parent = tree_[node].parent;
    if (tree_[parent].kind == SyntaxKind::assignment) {
      const NodeIndex type = tree_.child(parent, SyntaxField::type);
      if (type != kNoNode) fact.signature = annotation(type);
    }
    binding->variable_index = add_definition(std::move(fact));
  }
  ScopeTree::bind_variable_row(*binding, state_.conditional > 0);
}

FactIndex FactWalk::add_definition(DefinitionFact fact) {
  const std::uint64_t qualname = names_.intern(fact.qualname);
  fact.ordinal = definition_ordinals_[(qualname << 3) | static_cast<std::uint64_t>(fact.kind)]++;
  facts_.definitions.push_back(std::move(fact));
  return static_cast<FactIndex>(facts_.definitions.size() - 1);
}

/// Adds a scope in which what follows may be, and says where it begins.
ScopeId FactWalk::add_scope(Scope scope) {
  const std::vector<std::uint32_t>& lines = extraction_.source.line_starts();
  std::uint32_t line = line_;
  while (line + 1 < lines.size() && lines[line + 1] <= tree_[scope.node].begin) ++line;
  scope.line = line + 1;
  scope.is_unevaluated = state_.is_unevaluated;
  const ScopeId added = scopes_.add(scope);
  extraction_.symbols.open(added);
  return added;
}

/// Tells the parameters that they are. Returns the first's name, if it takes the first argument.
std::optional<NameId> FactWalk::mark_parameters(NodeIndex parameters, ScopeId scope) {
  std::optional<NameId> first_name;
  if (parameters == kNoNode) return first_name;
  bool first = true;
  for (NodeIndex child : tree_.children(parameters)) {
    if (!tree_[child].named || tree_.is_extra(child)) continue;
    NodeIndex name = child;
    bool positional = true;
    while (name != kNoNode && tree_[name].kind != SyntaxKind::identifier) {
      switch (tree_[name].kind) {
        case SyntaxKind::list_splat_pattern:
        case SyntaxKind::dictionary_splat_pattern:
          positional = false;
          [[fallthrough]];
        case SyntaxKind::typed_parameter:
        case SyntaxKind::default_parameter:
        case SyntaxKind::typed_default_parameter:
          name = tree_.first_named(name);
          break;
        default:
          name = kNoNode;  // a separator, or Python 2's tuple
          break;
      }
    }
    if (name != kNoNode) {
      marks_[name].role = Role::Parameter;
      marks_[name].link = scope;
      if (first && positional) first_name = name_of(name);
    } else {
      mark(child, Role::Bind);
    }
    first = false;
  }
  return first_name;
}

void FactWalk::note_decorators(NodeIndex node, FactIndex definition) {
  const NodeIndex parent = tree_[node].parent;
  if (parent == kNoNode || tree_[parent].kind != SyntaxKind::decorated_definition) return;
  for (NodeIndex child : tree_.children(parent)) {
    if (tree_[child].kind != SyntaxKind::decorator) continue;
    NodeIndex expression = tree_.first_named(child);
    if (expression != kNoNode && tree_[expression].kind == SyntaxKind::call) {
      expression = tree_.child(expression, SyntaxField::function);
    }
    values_.add_decorator(definition, values_.of(expression, state_.scope));
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

NodeIndex FactWalk::last_identifier(NodeIndex node) const {
  NodeIndex last = kNoNode;
  for (NodeIndex child : tree_.children(node)) {
    if (tree_[child].kind == SyntaxKind::identifier) last = child;
  }
  return last;
}

void FactWalk::mark_children(NodeIndex node, Role role) {
  for (NodeIndex child : tree_.children(node)) {
    if (tree_[child].named) marks_[child].role = role;
  }
}

NameId FactWalk::name_of(NodeIndex node) {
  return names_.intern(identifier_name(tree_.text(node), facts_.storage));
}

std::string_view FactWalk::annotation(NodeIndex type) {
  return tokens_text(tree_, type, tree_[type].after, Spacing::One, kNoLimit, facts_.storage);
}

}  // namespace alluvium::code
