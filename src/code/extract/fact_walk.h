#pragma once

#include <vector>

#include "code/extract/dunder_all.h"
#include "code/extract/extraction_internal.h"
#include "code/extract/import_facts.h"
#include "code/extract/node_text.h"
#include "code/extract/value_shapes.h"

namespace alluvium::code {

/// Goes through a syntax tree once, in document order, and collects definitions, imports, refs,
/// calls and type expressions, and what every scope binds. What refs mean is left to
/// `ReferenceResolver`.
///
/// A node tells its children what part they play (`Role`, the scope they are in) before they are
/// reached, so that no recursion is needed.
///
/// Thread-safety: one thread, one use.
class FactWalk {
 public:
  explicit FactWalk(Extraction& extraction);

  void run();
  /// How to resolve each ref, by its position in the facts.
  [[nodiscard]] const std::vector<RefSite>& ref_sites() const { return ref_sites_; }
  [[nodiscard]] ValueShapes& values() { return values_; }

 private:
  /// A qualname that is longer is not extended: nesting must not make output quadratic.
  static constexpr std::size_t kLongestQualname = 2000;

  /// The part that a node plays for its parent.
  enum class Role : std::uint8_t {
    Load,
    Store,
    StoreOutside,  ///< Of `:=`, which binds outside comprehensions.
    Del,
    Bind,  ///< Binds a name that is no `ast.Name`: `except … as x`, `case x`.
    Parameter,
    TypeParameter,
    AttributeLoad,
    AttributeStore,
    AttributeDel,
    Skip,       ///< An identifier that is no name of Python's.
    SkipBelow,  ///< Nothing below it means anything.
    TypeCheckingBlock,
  };
  struct Mark {
    Role role = Role::Load;
    ScopeId enter = kNoScope;  ///< The scope that the node and what is below it are in.
    std::uint32_t link = 0;  ///< Of a callee's name: the call, plus one. Of a parameter: its scope.
  };
  struct State {
    ScopeId scope = kModuleScope;
    std::uint32_t conditional = 0;
    std::uint32_t type_checking = 0;
    bool is_unevaluated = false;  ///< In an annotation that stays text.
  };
  /// Restores the state at the node `end`.
  struct Frame {
    NodeIndex end;
    State outer;
  };

  /// Visits `node`, returns the node to go on with.
  NodeIndex visit(NodeIndex node);
  void visit_identifier(NodeIndex node);
  void note_future(NodeIndex statement);
  void visit_attribute(NodeIndex node);
  void visit_call(NodeIndex node);
  void visit_function(NodeIndex node);
  void visit_class(NodeIndex node);
  void visit_lambda(NodeIndex node);
  void visit_comprehension(NodeIndex node);
  void visit_type_alias(NodeIndex node);
  void visit_type(NodeIndex node);
  void add_type_call(NodeIndex statement, NodeIndex arguments);
  void visit_named_expression(NodeIndex node);
  void visit_if(NodeIndex node, bool has_else);
  void visit_as_pattern(NodeIndex node);
  void visit_dotted_pattern(NodeIndex node);
  void visit_assignment(NodeIndex node);
  void note_assigned(NodeIndex assignment);
  void note_isinstance(NodeIndex arguments);
  [[nodiscard]] NodeIndex second_argument(NodeIndex arguments) const;
  void note_object(NodeIndex node, NameId name);
  void note_decorators(NodeIndex node, FactIndex definition);
  void note_decorator_arguments(NodeIndex arguments, FactIndex definition);
  [[nodiscard]] bool continues_definition(NameId name, const DefinitionFact& function) const;
  void visit_dunder_all_call(NodeIndex node);

  void add_call(std::uint32_t begin, std::uint32_t end, std::string_view callee,
                NodeIndex arguments);
  void add_arguments(NodeIndex arguments);
  void add_argument(NodeIndex argument);
  void add_type_expr(NodeIndex type, TypeRole role, std::string_view target, FactIndex definition);
  void add_type_of_variable(NodeIndex type, TypeRole role, ScopeId scope, NameId name);
  void finish_type_exprs();
  void add_ref(NodeIndex node, RefKind kind, RefContext context);
  /// Adds the ref of a name whose value is used.
  void add_load(NodeIndex node);
  void add_symbol(NameId name, SymbolUses uses) {
    if (!state_.is_unevaluated) extraction_.symbols.add(state_.scope, name, uses);
  }
  [[nodiscard]] SymbolUses uses_of_target(NodeIndex node) const;
  void add_parameter(NodeIndex node);
  [[nodiscard]] ByteRange range_of_variable(NodeIndex node) const;
  void bind_variable(NodeIndex node, ScopeId scope, NameId name);
  void find_qualifier(NodeIndex node, RefFact& ref, RefSite& site);
  /// What functions and classes have in common.
  DefinitionFact begin_definition(NodeIndex node, NodeIndex name, DefinitionKind kind);
  FactIndex add_definition(DefinitionFact fact);
  ScopeId add_scope(Scope scope);
  ScopeId enter_type_parameters(NodeIndex parameters, NodeIndex owner, NameId name,
                                FactIndex definition);
  /// Returns the bound's type, or none.
  NodeIndex enter_bound(NodeIndex parameter, NameId name, ScopeId scope);
  void enter_defaults(NodeIndex parameters, ScopeId type_parameters);
  std::optional<NameId> mark_parameters(NodeIndex parameters, ScopeId scope);
  std::vector<std::string_view> decorators(NodeIndex definition);
  int type_checking_condition(NodeIndex condition) const;
  /// The first token of `node` that is no star before it; `node` itself when it begins with none.
  [[nodiscard]] NodeIndex without_stars(NodeIndex node) const;
  NodeIndex last_identifier(NodeIndex node) const;

  void push(NodeIndex end) { frames_.push_back({end, state_}); }
  void mark(NodeIndex node, Role role) {
    if (node != kNoNode) marks_[node].role = role;
  }
  void mark_children(NodeIndex node, Role role);
  void enter(NodeIndex node, ScopeId scope) {
    if (node != kNoNode) marks_[node].enter = scope;
  }
  [[nodiscard]] FactIndex definition() const { return scopes_[state_.scope].definition; }
  [[nodiscard]] NameId name_of(NodeIndex node);
  /// The 1-based line of `offset`, which is not before the node being visited.
  [[nodiscard]] std::uint32_t line_at(std::uint32_t offset) const;
  [[nodiscard]] std::string_view annotation(NodeIndex type);

  Extraction& extraction_;
  const SyntaxTree& tree_;
  NameTable& names_;
  ScopeTree& scopes_;
  FileFacts& facts_;
  TokenStream tokens_;
  ImportFacts imports_;
  DunderAll dunder_all_;
  ValueShapes values_;
  bool mentions_dunder_all_;
  std::vector<Mark> marks_;  // by node
  std::vector<Frame> frames_;
  State state_;
  bool annotations_stay_text_ = false;  // by `from __future__ import annotations`
  std::uint32_t line_ = 0;              // 0-based line of the node being visited
  std::vector<RefSite> ref_sites_;
  /// A type expression of what may be a module's or class's variable: that is known in the end.
  struct TypeOfVariable {
    std::size_t type_expr;
    ScopeId scope;
    NameId name;
  };
  std::vector<TypeOfVariable> types_of_variables_;
  FlatMap<std::int64_t> definition_ordinals_;
  FlatMap<std::int64_t> ref_ordinals_;
  FlatMap<std::int64_t> call_ordinals_;
};

}  // namespace alluvium::code
