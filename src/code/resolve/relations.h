#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/file_choice.h"
#include "code/resolve/member_question.h"
#include "code/resolve/outcome_digests.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// That a definition depends on another one without naming it in its own body (`relations_rows`
/// tells what the kinds are).
struct Relation {
  enum class Kind : std::uint8_t {
    Base,
    Override,
    Decorator,
    Construct,
    SetUp,
    Fixture,
    DecoratorArgument,
    Pick,
    Hook
  };
  ProgramIndex definition = kNowhere;
  Kind kind = Kind::Base;
  std::int64_t ordinal = 0;
  ProgramIndex related = kNowhere;

  friend auto operator<=>(const Relation&, const Relation&) = default;
};

/// How the definitions of a program depend on others.
struct Relations {
  std::vector<Relation> all;  ///< Each once, by the definition that depends.
  /// What was asked of derived classes.
  std::vector<MemberQuestion> questions;
};
Relations find_relations(const Program& program, const ClassHierarchy& classes,
                         const ValueFlow& flow);
/// Whether the relation depends on what classes are derived from one that it is of.
bool is_from_below(const Program& program, const ClassHierarchy& classes, const Relation& relation);

/// The rows of `relations`: how a definition depends on another without naming it in its own body.
///
///   base       of the class def_id, in order
///   override   a call of the method def_id may be one of related_def_id, in a subclass
///   decorator  of def_id, from the top
///   construct  calling the class def_id calls its method related_def_id
///   set_up     what a test runner runs around the test def_id, or a class that it runs it as
///   decorator_argument  what a decorator of def_id is given, as the cases of a test
///   fixture    a test or fixture, the pytest fixture that is passed to it
///   pick       a function, what it may take by a name that it makes, as in
///              getattr(self, "visit_" + kind): a member of the class or its subclasses
///   hook       a function, what it calls of an object that only subclasses have
///
/// They are rows of the file of def_id, those of an override of that of related_def_id.
std::vector<RecordBatch> relations_rows(const Program& program, std::span<const Relation> relations,
                                        const FileChoice& files);
/// Adds what those rows say, of those that are from below to `below`.
void digest_relations(const Program& program, const ClassHierarchy& classes,
                      std::span<const Relation> relations, OutcomeDigests& digests,
                      OutcomeDigests& below);

}  // namespace alluvium::code
