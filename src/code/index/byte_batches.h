#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "alluvium/session/session.h"

namespace alluvium::code {

/// Registers `files`, of `schema`, as the table `name` in so many partitions that a plan that reads
/// the files of one batch at a time keeps all of them busy: a file goes to the partition with the
/// fewest bytes (by its column `size_bytes`) so far, and a batch ends at about 1 MiB of file
/// content. Batches by rows would put all of a repository on one thread, with all of its content in
/// memory. Files keep their order, so that all partitions are at about the same place in it, but
/// for files larger than a batch: they come first, for none to be the last that is worked on.
///
/// Columns are text, whole numbers or booleans. Errors: Internal for another type.
void register_by_bytes(const Session& session, std::string_view name, const Schema& schema,
                       const std::vector<RecordBatch>& files, std::size_t partitions);

}  // namespace alluvium::code
