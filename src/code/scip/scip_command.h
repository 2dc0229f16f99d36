#pragma once

#include <filesystem>
#include <string>

#include "alluvium/frame/interrupt.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// Runs `command` with the shell in `folder`, and opens the index that it writes to a temporary
/// file, which is gone after that: `{output}` in the command, and ALLUVIUM_SCIP_OUTPUT, name it.
/// The command has the rights and the environment of this program.
///
/// Errors: InvalidArgument (it fails, or writes nothing), Cancelled, and those of `ScipFile::open`.
ScipFile run_scip_command(const std::string& command, const std::filesystem::path& folder,
                          std::uint64_t max_bytes, const Interrupt& interrupt);

}  // namespace alluvium::code
