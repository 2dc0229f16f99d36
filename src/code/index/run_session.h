#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "alluvium/code/index.h"
#include "alluvium/session/session.h"
#include "code/index/named_inputs.h"
#include "code/publish/lake_layout.h"
#include "code/repository/file_source.h"

namespace alluvium::code {

/// A session for the plans of one run: with the functions that read and parse `files`, each file
/// counted in `files_read`, and what `inputs` have, and confined to the folder of `lake`.
Session open_run_session(const IndexRequest& request, const NamedInputs& inputs,
                         const std::shared_ptr<const FileSource>& files, const LakeLayout& lake,
                         const std::shared_ptr<std::atomic<std::uint64_t>>& files_read);

}  // namespace alluvium::code
