#pragma once

#include <string>

#include "alluvium/frame/data_frame.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_pins.h"

namespace alluvium::code {

/// The rows of the lake's table `table` at its pins, of each repository at its own. Errors:
/// Corruption (a pinned version is not there), Unsupported (a newer format), Io.
DataFrame read_pinned(const Session& session, const LakeLayout& lake, const std::string& table,
                      const TablePins& pins, const Interrupt& interrupt);

}  // namespace alluvium::code
