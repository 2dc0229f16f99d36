#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "code/identity/file_interface.h"
#include "code/identity/name_set.h"

namespace alluvium::code {

/// How what other files can see of a file differs between two of its interfaces: its definitions,
/// the names that it binds and lists, and what is said of the definitions' values. What its
/// functions do beyond that, and where anything stands, no other file's names depend on. (What
/// bases its classes have is compared when they are resolved.)
struct InterfaceChange {
  /// A member of a class that is new, gone or another.
  struct Member {
    StableId of_class;
    std::string name;
    bool is_fixture = false;  ///< Before or now.
  };

  /// The names of what differs. Only files that use one of them can notice, or one of what is made
  /// of that (`NameSpread`).
  NameSet names;
  /// The definitions that differ, with parameters, which others see by what is made of them.
  std::set<StableId> definitions;
  /// All files that look into this one may notice: it passes on other names than before, or what
  /// differs is used without being named, as `__enter__` is.
  bool is_seen_by_all = false;
  std::vector<StableId> new_classes;
  std::vector<Member> members;  ///< Those of new classes too.

  [[nodiscard]] bool any() const {
    return is_seen_by_all || !names.empty() || !definitions.empty();
  }
};

/// Returns nothing where that would take long: much in the file is made of much else.
std::optional<InterfaceChange> change_between(const FileInterface& before,
                                              const FileInterface& now);

/// Whether resolution or a test runner looks for a name where nothing says it
/// (`Program::SpecialNames`).
bool is_used_unnamed(std::string_view name);

/// Whether what a flow says of a definition can be seen by others.
bool can_be_seen(FlowRole role);

}  // namespace alluvium::code
