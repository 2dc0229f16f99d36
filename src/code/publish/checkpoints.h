#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// Versions of a lake's table after which its log gets a new checkpoint: what who opens the table
/// has to read beside that is about as many commits, however many there ever were.
inline constexpr std::int64_t kCheckpointInterval = 10;

/// Makes checkpoints of the tables that have gone `kCheckpointInterval` versions or more without
/// one, of those that a run pins (`pins`: versions by table), `repos` and `runs`. It makes a few at
/// most, of those that went longest, so that no run has to make those of all tables, whose versions
/// march in step; what is left is done by the next runs.
///
/// A checkpoint is upkeep: it changes no version, so it may hold commits that no run published, and
/// a table is as readable without it. So nothing that goes wrong here is an error, an interruption
/// neither. Of several processes that want to make some, one does; the others leave it at that.
///
/// The caller has a share of the lake. Thread-safety: from any thread.
void make_checkpoints(const Session& session, const LakeLayout& lake,
                      const std::map<std::string, std::int64_t>& pins, const Interrupt& interrupt);

}  // namespace alluvium::code
