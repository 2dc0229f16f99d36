#pragma once

#include <cstdint>
#include <string_view>

#include "functions/id_parts.h"

namespace alluvium::code {

/// Ids of the questions that a file's references ask beyond it: what joins a reference with its
/// answer. They are the same in every run on the same bytes.
///
/// Thread-safety: one thread at a time.
class LookupIds {
 public:
  /// Starts with the questions of a file.
  void begin(std::string_view repo, std::string_view path) {
    by_name_.rewind();
    by_name_.add(repo).add("name");
    repo_mark_ = by_name_.mark();
    of_file_.rewind();
    of_file_.add(repo).add(path);
    file_mark_ = of_file_.mark();
  }
  /// What the import `import` gives for `name`.
  StableId of_import(StableId import, std::string_view name) {
    of_file_.rewind(file_mark_);
    return of_file_.add("import").add(import.digits().view()).add(name).id();
  }
  /// The attribute `name` of the file's value at `position`.
  StableId of_value(std::int64_t position, std::string_view name) {
    of_file_.rewind(file_mark_);
    return of_file_.add("value").add_number(position).add(name).id();
  }
  /// `name` from a star import.
  StableId of_star(std::string_view name) {
    of_file_.rewind(file_mark_);
    return of_file_.add("star").add(name).id();
  }
  /// `name` of something unknown: the same question in every file.
  StableId of_name(std::string_view name) {
    by_name_.rewind(repo_mark_);
    return by_name_.add(name).id();
  }

 private:
  IdParts by_name_;
  std::size_t repo_mark_ = 0;
  IdParts of_file_;
  std::size_t file_mark_ = 0;
};

}  // namespace alluvium::code
