#pragma once

#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/phase_log.h"
#include "code/index/table_commits.h"

namespace alluvium::code {

/// The table that every published fact comes from: one row a file, with all that was found in it.
/// Registers it as `facts` (repo, file_id, path, module, package, is_package, source_root,
/// size_bytes, language, content_hash, f; the hash is empty for a file that could not be read) by
/// reading and parsing each file of `listing` once, and `file_modules` before it. At most
/// `memory_bytes` of it are kept in memory.
void stage_facts(const Session& session, std::size_t partitions, std::uint64_t memory_bytes,
                 const Interrupt& interrupt);

/// Makes the datasets out of `facts` and `scip_facts`, in order, each registered under its name,
/// and returns those that are published. Without `has_scip` nothing is done for SCIP: those are
/// empty.
std::vector<TableChange> make_datasets(const Session& session, std::uint64_t memory_bytes,
                                       bool has_scip, PhaseLog& log, const Interrupt& interrupt);

}  // namespace alluvium::code
