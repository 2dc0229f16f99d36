#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "code/resolve/name_facts.h"

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
  /// Where what is outside is from. What containers and builtins hold may be of the program.
  enum class Origin : std::uint8_t { Elsewhere, Containers, Builtins };

  Kind kind = Kind::Outside;
  Source source = Source::Inferred;
  /// Reached through `self` or `cls`: in a subclass it is the subclass.
  bool is_own = false;
  Origin origin = Origin::Elsewhere;  ///< Of `Outside`.
  ProgramIndex index = kNowhere;      ///< Class, function, or a module's file.
  /// Of a method: the class it was found through. Of `super`: the class whose successors in the
  /// order of `index` it looks in.
  ProgramIndex receiver = kNowhere;
  NameId module = 0;  ///< Of a module.

  friend bool operator==(const KnownValue&, const KnownValue&) = default;
};

/// What a value may be that may be several things, in an order of its own, whatever the order in
/// which they were added. What may be more than `kMost` things is not known.
///
/// Thread-safety: a plain value.
class KnownSet {
 public:
  static constexpr std::size_t kMost = 8;

  /// Makes it empty.
  void clear() {
    size_ = 0;
    is_overflown_ = false;
  }
  void add(const KnownValue& value);
  void add_all(std::span<const KnownValue> values);
  void overflow();
  [[nodiscard]] bool is_overflown() const { return is_overflown_; }
  [[nodiscard]] std::span<const KnownValue> values() const { return {values_.data(), size_}; }

 private:
  std::array<KnownValue, kMost> values_;
  std::size_t size_ = 0;
  bool is_overflown_ = false;
};

/// Many sets, most of them small, that only grow.
///
/// Thread-safety: as a standard container.
class KnownSets {
 public:
  explicit KnownSets(std::size_t count) : places_(count) {
    // Most sets stay empty, so that is more than enough; and what isn't used costs nothing.
    values_.reserve(count);
  }

  [[nodiscard]] std::span<const KnownValue> values(std::size_t set) const {
    const Place& place = places_[set];
    return {values_.data() + place.first, place.size};
  }
  [[nodiscard]] bool is_overflown(std::size_t set) const { return places_[set].is_overflown; }
  /// Adds what is in `more` to a set, and returns whether it wasn't there before. Spans of values
  /// are invalid after that.
  bool grow(std::size_t set, const KnownSet& more);

 private:
  struct Place {
    std::uint32_t first = 0;  ///< In `values_`.
    std::uint8_t size = 0;
    std::uint8_t room = 0;
    bool is_overflown = false;
  };

  void put(Place& place, std::span<const KnownValue> now);

  std::vector<Place> places_;
  std::vector<KnownValue> values_;
};

}  // namespace alluvium::code
