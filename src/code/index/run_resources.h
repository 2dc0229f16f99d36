#pragma once

#include <cstddef>
#include <cstdint>

#include "alluvium/code/index.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// Into how many parts a run's plans are split: as many as the request says, else one a processor.
std::size_t partitions_of(const IndexRequest& request);

/// Bytes of staged rows that a run keeps in memory for each of its large stages; beyond, they
/// spill. `scip`, which may be null, has stages of its own.
std::uint64_t stage_memory(const IndexRequest& request, const ScipFile* scip);

}  // namespace alluvium::code
