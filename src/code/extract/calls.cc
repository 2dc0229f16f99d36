// What `FactWalk` does at calls.

#include <algorithm>

#include "code/extract/fact_walk.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestCallee = 200;

}  // namespace

void FactWalk::visit_call(NodeIndex node) {
  const NodeIndex function = tree_.child(node, SyntaxField::function);
  const NodeIndex arguments = tree_.child(node, SyntaxField::arguments);
  if (function == kNoNode || arguments == kNoNode) return;
  std::string_view callee_text = tokens_text(tree_, function, tree_[function].after, Spacing::One,
                                             kLongestCallee, facts_.storage);
  // In `[*f(x)]` the grammar has the star inside of what is called.
  callee_text.remove_prefix(std::min(callee_text.find_first_not_of("* "), callee_text.size()));
  add_call(tree_[without_stars(node)].begin, tree_[node].end, callee_text, arguments);

  if (callee_text == "isinstance") note_isinstance(arguments);
  if (callee_text == "getattr") {
    values_.note_pick(definition(), tree_.first_named(arguments), second_argument(arguments),
                      state_.scope);
  }
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
                        NodeIndex arguments) {
  CallFact call;
  call.callee_text = callee;
  call.first_argument = static_cast<FactIndex>(facts_.arguments.size());
  add_arguments(arguments);
  call.arg_count = static_cast<std::int64_t>(facts_.arguments.size()) - call.first_argument;
  call.range = extraction_.source.stored_range(begin, end);
  call.line = line_at(begin);
  call.caller = definition();
  const std::uint64_t caller = static_cast<std::uint32_t>(call.caller + 1);
  call.ordinal = call_ordinals_[(caller << 32) | names_.intern(callee)]++;
  facts_.calls.push_back(call);
}

/// Where `isinstance(x, C)` is asked, x may be an instance of C.
void FactWalk::note_isinstance(NodeIndex arguments) {
  const NodeIndex object = tree_.first_named(arguments);
  const NodeIndex type = second_argument(arguments);
  if (type == kNoNode) return;
  const ScopeId scope = scopes_.outside_comprehensions(state_.scope);
  values_.assign(object, scope, values_.annotated(type, state_.scope));
}

NodeIndex FactWalk::second_argument(NodeIndex arguments) const {
  const NodeIndex first = tree_.first_named(arguments);
  if (first == kNoNode) return kNoNode;
  NodeIndex second = tree_[first].after;
  while (second < tree_[arguments].after && (!tree_[second].named || tree_.is_extra(second))) {
    second = tree_[second].after;
  }
  return second < tree_[arguments].after ? second : kNoNode;
}

}  // namespace alluvium::code
