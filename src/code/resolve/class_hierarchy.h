#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "code/resolve/program.h"

namespace alluvium::code {

/// The classes of a program: their bases, the order in which attributes are looked for in them, and
/// their members.
///
/// Bases are found by names, imports and attributes of modules and classes alone; a base that is
/// computed in another way is unknown.
///
/// Thread-safety: immutable.
class ClassHierarchy {
 public:
  explicit ClassHierarchy(const Program& program);

  /// A base as written, in order; `definition` is none for one that is not a class of the program.
  [[nodiscard]] std::span<const ProgramIndex> bases(ProgramIndex of_class) const {
    return bases_.of(of_class);
  }
  /// The method resolution order: the class first (the C3 linearization that Python computes, or
  /// depth first where there is none).
  [[nodiscard]] std::span<const ProgramIndex> order(ProgramIndex of_class) const {
    return orders_.of(of_class);
  }
  /// Which modules' names were looked into for bases.
  [[nodiscard]] std::span<const FileRead> reads_of_modules() const { return reads_of_modules_; }
  /// Files where a class or a base of one is made of itself, as code that can't run may have it:
  /// what that comes to depends on what was looked at first, of all files.
  [[nodiscard]] std::span<const ProgramIndex> circles() const { return circles_; }
  /// Whether a base somewhere above is not a class of the program: then attributes that aren't
  /// found may be there.
  [[nodiscard]] bool has_unknown_base(ProgramIndex of_class) const {
    return unknown_[at(of_class)];
  }
  [[nodiscard]] bool derives(ProgramIndex from, ProgramIndex base) const;
  /// What the class's own body binds `name` to last, or none.
  [[nodiscard]] ProgramIndex member(ProgramIndex of_class, NameId name) const {
    const ProgramIndex* const found = members_.find(Program::key(of_class, name));
    return found == nullptr ? kNowhere : *found;
  }
  /// The first definition of that name in the body that is a property, or none.
  [[nodiscard]] ProgramIndex property(ProgramIndex of_class, NameId name) const {
    const ProgramIndex* const found = properties_.find(Program::key(of_class, name));
    return found == nullptr ? kNowhere : *found;
  }

 private:
  struct Static {
    enum class Kind : std::uint8_t { Nothing, Class, Module, Outside };
    Kind kind = Kind::Nothing;
    ProgramIndex index = kNowhere;
    NameId module = 0;
  };
  /// A list of classes for each class, in one array: few definitions are classes.
  struct ClassLists {
    struct Place {
      std::uint32_t first = 0;
      std::uint32_t size = 0;
    };
    explicit ClassLists(std::size_t definitions) : places(definitions) {}

    [[nodiscard]] std::span<const ProgramIndex> of(ProgramIndex of_class) const {
      const Place& place = places[at(of_class)];
      return {classes.data() + place.first, place.size};
    }
    /// Spans are invalid after that.
    void set(ProgramIndex of_class, std::span<const ProgramIndex> list);

    std::vector<Place> places;  // by definition
    std::vector<ProgramIndex> classes;
  };
  static std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }
  Static evaluate(ProgramIndex value, int depth);
  Static evaluate_anew(ProgramIndex value, int depth);
  Static evaluate(const NameTarget& target, int depth);
  Static of_definition(ProgramIndex definition, int depth);
  void find_members();
  void find_bases();
  void linearize(ProgramIndex of_class, std::vector<std::uint8_t>& state);
  [[nodiscard]] std::vector<ProgramIndex> merged_order(ProgramIndex of_class) const;

  const Program& program_;
  ClassLists bases_;
  ClassLists orders_;
  std::vector<bool> unknown_;
  FlatMap<ProgramIndex> members_;
  FlatMap<ProgramIndex> properties_;
  struct Evaluation {
    Static found;
    bool is_under_way = false;
  };
  FlatMap<Evaluation> evaluated_;  // by value
  std::vector<FileRead> reads_of_modules_;
  std::vector<ProgramIndex> circles_;
  std::vector<ProgramIndex> first_value_;  // of a variable: a flow, or none
  std::vector<ProgramIndex> next_flow_;
};

}  // namespace alluvium::code
