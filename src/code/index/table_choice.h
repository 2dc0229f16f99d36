#pragma once

#include <set>
#include <string>
#include <vector>

namespace alluvium::code {

/// Which tables a run makes: all, or some and what they are made from.
class TableChoice {
 public:
  /// All tables.
  TableChoice() = default;
  /// The published tables `only`, those that they are made from, and `files`, by which a later run
  /// tells what changed; all when `only` is empty. Errors: NotFound (no such table; the message has
  /// those that there are).
  explicit TableChoice(const std::vector<std::string>& only);

  [[nodiscard]] bool is_all() const { return is_all_; }
  [[nodiscard]] bool has(const std::string& table) const {
    return is_all_ || tables_.contains(table);
  }
  /// Whether one of them is made of more than single files.
  [[nodiscard]] bool needs_resolution() const { return needs_resolution_; }
  /// Those that are made, in order; empty for all.
  [[nodiscard]] const std::set<std::string>& tables() const { return tables_; }

 private:
  bool is_all_ = true;
  bool needs_resolution_ = true;
  std::set<std::string> tables_;
};

}  // namespace alluvium::code
