#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "code/identity/file_outcomes.h"
#include "code/index/dataset_frames.h"
#include "code/index/file_ids.h"
#include "code/index/table_commits.h"

namespace alluvium::code {

/// All rows of a dataset, as the change of its table.
TableChange change_of(const MadeDataset& made);
std::vector<TableChange> changes_of(const std::vector<MadeDataset>& datasets);

/// What changes in the tables, by what each dataset has of each file in the run before and now.
///
/// It looks at both when it is asked, so neither may change until then. Thread-safety: const access
/// from many threads.
class OutcomeChanges {
 public:
  OutcomeChanges(const FileOutcomes& before, const FileOutcomes& now, const Run& run_before)
      : before_(before), now_(now), run_before_(run_before), differ_(differences(now, before)) {}

  /// The files of which something differs.
  [[nodiscard]] const FileIds& any() const { return differ_.any; }
  /// The files whose questions have other answers.
  [[nodiscard]] const FileIds& answered() const;
  [[nodiscard]] bool has(const Dataset& dataset) const { return !files(dataset).empty(); }

  /// The change of the files whose rows differ.
  [[nodiscard]] TableChange change(const MadeDataset& made) const;
  /// Those of the datasets that have some.
  [[nodiscard]] std::vector<TableChange> changes(const std::vector<MadeDataset>& datasets) const;

 private:
  [[nodiscard]] FileIds files(const Dataset& dataset) const;

  const FileOutcomes& before_;
  const FileOutcomes& now_;
  const Run& run_before_;
  const OutcomeDifferences differ_;
};

}  // namespace alluvium::code
