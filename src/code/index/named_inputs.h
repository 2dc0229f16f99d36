#pragma once

#include <memory>

#include "alluvium/code/index.h"
#include "alluvium/frame/interrupt.h"
#include "code/environment/environment.h"
#include "code/index/phase_log.h"
#include "code/repository/repository.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// What a request may name beside the repository.
struct NamedInputs {
  std::shared_ptr<const ScipFile> scip;            ///< Null without an index.
  std::shared_ptr<const Environment> environment;  ///< Null where none was given.
};

/// Opens what `request` names; runs its SCIP command. Errors: InvalidArgument (an index for a
/// revision; a file and a command; the command failed), those of `ScipFile::open` and of
/// `Environment::read`.
NamedInputs open_named_inputs(const IndexRequest& request, PhaseLog& log,
                              const Interrupt& interrupt);

/// Lists the files that `request` means: of the work tree, with those that only `scip` (null
/// without an index) knows to be sources, or of a commit. Errors: those of `Repository`;
/// InvalidArgument (no source file in the work tree; an index of another root; a revision that is
/// not one commit).
Repository open_repository(const IndexRequest& request, const ScipFile* scip,
                           const Interrupt& interrupt);

}  // namespace alluvium::code
