#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/session/session.h"
#include "bridge/handles.h"

namespace alluvium {

/// What all copies of a session share.
struct Session::State {
  RuntimeProfile profile;
  std::vector<Plugin> plugins;
  /// The profile's and those of plug-ins.
  FunctionSet functions;
  bridge::SessionPtr session;
  /// The run that the session's commits belong to, where they name none.
  std::string run_id;

  /// Hashes of `information_schema`'s routines and parameters, kept after the first snapshot until
  /// a macro is made or dropped: reading them all takes many times longer than the rest of a
  /// snapshot.
  struct FunctionHashes {
    std::string routines;
    std::string parameters;
  };
  mutable std::mutex mutex;
  mutable std::optional<FunctionHashes> function_hashes;
};

}  // namespace alluvium
