#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "alluvium/code/index.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/named_inputs.h"
#include "code/index/phase_log.h"
#include "code/index/table_choice.h"
#include "code/publish/lake_layout.h"
#include "code/repository/repository.h"

namespace alluvium::code {

/// Which files are opened to tell whether they are as the last run found them.
enum class FilesToOpen {
  InDoubt,  ///< Those of which the file system doesn't say so.
  All,
};

/// From which runs one may start that doesn't make all tables anew.
enum class StartingRun {
  Nearest,  ///< The last one, or an earlier one to whose files the files went back.
  Last,
};

/// How a run is attempted.
struct IndexAttempt {
  FilesToOpen files_to_open = FilesToOpen::InDoubt;
  StartingRun start = StartingRun::Nearest;
};

/// What a run is decided on and made from: what was asked for, the files as they are, and the lake
/// that they go to.
struct RunBasis {
  const IndexRequest& request;
  const TableChoice& choice;
  const NamedInputs& inputs;
  const Repository& repository;
  const std::string& repo;  ///< What `lake` calls it.
  const LakeLayout& lake;
  const Session& session;
  const IndexAttempt& attempt;
  /// Counts the files that are read.
  std::shared_ptr<const std::atomic<std::uint64_t>> files_read;
  PhaseLog& log;
  const Interrupt& interrupt;
};

}  // namespace alluvium::code
