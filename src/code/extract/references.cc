// What `FactWalk` does where names and attributes are used.

#include <algorithm>

#include "code/extract/fact_walk.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestQualifier = 200;
constexpr int kMostQualifierParts = 32;

}  // namespace

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
    note_object(node, site.name);
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

/// Notes what the attribute `name` whose name token is `node`, the next reference, is of.
void FactWalk::note_object(NodeIndex node, NameId name) {
  const NodeIndex attribute = tree_[node].parent;
  const auto ref = static_cast<FactIndex>(facts_.refs.size());
  if (tree_[attribute].kind == SyntaxKind::attribute) {
    const ValueShapes::Shape object =
        values_.of(tree_.child(attribute, SyntaxField::object), state_.scope);
    values_.note_object(ref, object);
    if (marks_[node].link != 0) values_.note_called(definition(), ref, object, name);
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

}  // namespace alluvium::code
