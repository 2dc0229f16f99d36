#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "code/extract/extraction_internal.h"
#include "code/extract/flat_map.h"

namespace alluvium::code {

/// Collects, during the walk, what the values of a file's expressions are made from: names,
/// attributes, calls and the like, as far as the code's shape tells. What is a literal or too
/// complex has no shape.
///
/// Equal expressions of one scope are one shape. Names are taken as written: what they mean is
/// known only when everything is bound, and `resolve` then writes the facts.
///
/// Thread-safety: one thread, one use.
class ValueShapes {
 public:
  /// A shape, or none.
  using Shape = std::uint32_t;
  static constexpr Shape kNone = 0xFFFFFFFF;

  explicit ValueShapes(Extraction& extraction);

  /// The shape of the expression `node`, which stands in `scope`.
  Shape of(NodeIndex node, ScopeId scope);
  /// The shape of what is annotated with `type`, or asked to be an instance of it (which may be a
  /// tuple).
  Shape annotated(NodeIndex type, ScopeId scope);
  Shape item(Shape container) { return add(ValueKind::Item, container); }
  Shape entered(Shape manager) { return add(ValueKind::Entered, manager); }
  /// The shape of the dotted name `text`.
  Shape of_dotted(std::string_view text, ScopeId scope);
  Shape instance(Shape type) { return add(ValueKind::Instance, type); }

  /// The name `name` of `scope` gets a value.
  void assign_name(ScopeId scope, NameId name, Shape value);
  /// The parts of the target `node` (a name, an attribute, a tuple of targets) get a value, or the
  /// parts of the expression `value` where both are tuples.
  void assign_parts(NodeIndex target, ScopeId scope, NodeIndex value);
  void assign(NodeIndex target, ScopeId scope, Shape value);
  /// The target gets the type `type`, which is written as in an annotation.
  void assign_type(NodeIndex target, ScopeId scope, NodeIndex type);
  /// A class's base, in order.
  void add_base(FactIndex of_class, Shape value) { add_flow(FlowRole::Base, of_class, value); }
  /// What a definition is annotated with: a function's result, a parameter, a variable.
  void add_annotation(FactIndex definition, Shape value) {
    add_flow(FlowRole::Annotation, definition, value);
  }
  void add_return(FactIndex function, Shape value) { add_flow(FlowRole::Return, function, value); }
  void add_yield(FactIndex function, Shape value) { add_flow(FlowRole::Yield, function, value); }
  void add_decorator(FactIndex definition, Shape value) {
    add_flow(FlowRole::Decorator, definition, value);
  }
  void add_decorator_argument(FactIndex definition, Shape value) {
    add_flow(FlowRole::DecoratorArgument, definition, value);
  }
  /// The expression `target` gets the value of the expression `value`, which may make the name of
  /// an attribute.
  void note_made_name(NodeIndex target, NodeIndex value, ScopeId scope);
  /// `function` takes the attribute of `object` that the expression `name` names.
  void note_pick(FactIndex function, NodeIndex object, NodeIndex name, ScopeId scope);
  /// `function` calls the attribute `name` of `object`, which is the reference at `ref`.
  void note_called(FactIndex function, FactIndex ref, Shape object, NameId name) {
    if (function != kNoFact && object != kNone) called_.push_back({function, object, name, ref});
  }
  /// The value of the object of the reference at `ref` (its position in the facts).
  void note_object(FactIndex ref, Shape object) { objects_.push_back({ref, object}); }

  /// Writes `facts.values`, `facts.flows` and the values of references. Call once, when all is
  /// bound and references are resolved.
  void resolve();

 private:
  /// Expressions and types that are nested deeper have no shape.
  static constexpr int kDeepest = 60;

  struct Node {
    ValueKind kind;
    std::uint32_t base;   // a shape; of a name, its scope
    std::uint32_t other;  // a shape; of `super`, its first argument
    NameId name;
  };
  struct Flow {
    FlowRole role;
    FactIndex definition;
    Shape value;
  };
  struct AttributeFlow {
    Shape object;
    NameId name;
    Shape value;
  };
  struct Object {
    FactIndex ref;
    Shape object;
  };
  struct Called {
    FactIndex function;
    Shape object;
    NameId attribute;
    FactIndex ref;
  };
  /// An attribute is taken whose name is made right there, or was given to a name before.
  struct Pick {
    FactIndex function;
    Shape object;
    std::string_view pattern;  // empty where the name was
    ScopeId scope;
    NameId name;
  };
  struct MadeName {
    ScopeId scope;
    NameId name;
    std::string_view pattern;
  };
  class Resolver;

  void resolve_called(Resolver& resolver);
  void resolve_picks(Resolver& resolver);
  Shape add(ValueKind kind, std::uint32_t base, NameId name = 0, std::uint32_t other = kNone);
  void add_flow(FlowRole role, FactIndex definition, Shape value) {
    if (value != kNone) flows_.push_back({role, definition, value});
  }
  Shape of(NodeIndex node, ScopeId scope, int depth);
  Shape of_call(NodeIndex node, ScopeId scope, int depth);
  // Annotations: annotation_shapes.cc.
  class AnnotationText;
  Shape of_annotation(NodeIndex node, ScopeId scope, int depth);
  Shape of_annotation_parts(NodeIndex node, ScopeId scope, int depth);
  Shape of_text_annotation(std::string_view text, ScopeId scope);
  Shape of_type(std::string_view name, Shape named);
  Shape of_generic(std::string_view name, Shape named, std::span<const Shape> parameters);
  Shape of_name(std::string_view name, ScopeId scope);
  Shape either_of(Shape one, Shape other) { return add(ValueKind::Either, one, 0, other); }
  Shape builtin(std::string_view name);
  Shape class_of(Shape object) {
    return add(ValueKind::Attribute, object, extraction_.names.intern("__class__"));
  }
  /// Whether a type's head is that of several or of none: not a class that can be called.
  [[nodiscard]] bool is_union(NodeIndex head) const;
  [[nodiscard]] NodeIndex keyword_argument(NodeIndex arguments, std::string_view name) const;
  [[nodiscard]] NodeIndex second_named(NodeIndex node) const;
  [[nodiscard]] NodeIndex last_named(NodeIndex node) const;

  Extraction& extraction_;
  std::vector<Node> nodes_;
  FlatMap<std::uint32_t> known_;  // by hash, into nodes_, plus one; equal hashes chain
  std::vector<std::uint32_t> next_;
  std::vector<Flow> flows_;
  std::vector<AttributeFlow> attributes_;
  std::vector<Object> objects_;
  std::vector<Called> called_;
  bool mentions_getattr_;
  std::vector<Pick> picks_;
  std::vector<MadeName> made_names_;
  FlatMap<std::uint32_t> assigned_;  // by scope and name, into assignments_, plus one
  struct Assignment {
    Shape value;
    std::uint32_t next;
  };
  std::vector<Assignment> assignments_;
};

}  // namespace alluvium::code
