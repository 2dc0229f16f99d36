#pragma once

#include "code/extract/extraction_internal.h"

namespace alluvium::code {

/// Where an import statement stands.
struct ImportPlace {
  ScopeId scope = kModuleScope;
  bool in_type_checking = false;
  bool is_conditional = false;
  std::uint32_t line = 0;  ///< 0-based line of the statement.
};

/// Turns import statements into facts and bindings.
///
/// Thread-safety: one thread at a time.
class ImportFacts {
 public:
  explicit ImportFacts(Extraction& extraction) : extraction_(extraction) {}

  /// Adds the aliases of an `import`, `from … import` or `from __future__ import` statement.
  void add(NodeIndex statement, const ImportPlace& place);

 private:
  void add_alias(NodeIndex node, ImportFact fact, const ImportPlace& place);
  std::string_view dotted(NodeIndex node) const;

  Extraction& extraction_;
  FlatMap<std::int64_t> ordinals_;
};

}  // namespace alluvium::code
