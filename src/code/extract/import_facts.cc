#include "code/extract/import_facts.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "code/extract/identifier_name.h"
#include "code/extract/node_text.h"

namespace alluvium::code {

std::string_view ImportFacts::dotted(NodeIndex node) const {
  TextArena& storage = extraction_.facts.storage;
  const std::string_view text = tokens_text(extraction_.tree, node, extraction_.tree[node].after,
                                            Spacing::None, std::string_view::npos - 8, storage);
  return identifier_name(text, storage);
}

void ImportFacts::add(NodeIndex statement, const ImportPlace& place) {
  const SyntaxTree& tree = extraction_.tree;
  ImportFact fact;
  fact.statement_line = place.line + 1;
  fact.in_type_checking = place.in_type_checking;
  fact.is_conditional = place.is_conditional;
  fact.scope_definition = extraction_.scopes[place.scope].definition;
  fact.is_from = tree[statement].kind != SyntaxKind::import_statement;
  if (tree[statement].kind == SyntaxKind::future_import_statement) fact.module = "__future__";

  NodeIndex module = kNoNode;
  if (tree[statement].kind == SyntaxKind::import_from_statement) {
    module = tree.child(statement, SyntaxField::module_name);
    if (module == kNoNode) return;
    if (tree[module].kind == SyntaxKind::relative_import) {
      for (NodeIndex part : tree.children(module)) {
        if (tree[part].kind == SyntaxKind::import_prefix) {
          const std::string_view dots = tree.text(part);
          fact.level = std::count(dots.begin(), dots.end(), '.');
        } else if (tree[part].kind == SyntaxKind::dotted_name) {
          fact.module = dotted(part);
        }
      }
    } else {
      fact.module = dotted(module);
    }
  }
  for (NodeIndex child : tree.children(statement)) {
    if (child == module) continue;
    switch (tree[child].kind) {
      case SyntaxKind::dotted_name:
      case SyntaxKind::aliased_import:
      case SyntaxKind::wildcard_import:
        add_alias(child, fact, place);
        break;
      default:
        break;
    }
  }
}

void ImportFacts::add_alias(NodeIndex node, ImportFact fact, const ImportPlace& place) {
  const SyntaxTree& tree = extraction_.tree;
  NameTable& names = extraction_.names;
  FileFacts& facts = extraction_.facts;
  TextArena& storage = facts.storage;

  NodeIndex name = node;
  if (tree[node].kind == SyntaxKind::aliased_import) {
    name = tree.child(node, SyntaxField::name);
    const NodeIndex alias = tree.child(node, SyntaxField::alias);
    if (name == kNoNode || alias == kNoNode) return;
    if (!tree[alias].missing) fact.alias = identifier_name(tree.text(alias), storage);
  }
  fact.is_star = tree[node].kind == SyntaxKind::wildcard_import;
  fact.name = fact.is_star ? std::string_view("*") : dotted(name);
  if (fact.name.empty()) return;
  if (!fact.is_from) fact.module = fact.name;
  fact.range = extraction_.range(node);
  const std::vector<std::uint32_t>& lines = extraction_.source.line_starts();
  std::uint32_t line = place.line;
  while (line + 1 < lines.size() && lines[line + 1] <= tree[node].begin) ++line;
  fact.line = line + 1;
  if (fact.alias) {
    fact.bound_name = fact.alias;
  } else if (!fact.is_star) {
    fact.bound_name = fact.is_from ? fact.name : fact.name.substr(0, fact.name.find('.'));
  }

  std::array<char, 24> level{};
  const auto level_end = std::to_chars(level.data(), level.data() + level.size(), fact.level);
  const NameId key = names.intern(storage.concat(
      {fact.module ? "=" : "-", fact.module.value_or(""), " ", fact.name, " ",
       fact.alias.value_or(""), " ",
       std::string_view(level.data(), static_cast<std::size_t>(level_end.ptr - level.data())),
       fact.is_from ? "f" : "i"}));
  fact.ordinal = ordinals_[key]++;

  const auto index = static_cast<FactIndex>(facts.imports.size());
  facts.imports.push_back(fact);
  if (fact.bound_name) {
    const NameId bound = names.intern(*fact.bound_name);
    extraction_.scopes.bind_import(place.scope, bound, index);
    extraction_.symbols.add(place.scope, bound, symbol_use::kImported);
  } else {
    extraction_.scopes.note_star_import();
  }
}

}  // namespace alluvium::code
