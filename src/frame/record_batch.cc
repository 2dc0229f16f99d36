#include "alluvium/frame/record_batch.h"

#include <nanoarrow/nanoarrow.h>

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"
#include "frame/record_batch_internal.h"

namespace alluvium {
namespace {

ArrowArray take(ArrowArray* source) {
  ArrowArray taken = *source;
  source->release = nullptr;
  return taken;
}

bool has_nulls(const ArrowArray& array) {
  if (array.null_count == 0 || array.n_buffers < 1 || array.buffers[0] == nullptr) return false;
  const auto* bits = static_cast<const std::uint8_t*>(array.buffers[0]);
  return ArrowBitCountSet(bits, array.offset, array.length) != array.length;
}

// What an exported array needs to live: the batch that owns the buffers, and the places of the
// array's own children. Each child has its own, since a consumer may move children out.
struct Shared {
  std::shared_ptr<const RecordBatch::Impl> batch;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
  ArrowArray dictionary;
};

void release_shared(ArrowArray* array) {
  for (int64_t i = 0; i < array->n_children; ++i) {
    ArrowArray* child = array->children[i];
    if (child->release != nullptr) child->release(child);
  }
  if (array->dictionary != nullptr && array->dictionary->release != nullptr) {
    array->dictionary->release(array->dictionary);
  }
  delete static_cast<Shared*>(array->private_data);
  array->release = nullptr;
}

// `out` is released whenever this throws.
void share(const ArrowArray& source, const std::shared_ptr<const RecordBatch::Impl>& batch,
           ArrowArray* out) {
  out->release = nullptr;
  auto shared = std::make_unique<Shared>();
  shared->batch = batch;
  const auto children = static_cast<std::size_t>(source.n_children);
  shared->children.resize(children);
  for (ArrowArray& child : shared->children) shared->child_pointers.push_back(&child);
  *out = source;
  out->children = children == 0 ? nullptr : shared->child_pointers.data();
  out->dictionary = source.dictionary == nullptr ? nullptr : &shared->dictionary;
  shared->dictionary.release = nullptr;
  out->private_data = shared.release();
  out->release = release_shared;
  try {
    for (std::size_t i = 0; i < children; ++i) share(*source.children[i], batch, out->children[i]);
    if (source.dictionary != nullptr) share(*source.dictionary, batch, out->dictionary);
  } catch (...) {
    release_shared(out);
    throw;
  }
}

}  // namespace

RecordBatch::Impl::Impl(ArrowArray* source, std::shared_ptr<const Schema> columns)
    : array(take(source)), schema(std::move(columns)) {
  try {
    if (array.release == nullptr) {
      throw Error(ErrorCode::InvalidArgument, "Arrow array: already released");
    }
    tree = ColumnTree(array, schema->fields);
    if (has_nulls(array)) {
      throw Error(ErrorCode::InvalidArgument,
                  "Arrow array: a record batch can't have null rows; it is a struct column");
    }
  } catch (...) {
    if (array.release != nullptr) array.release(&array);
    throw;
  }
}

RecordBatch::Impl::~Impl() {
  if (array.release != nullptr) array.release(&array);
}

RecordBatch make_batch(ArrowArray* array, std::shared_ptr<const Schema> schema) {
  return RecordBatch(std::make_shared<const RecordBatch::Impl>(array, std::move(schema)));
}

RecordBatch RecordBatch::import_from(ArrowArray* array, ArrowSchema* schema) {
  ArrowArray taken = take(array);
  try {
    return make_batch(&taken, std::make_shared<const Schema>(import_schema(schema)));
  } catch (...) {
    if (taken.release != nullptr) taken.release(&taken);
    throw;
  }
}

void RecordBatch::export_to(ArrowArray* array, ArrowSchema* schema) const {
  export_schema(*impl_->schema, schema);
  try {
    share(impl_->array, impl_, array);
  } catch (...) {
    schema->release(schema);
    throw;
  }
}

std::int64_t RecordBatch::row_count() const { return impl_->array.length; }

const Schema& RecordBatch::schema() const { return *impl_->schema; }

ColumnView RecordBatch::column(int index) const {
  if (index < 0 || static_cast<std::size_t>(index) >= impl_->schema->fields.size()) {
    throw Error(ErrorCode::NotFound,
                fmt::format("no column {} in a batch of {}", index, impl_->schema->fields.size()));
  }
  return ColumnView(impl_->tree.column(static_cast<std::size_t>(index)));
}

ColumnView RecordBatch::column(std::string_view name) const {
  const int index = impl_->schema->index_of(name);
  if (index < 0) {
    throw Error(ErrorCode::NotFound, fmt::format("no column `{}` in the batch", name));
  }
  return column(index);
}

struct RecordBatchBuilder::Impl {
  explicit Impl(Schema columns)
      : schema(std::make_shared<const Schema>(std::move(columns))), written(schema->fields) {
    writer.emplace(written);
  }
  std::shared_ptr<const Schema> schema;
  WriterSchema written;
  std::optional<ColumnWriter> writer;
};

RecordBatchBuilder::RecordBatchBuilder(Schema schema)
    : impl_(std::make_unique<Impl>(std::move(schema))) {}
RecordBatchBuilder::~RecordBatchBuilder() = default;
RecordBatchBuilder::RecordBatchBuilder(RecordBatchBuilder&&) noexcept = default;
RecordBatchBuilder& RecordBatchBuilder::operator=(RecordBatchBuilder&&) noexcept = default;

ColumnBuilder RecordBatchBuilder::column(int index) {
  if (index < 0 || static_cast<std::size_t>(index) >= impl_->schema->fields.size()) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("no column {} of {}", index, impl_->schema->fields.size()));
  }
  return impl_->writer->column(static_cast<std::size_t>(index));
}

RecordBatch RecordBatchBuilder::finish() {
  ArrowArray array;
  impl_->writer->finish(&array);
  RecordBatch batch = make_batch(&array, impl_->schema);
  impl_->writer.emplace(impl_->written);
  return batch;
}

}  // namespace alluvium
