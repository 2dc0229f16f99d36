#include "code/index/data_files.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "alluvium/delta/inspect.h"

namespace alluvium::code {
namespace {

/// A piece may turn out that much larger before it overflows.
constexpr double kSlack = 1.2;

/// As many files more than there need to be are no trouble yet.
constexpr std::size_t kFewFiles = 16;

}  // namespace

DataFiles::DataFiles(std::vector<DataFile> files) : files_(std::move(files)) {
  std::vector<std::int64_t> sizes;
  for (const DataFile& file : files_) {
    sizes.push_back(file.rows);
    rows_ += file.rows;
    bytes_ += file.bytes;
  }
  std::ranges::sort(sizes);
  // Small files are many, and have few of the rows.
  std::int64_t seen = 0;
  for (const std::int64_t size : sizes) {
    usual_ = size;
    seen += size;
    if (2 * seen >= rows_) break;
  }
}

DataFiles DataFiles::of(const Session& session, const delta::ProviderRequest& table,
                        const std::string& repo, std::string_view ordered_by,
                        const Interrupt& interrupt) {
  const std::string first = "min." + std::string(ordered_by);
  const std::string last = "max." + std::string(ordered_by);
  std::vector<DataFile> files;
  for (const RecordBatch& batch : delta::files(session, table, interrupt).collect(interrupt)) {
    const Schema& schema = batch.schema();
    const auto has = [&](std::string_view column) { return schema.index_of(column) >= 0; };
    if (!has("partition.repo") || !has("num_records") || !has("size_bytes") || !has(first) ||
        !has(last))
      continue;
    const ColumnView repos = batch.column("partition.repo");
    const ColumnView rows = batch.column("num_records");
    const ColumnView sizes = batch.column("size_bytes");
    const ColumnView firsts = batch.column(first);
    const ColumnView lasts = batch.column(last);
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      if (repos.is_null(row) || repos.bytes(row) != repo || rows.is_null(row) ||
          firsts.is_null(row) || lasts.is_null(row)) {
        continue;
      }
      files.push_back({.rows = rows.int64(row),
                       .bytes = sizes.int64(row),
                       .first = std::string(firsts.bytes(row)),
                       .last = std::string(lasts.bytes(row))});
    }
  }
  return DataFiles(std::move(files));
}

double DataFiles::piece(const FileIds& ids, std::int64_t more) const {
  if (usual_ == 0) return 1;
  const auto of = [&](std::int64_t rows) {
    const double files = static_cast<double>(rows) / static_cast<double>(usual_);
    return kSlack * files / std::max(1.0, std::round(files));
  };
  // Ranges overlap: it may be that only one of those whose range fits is written again.
  std::int64_t all = more;
  double piece = 1;
  for (const DataFile& file : files_) {
    const auto next = std::ranges::lower_bound(ids, file.first);
    if (next == ids.end() || *next > file.last) continue;
    all += file.rows;
    piece = std::max(piece, of(file.rows + more));
  }
  return std::max(piece, of(all));
}

bool DataFiles::are_scattered(std::uint64_t file_bytes) const {
  if (usual_ == 0) return false;
  // Of small ones alone a small one is the usual. (Full ones have a third of `file_bytes` or more:
  // the writer knows only about how much its rows will take.)
  const auto by_bytes = 4 * static_cast<std::uint64_t>(bytes_) / file_bytes + 1;
  const auto by_rows = static_cast<std::uint64_t>((rows_ + usual_ - 1) / usual_);
  return files_.size() > 2 * std::min(by_bytes, by_rows) + kFewFiles;
}

}  // namespace alluvium::code
