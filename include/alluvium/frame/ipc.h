#pragma once

#include "alluvium/frame/record_batch.h"

namespace alluvium {

/// How an Arrow IPC stream ended.
enum class IpcEnd {
  Complete,
  ClosedByReader,  ///< The other end of a pipe was closed before the last batch.
};

/// Writes what is left of `reader` to the file descriptor `descriptor` as an Arrow IPC stream
/// (uncompressed), batch by batch. `descriptor` stays open. The process should not die of SIGPIPE
/// if `ClosedByReader` is of interest.
///
/// Errors: those of reading; Io; Unsupported for a dictionary, view or run-end encoded column
/// (cast it to its plain type first), before anything is written.
IpcEnd write_ipc(RecordBatchReader reader, int descriptor);

}  // namespace alluvium
