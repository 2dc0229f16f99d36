#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "alluvium/code/lake.h"
#include "alluvium/session/session.h"

namespace alluvium::cli {

struct SessionOptions {
  std::uint64_t memory_limit = 0;  ///< 0 is the profile's own.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
};

/// The profile of all reading verbs: read-only and confined.
RuntimeProfile lake_profile(const SessionOptions& options = {});

/// Opens the session that all reading verbs ask: read-only and confined to the lake.
Session open_lake_session(const code::Lake& lake, const Interrupt& interrupt,
                          const SessionOptions& options = {});

}  // namespace alluvium::cli
