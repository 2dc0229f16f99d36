#include "code/index/byte_batches.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"

namespace alluvium::code {
namespace {

constexpr std::int64_t kBatchBytes = 1 << 20;

struct RowPlace {
  const RecordBatch* batch;
  std::int64_t row;
  std::int64_t bytes;
};

enum class Kind { Text, Number, Truth };

Kind kind_of(const Field& field) {
  switch (field.type.id()) {
    case DataType::Id::Utf8:
    case DataType::Id::LargeUtf8:
    case DataType::Id::Utf8View:
      return Kind::Text;
    case DataType::Id::Int64:
      return Kind::Number;
    case DataType::Id::Bool:
      return Kind::Truth;
    default:
      throw Error(ErrorCode::Internal, "a list of files can't have the column `" + field.name +
                                           "` of type " + field.type.to_string());
  }
}

DataType type_of(Kind kind) {
  switch (kind) {
    case Kind::Text:
      return utf8();
    case Kind::Number:
      return int64();
    case Kind::Truth:
      return boolean();
  }
  return utf8();
}

/// Copies rows of one schema into batches.
class RowCopier {
 public:
  explicit RowCopier(const Schema& from) {
    for (const Field& field : from.fields) {
      kinds_.push_back(kind_of(field));
      schema_.fields.push_back({field.name, type_of(kinds_.back()), field.nullable});
    }
  }

  [[nodiscard]] const Schema& schema() const { return schema_; }

  void copy(const RowPlace& place, RecordBatchBuilder& to) const {
    for (int i = 0; i < static_cast<int>(kinds_.size()); ++i) {
      const ColumnView from = place.batch->column(i);
      ColumnBuilder column = to.column(i);
      if (from.is_null(place.row)) {
        column.append_null();
        continue;
      }
      switch (kinds_[static_cast<std::size_t>(i)]) {
        case Kind::Text:
          column.append(from.bytes(place.row));
          break;
        case Kind::Number:
          column.append(from.int64(place.row));
          break;
        case Kind::Truth:
          column.append(from.int64(place.row) != 0);
          break;
      }
    }
  }

 private:
  std::vector<Kind> kinds_;
  Schema schema_;
};

std::vector<RowPlace> very_large_first(const std::vector<RecordBatch>& files) {
  std::vector<RowPlace> places;
  for (const RecordBatch& batch : files) {
    const ColumnView sizes = batch.column("size_bytes");
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      places.push_back({&batch, row, sizes.int64(row)});
    }
  }
  std::stable_sort(places.begin(), places.end(), [](const RowPlace& a, const RowPlace& b) {
    return std::max(a.bytes, kBatchBytes) > std::max(b.bytes, kBatchBytes);
  });
  return places;
}

/// One partition while it is filled.
struct Partition {
  RecordBatchBuilder builder;
  std::vector<RecordBatch> batches = {};
  std::int64_t bytes = 0;
  std::int64_t batch_bytes = 0;
  bool has_rows = false;

  void end_batch() {
    if (has_rows) batches.push_back(builder.finish());
    has_rows = false;
    batch_bytes = 0;
  }
};

}  // namespace

void register_by_bytes(const Session& session, std::string_view name, const Schema& schema,
                       const std::vector<RecordBatch>& files, std::size_t partitions) {
  const RowCopier copier(schema);
  std::vector<Partition> filling;
  for (std::size_t i = 0; i < std::max<std::size_t>(partitions, 1); ++i) {
    filling.push_back({.builder = RecordBatchBuilder(copier.schema())});
  }
  for (const RowPlace& place : very_large_first(files)) {
    Partition& partition =
        *std::min_element(filling.begin(), filling.end(),
                          [](const Partition& a, const Partition& b) { return a.bytes < b.bytes; });
    copier.copy(place, partition.builder);
    partition.has_rows = true;
    partition.bytes += place.bytes;
    partition.batch_bytes += place.bytes;
    if (partition.batch_bytes >= kBatchBytes) partition.end_batch();
  }
  std::vector<std::vector<RecordBatch>> batches;
  for (Partition& partition : filling) {
    partition.end_batch();
    batches.push_back(std::move(partition.batches));
  }
  IoAdapter(session).register_record_batches(name, copier.schema(), std::move(batches));
}

}  // namespace alluvium::code
