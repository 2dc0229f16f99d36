#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// The rows of a dataset in batches, appended column by column.
///
/// Thread-safety: one thread at a time.
class ResolvedRows {
 public:
  explicit ResolvedRows(Schema schema) : builder_(std::move(schema)) {}

  ResolvedRows& add(std::optional<std::string_view> text) {
    ColumnBuilder column = next();
    text ? column.append(*text) : column.append_null();
    return *this;
  }
  ResolvedRows& add_id(std::optional<StableId> id) {
    ColumnBuilder column = next();
    id ? column.append(id->digits().view()) : column.append_null();
    return *this;
  }
  ResolvedRows& add_number(std::int64_t number) {
    next().append(number);
    return *this;
  }
  ResolvedRows& add_real(double number) {
    next().append(number);
    return *this;
  }
  ResolvedRows& add_flag(bool flag) {
    next().append(flag);
    return *this;
  }
  void end_row() {
    column_ = 0;
    if (++rows_ % kBatchRows == 0) batches_.push_back(builder_.finish());
  }
  std::vector<RecordBatch> finish() {
    batches_.push_back(builder_.finish());
    return std::move(batches_);
  }

 private:
  static constexpr std::size_t kBatchRows = 8192;

  ColumnBuilder next() { return builder_.column(column_++); }

  RecordBatchBuilder builder_;
  std::vector<RecordBatch> batches_;
  std::size_t rows_ = 0;
  int column_ = 0;
};

}  // namespace alluvium::code
