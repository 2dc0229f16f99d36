#include "code/index/run_resources.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace alluvium::code {
namespace {

std::uint64_t memory_of_stages(const IndexRequest& request) {
  if (request.memory_limit > 0) return request.memory_limit / 2;
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)) / 4;
}

}  // namespace

std::size_t partitions_of(const IndexRequest& request) {
  if (request.target_partitions > 0) return request.target_partitions;
  return std::max(1U, std::thread::hardware_concurrency());
}

std::uint64_t stage_memory(const IndexRequest& request, const ScipFile* scip) {
  // With an index there are three large stages: what it says, its symbols, and the files' facts.
  return memory_of_stages(request) / (scip == nullptr ? 1 : 3);
}

}  // namespace alluvium::code
