#include "code/index/content_hashes.h"

namespace alluvium::code {

ContentHashes content_hashes(const DataFrame& rows, const Interrupt& interrupt) {
  ContentHashes hashes;
  for (const RecordBatch& batch : rows.select({"path", "content_hash"}).collect(interrupt)) {
    const ColumnView paths = batch.column("path");
    const ColumnView values = batch.column("content_hash");
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      hashes.insert_or_assign(std::string(paths.bytes(row)),
                              values.is_null(row) ? "" : std::string(values.bytes(row)));
    }
  }
  return hashes;
}

}  // namespace alluvium::code
