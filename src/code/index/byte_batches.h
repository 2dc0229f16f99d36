#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "alluvium/session/session.h"

namespace alluvium::code {

/// Registers `files` as the table `name` in so many partitions that a plan that reads the files of
/// one batch at a time keeps all of them busy to the end: the largest files (by their column
/// `size_bytes`) come first, each in the partition with the fewest bytes so far, and a batch ends
/// at about 1 MiB of file content. Batches by rows would put all of a repository on one thread,
/// with all of its content in memory.
///
/// Columns are text, whole numbers or booleans. Errors: Internal for another type.
void register_by_bytes(const Session& session, std::string_view name,
                       const std::vector<RecordBatch>& files, std::size_t partitions);

}  // namespace alluvium::code
