#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/repository/repository.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// The files of the index's documents, each with its language.
OtherSources scip_sources(const ScipFile& index);

/// Throws InvalidArgument when the repository has none of the index's files: it was made with
/// another root.
void check_scip_root(const ScipFile& index, const Repository& repository);

/// Registers `scip_facts` (see `given_inputs`): decodes the index part by part, each document with
/// its file as it is now. At most `memory_bytes` of it are kept in memory. The session has the
/// functions `read_file` and `read_scip`.
///
/// Errors: Corruption (a document contradicts itself), InvalidArgument (most documents don't fit
/// their files: the index is of another revision).
void stage_scip(const Session& session, std::string_view repo, const ScipFile& index,
                const Listing& listing, std::size_t partitions, std::uint64_t memory_bytes,
                const Interrupt& interrupt);

}  // namespace alluvium::code
