#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"
#include "code/index/file_ids.h"
#include "code/index/phase_log.h"

namespace alluvium::code {

/// Which changes can change the rows that a dataset has of a file.
enum class Reach {
  File,        ///< Of its bytes, path or module.
  Answers,     ///< Those, and of the answers to its questions (`lookups`).
  Repository,  ///< Of any file.
};

/// What a dataset's inputs make of it.
Reach reach_of(const Dataset& dataset);

/// Registers `file_modules`, of all files that are listed.
void register_modules(const Session& session, const Interrupt& interrupt);

/// Reads and parses each of the files once, or of those with the ids `files` if given, and returns
/// one row a file, with all that was found in it: repo, file_id, path, module, package, is_package,
/// source_root, size_bytes, language, content_hash (empty for a file that could not be read),
/// read_failure, f, and outcomes (what its own facts come to, packed: `file_outcomes.h`). Rows come
/// about in the order of their ids. At most `memory_bytes` of them are kept in memory. Reads
/// `file_modules`.
DataFrame read_facts(const Session& session, const std::optional<FileIds>& files,
                     std::size_t partitions, std::uint64_t memory_bytes,
                     const Interrupt& interrupt);

/// A stored dataset with its rows.
struct MadeDataset {
  const Dataset* dataset;
  DataFrame rows;
};

/// Makes `file_interfaces` (file_id, interface) of the table `facts` and registers it together with
/// `kept`: the rows of files that were not read. Returns those that it made.
DataFrame make_interfaces(const Session& session, const std::optional<DataFrame>& kept,
                          std::uint64_t memory_bytes, const Interrupt& interrupt);

/// Which stored datasets are made.
using DatasetChoice = std::function<bool(const Dataset&)>;
inline bool every_dataset(const Dataset& /*dataset*/) { return true; }

/// Makes the datasets of that reach, in order: what others read is registered under its name.
/// `file_modules` and `file_interfaces` must be there already, `facts` for all but
/// `Reach::Repository`, and what those make for `Reach::Answers`. Returns the stored ones that are
/// `wanted`; their rows are made when they are run, but for those that others read. Without
/// `has_scip` nothing is done for SCIP: those are empty.
std::vector<MadeDataset> make_datasets(const Session& session, Reach reach,
                                       std::uint64_t memory_bytes, bool has_scip,
                                       const DatasetChoice& wanted, PhaseLog& log,
                                       const Interrupt& interrupt);

}  // namespace alluvium::code
