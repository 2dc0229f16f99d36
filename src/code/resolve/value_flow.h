#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/injections.h"
#include "code/resolve/program.h"

namespace alluvium::code {

/// What a value may be.
struct KnownValue {
  enum class Kind : std::uint8_t {
    Class,
    Instance,
    Function,
    Generated,  ///< What calling a generator function gives.
    Module,
    Super,
    Callable,   ///< What gives an instance of `index` when it is called.
    Container,  ///< A builtin container of instances of `index`.
    Outside,    ///< Something of a builtin or of another distribution.
  };
  /// How it came to be known, the surest last.
  enum class Source : std::uint8_t { Inferred, Annotated, Self, Named };

  Kind kind = Kind::Outside;
  Source source = Source::Inferred;
  /// Reached through `self` or `cls`: in a subclass it is the subclass.
  bool is_own = false;
  bool is_builtin = false;        ///< Of `Outside`.
  ProgramIndex index = kNowhere;  ///< Class, function, or a module's file.
  /// Of a method: the class it was found through. Of `super`: the class whose successors in the
  /// order of `index` it looks in.
  ProgramIndex receiver = kNowhere;
  NameId module = 0;  ///< Of a module.

  friend bool operator==(const KnownValue&, const KnownValue&) = default;
};

/// What the values of a program may be, by following them through names, attributes, calls and
/// returns to a fixpoint: the sets only grow, so the order of the work doesn't matter.
///
/// A value that may be more than `kMostKnown` things is not known.
///
/// Thread-safety: immutable.
class ValueFlow {
 public:
  static constexpr std::size_t kMostKnown = 8;

  ValueFlow(const Program& program, const ClassHierarchy& classes);

  [[nodiscard]] std::span<const KnownValue> of(ProgramIndex value) const {
    return sets_[static_cast<std::size_t>(value)].values;
  }
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
  struct Set {
    std::vector<KnownValue> values;
    bool too_many = false;

    // Each tells whether the set changed.
    bool add(const KnownValue& value);
    bool add(const Set& other);
    bool overflow();
  };

  // Round by round over all values, until nothing grows.
  void grow();
  bool evaluate(std::size_t value);
  bool add_target(const NameTarget& target, Set& into, KnownValue::Source source) const;
  bool add_definition(ProgramIndex definition, Set& into, KnownValue::Source source) const;
  bool add_attribute(const KnownValue& object, NameId name, Set& into) const;
  bool add_member(ProgramIndex definition, const KnownValue& object, ProgramIndex receiver,
                  Set& into) const;
  bool add_call(const KnownValue& callee, Set& into) const;
  bool add_returns(ProgramIndex function, ProgramIndex receiver, bool is_own, Set& into) const;
  bool add_method_result(const KnownValue& object, NameId method, Set& into) const;
  bool add_items(const KnownValue& container, Set& into) const;
  bool add_decorated(ProgramIndex definition, const Set& decorators);
  bool add_injected(const Injection& injection);
  [[nodiscard]] std::span<const ProgramIndex> order_of(const KnownValue& value) const;
  [[nodiscard]] static std::size_t at(ProgramIndex index) {
    return static_cast<std::size_t>(index);
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  std::vector<Set> sets_;                // by value
  std::vector<Set> definitions_;         // of variables and parameters; of functions: results
  std::vector<Set> yields_;              // of generators
  std::vector<Set> decorated_;           // instances that decorators make of functions
  std::vector<bool> is_annotated_;       // by definition
  std::vector<bool> is_generator_;       // by definition
  std::vector<Set> attributes_;          // by place in attribute_of_
  FlatMap<std::uint32_t> attribute_of_;  // by class and name, plus one
};

}  // namespace alluvium::code
