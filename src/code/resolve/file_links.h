#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "code/identity/file_outcomes.h"
#include "code/identity/name_set.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// A file by the first half of its id.
using FileKey = std::uint64_t;
FileKey file_key(std::string_view file_id);

/// What ties the names of one file to what other files have. It is found when they are resolved,
/// and kept: a later run resolves only the names that its changes can reach.
///
/// Names are by the XXH3-64 hash of their text. Lists are in order, and have each item once.
///
/// Thread-safety: a plain value.
struct FileLinks {
  /// A class, function or method that an attribute of something unknown may be.
  struct Named {
    std::uint64_t name = 0;
    StableId definition;

    friend auto operator<=>(const Named&, const Named&) = default;
  };

  /// A question for members of `class_key`, whose names fit `pattern` (`fits_pattern`).
  struct Pattern {
    std::uint64_t class_key = 0;
    std::string pattern;

    friend auto operator<=>(const Pattern&, const Pattern&) = default;
  };

  bool has_facts = false;   ///< It was read, and is of Python.
  bool is_plugin = false;   ///< It may give fixtures to the tests of all files.
  bool has_circle = false;  ///< One of `ClassHierarchy::circles`.
  /// The files that were looked into: those that it imports or imports from, and the modules that
  /// its values may be.
  std::vector<FileKey> reads;
  std::vector<NameHash> mentions;      ///< Names that it uses of what it has from other files.
  bool has_star = false;               ///< It has names of other files without using them.
  std::vector<NameHash> sought;        ///< Dotted names that its imports were looked for by.
  std::vector<std::uint64_t> outside;  ///< Modules outside of the repository that it imports.
  std::vector<std::uint64_t> asked;    ///< Names of attributes of something unknown.
  std::vector<Named> named;            ///< What the file has that such a name may mean.
  /// Members that it asks classes for which are derived from others: `question_key` of these.
  std::vector<std::uint64_t> questions_below;
  std::vector<Pattern> patterns_below;  ///< The same, by names that it makes.
  std::uint64_t questions_digest = 0;   ///< Of what asks what.
  Outcome relations_below;              ///< Of the relations that are the answers.
  std::uint64_t orders_digest = 0;      ///< The sum of its classes' `order_digest`.

  /// Appends what `read` reads.
  void write(std::string& bytes) const;
  /// Errors: Corruption where `bytes` are not what `write` wrote.
  static FileLinks read(std::string_view bytes);

  friend bool operator==(const FileLinks&, const FileLinks&) = default;
};

/// What the classes that are derived from `of_class` have that is called `name`.
std::uint64_t question_key(StableId of_class, std::uint64_t name);
std::uint64_t class_key(StableId of_class);

}  // namespace alluvium::code
