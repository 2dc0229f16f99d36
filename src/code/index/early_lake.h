#pragma once

#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/repos_table.h"
#include "code/publish/runs_table.h"

namespace alluvium::code {

/// What was read of a lake; where something is missing, it wasn't.
struct ReadLake {
  std::optional<Session> session;
  std::optional<std::vector<KnownRepository>> repositories;
  std::optional<PublishedRuns> runs;
};

/// Reads a lake that is there on a thread of its own, while the files are listed: neither waits for
/// the other. It writes nothing, and what it can't do it leaves undone, so that who needs it meets
/// the reason at the place where it matters.
///
/// Thread-safety: one thread at a time.
class EarlyLake {
 public:
  /// `open_session` is called on the thread. What it uses, `lake` and `interrupt` must outlive
  /// this.
  EarlyLake(const LakeLayout& lake, std::function<Session()> open_session,
            const Interrupt& interrupt);
  EarlyLake(const EarlyLake&) = delete;
  EarlyLake& operator=(const EarlyLake&) = delete;

  /// Waits until all is read, or can't be. To be called once.
  ReadLake take();

 private:
  ReadLake read_;
  std::jthread thread_;  // last: it fills the rest
};

}  // namespace alluvium::code
