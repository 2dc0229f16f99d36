#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"

struct ArrowArray;
struct ArrowArrayStream;
struct ArrowSchema;

namespace alluvium {

/// Some rows of a schema: one Arrow struct array, owned. A cheap handle that shares its buffers.
///
/// Thread-safety: immutable.
class RecordBatch {
 public:
  struct Impl;

  /// Takes over `array` and `schema` (both are marked released), which describe a struct array.
  /// Errors: InvalidArgument when either is already released or they don't fit each other.
  static RecordBatch import_from(ArrowArray* array, ArrowSchema* schema);

  /// Writes the batch to `array` and `schema` for any Arrow library; the buffers are shared and
  /// live until both sides have released them.
  void export_to(ArrowArray* array, ArrowSchema* schema) const;

  [[nodiscard]] std::int64_t row_count() const;
  [[nodiscard]] const Schema& schema() const;
  /// The column at `index`; valid while this batch or a copy of it lives.
  [[nodiscard]] ColumnView column(int index) const;
  /// The column called `name`. Errors: NotFound.
  [[nodiscard]] ColumnView column(std::string_view name) const;

  explicit RecordBatch(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Builds a record batch column by column, for data that starts in C++.
///
/// Thread-safety: one thread at a time.
class RecordBatchBuilder {
 public:
  explicit RecordBatchBuilder(Schema schema);
  ~RecordBatchBuilder();
  RecordBatchBuilder(RecordBatchBuilder&&) noexcept;
  RecordBatchBuilder& operator=(RecordBatchBuilder&&) noexcept;

  [[nodiscard]] ColumnBuilder column(int index);
  /// Returns the rows so far and starts anew. Errors: InvalidArgument when columns differ in
  /// length.
  RecordBatch finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A stream of record batches: move-only, read once.
///
/// Errors while reading are `Error`s. Dropping a reader half-read cancels what feeds it.
/// Thread-safety: one thread at a time.
class RecordBatchReader {
 public:
  /// Takes over `stream` (it is marked released).
  static RecordBatchReader import_from(ArrowArrayStream* stream);
  /// Makes a reader of `batches`, all of one schema.
  static RecordBatchReader of(Schema schema, std::vector<RecordBatch> batches);

  RecordBatchReader(RecordBatchReader&&) noexcept;
  RecordBatchReader& operator=(RecordBatchReader&&) noexcept;
  ~RecordBatchReader();

  [[nodiscard]] const Schema& schema() const;
  /// Returns the next batch, or nothing at the end.
  std::optional<RecordBatch> next();
  /// Reads to the end.
  std::vector<RecordBatch> read_all();
  /// Moves the stream to `out` for any Arrow library; nothing is copied, and this reader is spent.
  void export_to(ArrowArrayStream* out) &&;

 private:
  struct Impl;
  explicit RecordBatchReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace alluvium
