#include "alluvium/frame/ipc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow_ipc.h>
#include <unistd.h>
#include <nanoarrow/nanoarrow.hpp>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/frame/arrow_c.h"

namespace alluvium {
namespace {

using ::testing::Property;
using ::testing::Throws;

Schema all_layouts() {
  return {{{"n", int64()},
           {"flag", boolean()},
           {"text", utf8()},
           {"list", list(int32())},
           {"pair", struct_({{"on", boolean()}, {"word", utf8()}})},
           {"none", null_type()}}};
}

// Every fifth row is null in all columns but `none`, which is null throughout.
RecordBatch make_rows(std::int64_t count) {
  RecordBatchBuilder builder(all_layouts());
  for (std::int64_t i = 0; i < count; ++i) {
    builder.column(5).append_null();
    if (i % 5 == 4) {
      for (int c = 0; c < 5; ++c) builder.column(c).append_null();
      continue;
    }
    builder.column(0).append(i);
    builder.column(1).append(i % 3 == 0);
    builder.column(2).append(std::string(static_cast<std::size_t>(i % 4), 'x'));
    for (std::int64_t j = 0; j < i % 3; ++j) builder.column(3).child(0).append(i * 10 + j);
    builder.column(3).finish_element();
    builder.column(4).child(0).append(i % 2 == 0);
    builder.column(4).child(1).append(std::to_string(i));
    builder.column(4).finish_element();
  }
  return builder.finish();
}

// The rows from `start`, sharing the buffers: the batch has an offset, as slices of engines do.
RecordBatch sliced(const RecordBatch& batch, std::int64_t start, std::int64_t length) {
  nanoarrow::UniqueArray array;
  nanoarrow::UniqueSchema schema;
  batch.export_to(array.get(), schema.get());
  array->offset = start;
  array->length = length;
  return RecordBatch::import_from(array.get(), schema.get());
}

std::string describe(const RecordBatch& batch) {
  std::string out;
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    if (batch.column(0).is_null(row)) {
      out += "null;";
      continue;
    }
    out += std::to_string(batch.column(0).int64(row)) + (batch.column(1).int64(row) ? "t" : "f");
    out += batch.column(2).bytes(row);
    const auto [begin, end] = batch.column(3).list_range(row);
    for (auto i = begin; i < end; ++i) {
      out += "," + std::to_string(batch.column(3).child(0).int64(i));
    }
    out += batch.column(4).child(0).int64(row) ? "T" : "F";
    out += batch.column(4).child(1).bytes(row);
    out += ";";
  }
  return out;
}

std::FILE* open_scratch() {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) throw std::runtime_error("no scratch file");
  return file;
}

// NOLINTBEGIN(clang-analyzer-unix.Stream): the reader closes the file.
std::vector<RecordBatch> through_ipc(const std::vector<RecordBatch>& batches) {
  std::FILE* const file = open_scratch();
  EXPECT_EQ(write_ipc(RecordBatchReader::of(batches.front().schema(), batches), ::fileno(file)),
            IpcEnd::Complete);
  EXPECT_EQ(std::fseek(file, 0, SEEK_SET), 0);
  ArrowIpcInputStream input;
  EXPECT_EQ(ArrowIpcInputStreamInitFile(&input, file, /*close_on_release=*/1), NANOARROW_OK);
  ArrowArrayStream stream;
  EXPECT_EQ(ArrowIpcArrayStreamReaderInit(&stream, &input, nullptr), NANOARROW_OK);
  return RecordBatchReader::import_from(&stream).read_all();
}
// NOLINTEND(clang-analyzer-unix.Stream)

TEST(IpcTest, WholeBatchesComeBackAsTheyWere) {
  const RecordBatch first = make_rows(20);
  const RecordBatch second = make_rows(1);
  const auto read = through_ipc({first, second});
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].schema().fields, first.schema().fields);
  EXPECT_EQ(describe(read[0]), describe(first));
  EXPECT_EQ(describe(read[1]), describe(second));
}

TEST(IpcTest, SlicesComeBackAsTheirRows) {
  const RecordBatch whole = make_rows(64);
  for (const std::int64_t start : {0, 1, 3, 8, 9, 16, 63}) {
    for (const std::int64_t length : {0, 1, 7, 8, 20}) {
      if (start + length > 64) continue;
      const RecordBatch slice = sliced(whole, start, length);
      const auto read = through_ipc({slice});
      ASSERT_EQ(read.size(), 1U) << start << "+" << length;
      EXPECT_EQ(describe(read[0]), describe(slice)) << start << "+" << length;
    }
  }
}

TEST(IpcTest, NoBatchesIsStillAStream) {
  std::FILE* const file = open_scratch();
  EXPECT_EQ(write_ipc(RecordBatchReader::of(all_layouts(), {}), ::fileno(file)), IpcEnd::Complete);
  EXPECT_GT(::lseek(::fileno(file), 0, SEEK_END), 8);
  std::fclose(file);
}

TEST(IpcTest, AClosedPipeEndsTheWritingQuietly) {
  std::signal(SIGPIPE, SIG_IGN);
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  ::close(pipe[0]);
  EXPECT_EQ(write_ipc(RecordBatchReader::of(all_layouts(), {make_rows(10)}), pipe[1]),
            IpcEnd::ClosedByReader);
  ::close(pipe[1]);
}

TEST(IpcTest, AnUnwritableDescriptorIsAnIoError) {
  EXPECT_THAT([] { write_ipc(RecordBatchReader::of(all_layouts(), {make_rows(1)}), -1); },
              Throws<Error>(Property(&Error::code, ErrorCode::Io)));
}

TEST(IpcTest, RefusesViewsBeforeItWrites) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const Schema schema{{{"v", list(utf8_view())}}};
  EXPECT_THAT([&] { write_ipc(RecordBatchReader::of(schema, {}), pipe[1]); },
              Throws<Error>(Property(&Error::code, ErrorCode::Unsupported)));
  ::close(pipe[1]);
  char byte = 0;
  EXPECT_EQ(::read(pipe[0], &byte, 1), 0);
  ::close(pipe[0]);
}

}  // namespace
}  // namespace alluvium
