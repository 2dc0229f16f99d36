#include "code/extract/fact_walk.h"

#include "code/extract/identifier_name.h"
#include "code/extract/string_literal.h"

namespace alluvium::code {

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
  finish_type_exprs();
}

std::uint32_t FactWalk::line_at(std::uint32_t offset) const {
  const std::vector<std::uint32_t>& lines = extraction_.source.line_starts();
  std::uint32_t line = line_;
  while (line + 1 < lines.size() && lines[line + 1] <= offset) ++line;
  return line + 1;
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
      visit_type(node);
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
