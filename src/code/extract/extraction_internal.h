#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "code/extract/file_facts.h"
#include "code/extract/name_table.h"
#include "code/extract/scope_tree.h"
#include "code/extract/source_text.h"
#include "code/extract/symbol_table.h"
#include "code/extract/syntax_tree.h"

namespace alluvium::code {

/// What the steps of one extraction share.
struct Extraction {
  const SourceText& source;
  const SyntaxTree& tree;
  NameTable& names;
  ScopeTree& scopes;
  SymbolTable& symbols;
  FileFacts& facts;

  [[nodiscard]] ByteRange range(NodeIndex node) const {
    return source.stored_range(tree[node].begin, tree[node].end);
  }
};

/// What is needed to resolve the ref of the same position in `FileFacts::refs`.
struct RefSite {
  enum class Base : std::uint8_t {
    None,    ///< Not an attribute, or of something that is no name.
    Name,    ///< `base.name`.
    Dotted,  ///< `base.….name`.
  };
  ScopeId scope = kModuleScope;
  NameId name = 0;
  NameId base_name = 0;
  Base base = Base::None;
};

}  // namespace alluvium::code
