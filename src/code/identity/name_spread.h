#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "code/identity/file_interface.h"
#include "code/identity/name_set.h"

namespace alluvium::code {

/// What in a file is made of something else, and so may be another thing when that is: variables
/// and parameters by what they are assigned, functions by what they return, attributes of
/// instances, imported names.
///
/// Thread-safety: one thread at a time.
class NameSpread {
 public:
  /// `changed` are definitions that are something else. `interface` must outlive this.
  NameSpread(const FileInterface& interface, const std::set<StableId>& changed);

  struct Found {
    bool has_more = false;        ///< There are more names.
    bool is_seen_by_all = false;  ///< One is used without being said.
  };
  /// Adds to `names` those of what is made of one of them, or of a definition that changed. (Names
  /// of the file's own definitions are not meant by them: one of another file has the same.)
  Found take(NameSet& names);

 private:
  /// Lists of items by a number.
  class Lists {
   public:
    void add(std::uint32_t key, FactIndex item) { items_.emplace_back(key, item); }
    void sort();
    template <typename Each>
    void for_each(std::uint32_t key, Each&& each) const;
    /// By their numbers.
    [[nodiscard]] const std::vector<std::pair<std::uint32_t, FactIndex>>& all() const {
      return items_;
    }

   private:
    std::vector<std::pair<std::uint32_t, FactIndex>> items_;
  };

  void list_values();
  void list_definitions(const std::set<StableId>& changed);
  void add_value(FactIndex value);
  void add_definition(FactIndex definition);
  void add_flow(const FileInterface::Flow& flow);
  void add_name(TextIndex text);
  void take_name(NameHash name);
  void follow();

  const FileInterface& interface_;
  Lists made_of_value_;       // values, by one that they are made of
  Lists made_of_definition_;  // values, by a definition that they are
  Lists made_of_name_;        // values, by an attribute or what is imported
  Lists flows_;               // by value
  Lists bindings_;            // by what is imported
  Lists passed_;              // parameters that fixtures are passed to, by name
  std::vector<bool> has_value_;
  std::vector<bool> has_definition_;
  std::vector<FactIndex> to_follow_;  // values
  std::set<NameHash> taken_;
  NameSet* names_ = nullptr;
  Found found_;
};

}  // namespace alluvium::code
