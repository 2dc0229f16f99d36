#include <fmt/format.h>

#include <cerrno>
#include <new>
#include <string>
#include <utility>

#include "alluvium/error.h"
#include "error_internal.h"
#include "frame/arrow_schema_internal.h"
#include "frame/record_batch_internal.h"

namespace alluvium {
namespace {

// Batches in memory as an Arrow C stream.
struct Memory {
  Schema schema;
  std::vector<RecordBatch> batches;
  std::size_t next = 0;
  std::string last_error;
};

Memory& memory_of(ArrowArrayStream* stream) { return *static_cast<Memory*>(stream->private_data); }

// No exception may cross into the caller, which may be any language.
template <typename Action>
int guarded(ArrowArrayStream* stream, const Action& action) {
  try {
    action();
    return 0;
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  } catch (const std::exception& error) {
    try {
      memory_of(stream).last_error = error.what();
    } catch (...) {
      memory_of(stream).last_error.clear();
    }
    return EINVAL;
  }
}

int memory_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  return guarded(stream, [&] { export_schema(memory_of(stream).schema, out); });
}

int memory_next(ArrowArrayStream* stream, ArrowArray* out) {
  return guarded(stream, [&] {
    Memory& memory = memory_of(stream);
    out->release = nullptr;
    if (memory.next == memory.batches.size()) return;
    ArrowSchema schema;
    memory.batches[memory.next].export_to(out, &schema);
    schema.release(&schema);
    ++memory.next;
  });
}

const char* memory_last_error(ArrowArrayStream* stream) {
  const std::string& text = memory_of(stream).last_error;
  return text.empty() ? nullptr : text.c_str();
}

void memory_release(ArrowArrayStream* stream) {
  delete static_cast<Memory*>(stream->private_data);
  stream->release = nullptr;
}

[[noreturn]] void throw_stream_error(ArrowArrayStream& stream, int code) {
  const char* text = stream.get_last_error == nullptr ? nullptr : stream.get_last_error(&stream);
  if (text != nullptr && *text != '\0') throw decode_error(text, ErrorCode::Io);
  if (code == ENOMEM) throw Error(ErrorCode::ResourceExhausted, "an Arrow stream had no memory");
  if (code == ECANCELED) throw Error(ErrorCode::Cancelled, "an Arrow stream was cancelled");
  throw Error(ErrorCode::Io,
              fmt::format("an Arrow stream failed with code {} and no message", code));
}

}  // namespace

struct RecordBatchReader::Impl {
  // Takes over `source`, also when this throws.
  explicit Impl(ArrowArrayStream* source) : stream(*source) {
    source->release = nullptr;
    if (stream.release == nullptr) {
      throw Error(ErrorCode::InvalidArgument, "Arrow stream: already released");
    }
    try {
      SchemaExport place;
      if (const int code = stream.get_schema(&stream, place.get()); code != 0) {
        throw_stream_error(stream, code);
      }
      schema = std::make_shared<const Schema>(place.take());
    } catch (...) {
      stream.release(&stream);
      throw;
    }
  }
  ~Impl() {
    if (stream.release != nullptr) stream.release(&stream);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ArrowArrayStream stream;
  std::shared_ptr<const Schema> schema;
};

RecordBatchReader::RecordBatchReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordBatchReader::RecordBatchReader(RecordBatchReader&&) noexcept = default;
RecordBatchReader& RecordBatchReader::operator=(RecordBatchReader&&) noexcept = default;
RecordBatchReader::~RecordBatchReader() = default;

RecordBatchReader RecordBatchReader::import_from(ArrowArrayStream* stream) {
  return RecordBatchReader(std::make_unique<Impl>(stream));
}

RecordBatchReader RecordBatchReader::of(Schema schema, std::vector<RecordBatch> batches) {
  for (const RecordBatch& batch : batches) {
    if (batch.schema().fields != schema.fields) {
      throw Error(ErrorCode::SchemaMismatch,
                  fmt::format("batches of one stream have different schemas: expected\n{}but one "
                              "has\n{}",
                              schema.to_string(), batch.schema().to_string()));
    }
  }
  ArrowArrayStream stream;
  stream.private_data = new Memory{.schema = std::move(schema), .batches = std::move(batches)};
  stream.get_schema = memory_schema;
  stream.get_next = memory_next;
  stream.get_last_error = memory_last_error;
  stream.release = memory_release;
  return import_from(&stream);
}

const Schema& RecordBatchReader::schema() const {
  if (!impl_) throw Error(ErrorCode::InvalidArgument, "the reader was moved from");
  return *impl_->schema;
}

std::optional<RecordBatch> RecordBatchReader::next() {
  if (!impl_ || impl_->stream.release == nullptr) {
    throw Error(ErrorCode::InvalidArgument, "the reader was exported or moved from");
  }
  ArrowArray array;
  array.release = nullptr;
  if (const int code = impl_->stream.get_next(&impl_->stream, &array); code != 0) {
    throw_stream_error(impl_->stream, code);
  }
  if (array.release == nullptr) return std::nullopt;
  return make_batch(&array, impl_->schema);
}

std::vector<RecordBatch> RecordBatchReader::read_all() {
  std::vector<RecordBatch> batches;
  while (std::optional<RecordBatch> batch = next()) batches.push_back(*std::move(batch));
  return batches;
}

void RecordBatchReader::export_to(ArrowArrayStream* out) && {
  if (!impl_ || impl_->stream.release == nullptr) {
    throw Error(ErrorCode::InvalidArgument, "the reader was exported or moved from");
  }
  *out = impl_->stream;
  impl_->stream.release = nullptr;
}

}  // namespace alluvium
