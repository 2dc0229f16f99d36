#include "alluvium/frame/ipc.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow_ipc.h>
#include <unistd.h>
#include <nanoarrow/nanoarrow.hpp>

#include <cerrno>
#include <cstring>
#include <deque>
#include <string>
#include <system_error>
#include <vector>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"

namespace alluvium {
namespace {

void require_plain(const DataType& type, const std::string& column) {
  switch (type.id()) {
    case DataType::Id::Utf8View:
    case DataType::Id::BinaryView:
    case DataType::Id::Dictionary:
    case DataType::Id::Other:
      throw Error(ErrorCode::Unsupported,
                  fmt::format("column {}: a value of type {} can't be written as Arrow IPC", column,
                              type.to_string()),
                  false, {{"hint", "cast it to a plain type"}, {"column", column}});
    default:
      for (const Field& child : type.children()) require_plain(child.type, column);
  }
}

// nanoarrow's writer takes no array with an offset, which slices have. This moves the start of
// each buffer instead, and copies only bits that start within a byte.
class Settled {
 public:
  explicit Settled(ArrowArrayView* view) { settle(view, 0, view->length); }

 private:
  void settle(ArrowArrayView* view, std::int64_t skip, std::int64_t length) {
    const std::int64_t start = view->offset + skip;
    const bool same_rows = start == 0 && length == view->length;
    if (!same_rows) {
      for (int i = 0; i < NANOARROW_MAX_FIXED_BUFFERS; ++i) move_buffer(view, i, start, length);
      view->offset = 0;
      view->length = length;
    }
    if (view->null_count > 0 && !same_rows) view->null_count = -1;
    if (view->null_count < 0) view->null_count = ArrowArrayViewComputeNullCount(view);
    for (std::int64_t i = 0; i < view->n_children; ++i) {
      ArrowArrayView* child = view->children[i];
      if (view->storage_type == NANOARROW_TYPE_STRUCT) {
        settle(child, start, length);
      } else if (view->storage_type == NANOARROW_TYPE_FIXED_SIZE_LIST) {
        const std::int64_t size = view->layout.child_size_elements;
        settle(child, start * size, length * size);
      } else {
        settle(child, 0, child->length);
      }
    }
  }

  void move_buffer(ArrowArrayView* view, int index, std::int64_t start, std::int64_t length) {
    ArrowBufferView& buffer = view->buffer_views[index];
    const std::int64_t bits = view->layout.element_size_bits[index];
    if (buffer.data.data == nullptr || buffer.size_bytes == 0 || bits == 0) return;
    if (bits == 1) {
      move_bits(buffer, start, length);
      return;
    }
    const bool offsets = view->layout.buffer_type[index] == NANOARROW_BUFFER_TYPE_DATA_OFFSET;
    buffer.data.as_uint8 += start * bits / 8;
    buffer.size_bytes = (length + (offsets ? 1 : 0)) * bits / 8;
  }

  void move_bits(ArrowBufferView& buffer, std::int64_t start, std::int64_t length) {
    const std::int64_t bytes = (length + 7) / 8;
    if (start % 8 != 0) {
      std::vector<std::uint8_t>& copy = copies_.emplace_back(static_cast<std::size_t>(bytes));
      for (std::int64_t i = 0; i < length; ++i) {
        if (ArrowBitGet(buffer.data.as_uint8, start + i) != 0) ArrowBitSet(copy.data(), i);
      }
      buffer.data.as_uint8 = copy.data();
    } else {
      buffer.data.as_uint8 += start / 8;
    }
    buffer.size_bytes = bytes;
  }

  std::deque<std::vector<std::uint8_t>> copies_;
};

ArrowErrorCode write_to_descriptor(ArrowIpcOutputStream* stream, const void* data,
                                   std::int64_t size, std::int64_t* written, ArrowError*) {
  const int descriptor = *static_cast<const int*>(stream->private_data);
  ssize_t count = 0;
  do {
    count = ::write(descriptor, data, static_cast<std::size_t>(size));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return errno;
  *written = count;
  return NANOARROW_OK;
}

void release_nothing(ArrowIpcOutputStream* stream) { stream->release = nullptr; }

struct ClosedByReader {};

// Ends the writer's state with the scope.
struct Writer {
  explicit Writer(int* descriptor) {
    ArrowIpcOutputStream stream{write_to_descriptor, release_nothing, descriptor};
    check(ArrowIpcWriterInit(&writer, &stream), nullptr);
  }
  ~Writer() { ArrowIpcWriterReset(&writer); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  static void check(ArrowErrorCode code, const ArrowError* error) {
    if (code == NANOARROW_OK) return;
    if (code == EPIPE) throw ClosedByReader{};
    const bool told = error != nullptr && error->message[0] != '\0';
    if (code == ENOTSUP || code == EINVAL) {
      throw Error(ErrorCode::Unsupported,
                  fmt::format("can't write as Arrow IPC: {}", told ? error->message : "its type"));
    }
    if (code == ENOMEM) throw Error(ErrorCode::ResourceExhausted, "out of memory");
    throw Error(ErrorCode::Io, fmt::format("can't write an Arrow IPC stream: {}",
                                           std::generic_category().message(code)));
  }

  ArrowIpcWriter writer{};
};

}  // namespace

IpcEnd write_ipc(RecordBatchReader reader, int descriptor) {
  for (const Field& field : reader.schema().fields) require_plain(field.type, field.name);
  ArrowError error{};
  Writer writer(&descriptor);
  try {
    nanoarrow::UniqueSchema schema;
    nanoarrow::UniqueArrayView view;
    export_schema(reader.schema(), schema.get());
    Writer::check(ArrowIpcWriterWriteSchema(&writer.writer, schema.get(), &error), &error);
    Writer::check(ArrowArrayViewInitFromSchema(view.get(), schema.get(), &error), &error);
    while (const auto batch = reader.next()) {
      nanoarrow::UniqueArray array;
      nanoarrow::UniqueSchema same;
      batch->export_to(array.get(), same.get());
      Writer::check(ArrowArrayViewSetArray(view.get(), array.get(), &error), &error);
      const Settled settled(view.get());
      Writer::check(ArrowIpcWriterWriteArrayView(&writer.writer, view.get(), &error), &error);
    }
    Writer::check(ArrowIpcWriterWriteArrayView(&writer.writer, nullptr, &error), &error);
  } catch (const ClosedByReader&) {
    return IpcEnd::ClosedByReader;
  }
  return IpcEnd::Complete;
}

}  // namespace alluvium
