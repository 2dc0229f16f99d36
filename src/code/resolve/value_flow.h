#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/injections.h"
#include "code/resolve/known_values.h"
#include "code/resolve/program.h"
#include "code/resolve/step_set.h"

namespace alluvium::code {

/// What the values of a program may be, by following them through names, attributes, calls and
/// returns to a fixpoint: the sets only grow, and what is made of a set is made again when it grew.
///
/// Thread-safety: immutable.
class ValueFlow {
 public:
  /// Errors: Cancelled, DeadlineExceeded.
  ValueFlow(const Program& program, const ClassHierarchy& classes, const Interrupt& interrupt);

  [[nodiscard]] std::span<const KnownValue> of(ProgramIndex value) const {
    return sets_.values(at(value));
  }
  /// What pytest passes to tests and fixtures.
  [[nodiscard]] std::span<const Injection> injections() const { return injections_; }
  /// What the attribute `name` of `value` is: the definition that has it, if one has, into `found`.
  struct Found {
    ProgramIndex definition = kNowhere;
    const NameTarget* in_module = nullptr;
    bool is_submodule = false;
    bool is_attribute = false;  ///< An instance's, which is no definition.
    bool is_outside = false;
    bool is_builtin = false;
  };
  [[nodiscard]] Found find(const KnownValue& value, NameId name) const;

 private:
  /// A set of `sets_`. Each value has one, and each definition several.
  using SetIndex = std::size_t;
  [[nodiscard]] SetIndex of_value(ProgramIndex value) const { return at(value); }
  /// Of variables and parameters what they are; of functions their results.
  [[nodiscard]] SetIndex of_definition(ProgramIndex definition) const {
    return program_.values.size() + at(definition);
  }
  /// Of generators.
  [[nodiscard]] SetIndex yields_of(ProgramIndex definition) const {
    return of_definition(definition) + program_.definitions.size();
  }
  /// Instances that decorators make of functions.
  [[nodiscard]] SetIndex decorated(ProgramIndex definition) const {
    return yields_of(definition) + program_.definitions.size();
  }
  [[nodiscard]] SetIndex attribute(std::uint32_t place) const {
    return program_.values.size() + 3 * program_.definitions.size() + place;
  }

  /// What makes a set grow: a value, a flow, or an injection, counted in this order.
  using Step = StepSet::Step;
  /// A step that has read a set; the others are found from there.
  struct Reader {
    Step step = 0;
    std::uint32_t next = 0;  ///< In `readers_`; 0 for the last.
  };

  void grow(const Interrupt& interrupt);
  void take(Step step);
  void take_flow(const Program::Flow& flow);
  void take_injection(const Injection& injection);
  void put(SetIndex set, const KnownSet& more);
  /// Has the step that is being taken taken again when the set grows.
  void note(SetIndex set);
  void add_set(SetIndex set, KnownSet& into);

  void evaluate(const Program::Value& node, KnownSet& into);
  template <typename Add>
  void add_each(ProgramIndex base, KnownSet& into, Add&& add);
  void add_target(const NameTarget& target, KnownValue::Source source, KnownSet& into);
  void add_definition(ProgramIndex definition, KnownValue::Source source, KnownSet& into);
  void add_attribute(const KnownValue& object, NameId name, KnownSet& into);
  void add_attribute_of_module(const KnownValue& module, NameId name, KnownSet& into);
  void add_member(ProgramIndex definition, const KnownValue& object, ProgramIndex owner,
                  KnownSet& into);
  void add_call(const KnownValue& callee, KnownSet& into);
  void add_returns(ProgramIndex function, ProgramIndex receiver, bool is_own, KnownSet& into);
  void add_method_result(const KnownValue& object, NameId method, KnownSet& into);
  void add_items(const KnownValue& container, KnownSet& into);
  void add_entered(const KnownValue& manager, KnownSet& into);
  [[nodiscard]] std::span<const ProgramIndex> order_of(const KnownValue& value) const;
  [[nodiscard]] static std::size_t at(ProgramIndex index) {
    return static_cast<std::size_t>(index);
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  std::vector<Injection> injections_;
  std::vector<bool> is_annotated_;       // by definition
  std::vector<bool> is_generator_;       // by definition
  FlatMap<std::uint32_t> attribute_of_;  // by class and name
  KnownSets sets_{0};
  std::vector<std::uint32_t> first_reader_;  // in readers_, by set; 0 for none
  std::vector<Reader> readers_;
  StepSet due_;
  Step current_ = 0;
  KnownSet made_;  // what the current step has made; kept, because making one takes time
};

}  // namespace alluvium::code
