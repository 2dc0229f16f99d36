#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/file_choice.h"
#include "code/resolve/outcome_digests.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// The answer to a question that references ask beyond their own file
/// (`FileInterface::lookups`).
///
/// Questions, by `kind`:
///   import  what the name that an import binds stands for
///   star    what `name` stands for that only a star import can have bound
///   value   the attribute `name` of a value
///   name    an attribute `name` of something that nothing is known about
///
/// Answers, by `resolution` (confidence), a definition where there is one in the repository:
///   import     by names and imports alone (1)
///   star       through a star import of the file (1)
///   member     of a known class (0.9: a subclass may have another; 0.8 where it is inferred)
///   self       of the class around it or its bases, through `self` or `cls` (0.9)
///   super      of a base, through `super()` (0.9)
///   annotated  of an instance of the class that an annotation or isinstance() names (0.9)
///   inferred   of an instance that was made, returned or assigned (0.8)
///   name_only  nothing is known but the name, and the repository has exactly one class, function
///              or method so called that can be an attribute and overrides no other (0.5; 0.3
///              where objects of Python itself have such an attribute too, as `get`)
/// and without a definition:
///   attribute  of a known object, set on instances (1)
///   module     a module of the repository (1)
///   builtin, external (1)
///   ambiguous, unresolved (0)
/// Where an object may be several things, the confidence is shared among the definitions that they
/// have; the first by confidence and id is the answer, and all of them are its candidates. A name
/// of something unknown that several definitions have (up to `kMostCandidates`) is `ambiguous`: it
/// has no answer but candidates. Each of up to three has the confidence of `name_only`, unless
/// objects of Python have such an attribute too; others share it.
struct Answer {
  enum class By : std::uint8_t {
    Nothing,  ///< `unresolved`
    Import,
    Star,
    Member,
    Self,
    Super,
    Annotated,
    Inferred,
    NameOnly,
    Attribute,
    Module,
    Builtin,
    External,
    Ambiguous,
  };
  ProgramIndex definition = kNowhere;
  By by = By::Nothing;
  double confidence = 0;

  [[nodiscard]] std::string_view resolution() const;
};

/// Definitions of one name, of which more say nothing.
inline constexpr std::size_t kMostCandidates = 8;

/// The answers to `program.lookups`, one for each.
struct Answers {
  /// What a question may mean, where that is several definitions: the likeliest first.
  struct Candidates {
    std::size_t lookup = 0;
    std::vector<Answer> ranked;
  };

  /// Whether the question is one after a name of which nothing else is known.
  [[nodiscard]] bool is_by_name(const Program::Lookup& lookup, std::size_t index) const;

  std::vector<Answer> best;
  std::vector<Candidates> candidates;  ///< In the order of the questions.
  /// The definitions that such a name may mean, whichever that is.
  std::vector<ProgramIndex> named;
};
Answers answer_lookups(const Program& program, const ClassHierarchy& classes,
                       const ValueFlow& flow);

/// The answers to the questions of those files, each once, as rows of repo, lookup_id, def_id,
/// resolution and confidence.
std::vector<RecordBatch> lookups_rows(const Program& program, const Answers& answers,
                                      const FileChoice& files);
/// Their candidates, as rows of repo, lookup_id, def_id, rank (from 1), is_chosen (it is the
/// answer), resolution and confidence.
std::vector<RecordBatch> candidates_rows(const Program& program, const Answers& answers,
                                         const FileChoice& files);
/// Adds what both say to `digests`, and to `candidates` how many rows the references have that ask.
void digest_answers(const Program& program, const Answers& answers, OutcomeDigests& digests,
                    OutcomeDigests& candidates);

}  // namespace alluvium::code
