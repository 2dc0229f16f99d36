#include "code/index/changed_files.h"

namespace alluvium::code {

PackedInterfaces::PackedInterfaces(const DataFrame& rows, const Interrupt& interrupt)
    : rows_(rows.select({"file_id", "interface"}).collect(interrupt)) {
  for (const RecordBatch& batch : rows_) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      if (batch.column(1).is_null(row)) continue;
      by_file_.emplace(batch.column(0).bytes(row), batch.column(1).bytes(row));
    }
  }
}

std::string_view PackedInterfaces::of(std::string_view file_id) const {
  const auto found = by_file_.find(file_id);
  return found == by_file_.end() ? std::string_view() : found->second;
}

DataFrame interfaces_now(const ChangedFiles& files, const FileIds& wanted) {
  return files.states.select({"file_id", "interface"})
      .filter(is_of("file_id", without(wanted, files.changed)))
      .union_by_name(files.interfaces.filter(is_of("file_id", wanted)));
}

}  // namespace alluvium::code
