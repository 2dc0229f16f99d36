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
/// size_bytes, content_hash, f; the hash is empty for a file that could not be read) by reading and
/// parsing each file of `listing` once, and `file_modules` before it. At most `memory_bytes` of it
/// are kept in memory.
void stage_facts(const Session& session, std::size_t partitions, std::uint64_t memory_bytes,
                 const Interrupt& interrupt);

/// Makes the datasets out of `facts`, in order, each registered under its name, and returns those
/// that are published.
std::vector<TableChange> make_datasets(const Session& session, std::uint64_t memory_bytes,
                                       PhaseLog& log, const Interrupt& interrupt);

}  // namespace alluvium::code
