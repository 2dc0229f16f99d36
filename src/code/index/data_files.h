#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/delta/provider.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/file_ids.h"

namespace alluvium::code {

/// The data files that a repository's rows of a table lie in, in the order of a column. Who writes
/// some of them again asks here into how many pieces: files that are filled up to a size once and
/// for all overflow with every row that is added, and each time leave a file of a few rows behind.
///
/// Thread-safety: a plain value.
class DataFiles {
 public:
  /// One data file.
  struct DataFile {
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::string first;  ///< What the column has from here,
    std::string last;   ///< to here.
  };

  explicit DataFiles(std::vector<DataFile> files);

  /// Those of `repo` in a table. Errors: as `delta::files`.
  static DataFiles of(const Session& session, const delta::ProviderRequest& table,
                      const std::string& repo, std::string_view ordered_by,
                      const Interrupt& interrupt);

  /// By how much a data file's usual size has to be multiplied, so that those that may have rows of
  /// `ids`, together with `more` rows, come out as alike pieces when they are written again. 1
  /// where there are none.
  [[nodiscard]] double piece(const FileIds& ids, std::int64_t more) const;

  /// Whether there are so many more than there need to be that all should be written again.
  /// `file_bytes` is about how many bytes one should have.
  [[nodiscard]] bool are_scattered(std::uint64_t file_bytes) const;

 private:
  std::vector<DataFile> files_;
  std::int64_t rows_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t usual_ = 0;  ///< The rows of the file that the middle row lies in.
};

}  // namespace alluvium::code
