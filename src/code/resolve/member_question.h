#pragma once

#include <vector>

#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// A function asks what classes that are derived from one have.
struct MemberQuestion {
  ProgramIndex function = kNowhere;
  ProgramIndex of_class = kNowhere;
  NameId name = kNoName;  ///< Of the member, or a pattern.
  bool is_pattern = false;
};

/// A function may mean a member of a class.
struct MeantMember {
  ProgramIndex function = kNowhere;
  ProgramIndex member = kNowhere;
};

/// What functions ask, and the answers.
struct MeantMembers {
  std::vector<MemberQuestion> questions;
  std::vector<MeantMember> found;
};

}  // namespace alluvium::code
