#pragma once

#include "delta/commit_protocol_internal.h"

namespace alluvium::delta {

/// Does what the maintenance policy asks for after the commit of `report`, and adds to that what
/// came of it. Throws nothing: the commit stands.
void follow_up(const Session& session, const Target& target, CommitReport& report,
               const Interrupt& interrupt);

}  // namespace alluvium::delta
