#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/file_changes.h"
#include "code/index/phase_log.h"
#include "code/index/table_choice.h"
#include "code/index/table_commits.h"
#include "code/publish/lake_layout.h"
#include "code/repository/repository.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// What both ways of making a run's tables need. The tables of the listing must be registered.
struct TableBuild {
  const Session& session;
  const LakeLayout& lake;
  const Repository& repository;
  const ScipFile* scip;  ///< Null without an index.
  const Run& run;
  const TableChoice& choice;
  /// What the run starts from; null when nothing of it is to be looked at.
  const Run* before;
  std::size_t partitions;
  /// Bytes of staged rows that are kept in memory; beyond, they spill.
  std::uint64_t memory;
  /// Counts the files that are read.
  std::shared_ptr<const std::atomic<std::uint64_t>> files_read;
  PhaseLog& log;
  const Interrupt& interrupt;
};

/// The tables of a run.
struct BuiltTables {
  CommittedTables committed;
  std::uint64_t files_resolved = 0;  ///< Whose names were resolved.
};

/// Makes all tables that are chosen anew, from all files and the SCIP index, and commits them.
BuiltTables rebuild_tables(const TableBuild& build);

/// Whether `update_tables` can start from `before`: it has all that is kept for the next run.
bool can_update(const Run& before);

/// Brings the tables of the run before to the files as they are: reads and parses those that
/// changed, resolves names anew from what is kept of the others (of all files, or where that can be
/// told, of those that the changes can reach), reads also files whose references then mean
/// something else, and commits the rows of both. The result is that of `rebuild_tables`.
///
/// There must be no SCIP index. Throws `FilesChanged`.
BuiltTables update_tables(const TableBuild& build, const FileChanges& changes);

/// A file that had not changed when files were compared has when it is read. What was committed by
/// then is never published.
struct FilesChanged {};

}  // namespace alluvium::code
