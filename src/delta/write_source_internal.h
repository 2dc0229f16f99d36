#pragma once

#include <string>

#include "alluvium/delta/write.h"
#include "delta/commit_protocol_internal.h"

namespace alluvium::delta {

/// The frame of an attempt. Errors: InvalidArgument for an empty callable.
DataFrame plan_source(const WriteSource& source, const Session& session);

/// Whether the frame reads the table.
bool reads_table(const DataFrame& frame, const std::string& table_uri);

/// Throws CommitConflict when a ready-made frame reads the target at an older version than the one
/// that the change is about to follow: what it computed is out of date already. (A callable may
/// read an old version on purpose.)
void check_current(const WriteSource& source, const DataFrame& frame, const std::string& table_uri,
                   const TableState& state);

/// Throws CommitConflict when a source that lost against another writer can't be planned again: a
/// frame that reads the target, or a stream.
void check_replannable(const WriteSource& source, const Plan& plan, const std::string& table_uri,
                       const Error& conflict);

}  // namespace alluvium::delta
