#include "alluvium/frame/record_batch.h"

#include <gtest/gtest.h>

#include <nanoarrow/nanoarrow.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"

namespace alluvium {
namespace {

template <typename Action>
ErrorCode code_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::Internal;
}

Schema two_columns() {
  return {.fields = {{.name = "n", .type = int64()}, {.name = "s", .type = utf8()}}};
}

RecordBatch numbers(std::int64_t begin, std::int64_t end) {
  RecordBatchBuilder builder(two_columns());
  for (std::int64_t i = begin; i < end; ++i) {
    if (i % 3 == 0) {
      builder.column(0).append_null();
    } else {
      builder.column(0).append(i);
    }
    builder.column(1).append("text " + std::to_string(i));
  }
  return builder.finish();
}

TEST(RecordBatch, BuildsDecimalsAndStructsInBulk) {
  RecordBatchBuilder builder(
      {.fields = {{.name = "d", .type = decimal128(20, 2)},
                  {.name = "s", .type = struct_({{.name = "a", .type = int64()}})}}});
  const std::string storage("\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x7f", 16);
  builder.column(0).append(storage);
  builder.column(0).append_null();
  builder.column(0).append(storage);
  Validity validity(3);
  validity.set_null(1);
  auto* const values = builder.column(1).child(0).extend<std::int64_t>(Validity(3));
  std::iota(values, values + 3, 7);
  builder.column(1).finish_elements(validity);
  const RecordBatch batch = builder.finish();
  EXPECT_EQ(batch.column(0).bytes(0), storage);
  EXPECT_TRUE(batch.column(0).is_null(1));
  EXPECT_EQ(batch.column(0).bytes(2), storage);
  EXPECT_TRUE(batch.column(1).is_null(1));
  EXPECT_EQ(batch.column(1).child(0).int64(2), 9);
  EXPECT_EQ(batch.column(1).type().children().at(0).name, "a");
}

TEST(RecordBatch, BuildsListsInBulk) {
  RecordBatchBuilder builder({.fields = {{.name = "l", .type = list(int64())}}});
  ColumnBuilder column = builder.column(0);
  column.child(0).append(std::int64_t{1});
  column.finish_element();
  auto* const items = column.child(0).extend<std::int64_t>(Validity(3));
  std::iota(items, items + 3, 2);
  const std::vector<std::int32_t> lengths = {0, 2, 1};
  column.finish_lists(lengths);
  column.append_null();
  column.child(0).append(std::int64_t{5});
  EXPECT_EQ(code_of([&] { column.finish_lists(lengths); }), ErrorCode::InvalidArgument);
  column.finish_element();
  const RecordBatch batch = builder.finish();
  ASSERT_EQ(batch.row_count(), 6);
  std::vector<std::int64_t> ends;
  for (std::int64_t row = 0; row < 6; ++row) ends.push_back(batch.column(0).list_range(row).end);
  EXPECT_EQ(ends, (std::vector<std::int64_t>{1, 1, 3, 4, 4, 5}));
  EXPECT_TRUE(batch.column(0).is_null(4));
  EXPECT_EQ(batch.column(0).child(0).int64(3), 4);
}

TEST(RecordBatchBuilder, BuildsAndStartsAnew) {
  RecordBatchBuilder builder(two_columns());
  for (int round = 0; round < 2; ++round) {
    builder.column(0).append(std::int64_t{7});
    builder.column(1).append("seven");
    const RecordBatch batch = builder.finish();
    EXPECT_EQ(batch.row_count(), 1);
    EXPECT_EQ(batch.column("n").int64(0), 7);
    EXPECT_EQ(batch.column("s").bytes(0), "seven");
  }
  EXPECT_EQ(builder.finish().row_count(), 0);
}

TEST(RecordBatchBuilder, TellsMistakes) {
  const auto build = [](const DataType& type, const auto& append, bool nullable = true) {
    return code_of([&] {
      RecordBatchBuilder builder({.fields = {{.name = "c", .type = type, .nullable = nullable}}});
      append(builder.column(0));
      builder.finish();
    });
  };
  EXPECT_EQ(build(int8(), [](ColumnBuilder c) { c.append(128); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(uint8(), [](ColumnBuilder c) { c.append(-1); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(int8(), [](ColumnBuilder c) { c.append(true); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(int8(), [](ColumnBuilder c) { c.append(1.5); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(int8(), [](ColumnBuilder c) { c.append("1"); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(utf8(), [](ColumnBuilder c) { c.append("\xc3"); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(DataType("w:2"), [](ColumnBuilder c) { c.append("abc"); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(
      build(int8(), [](ColumnBuilder c) { c.append_null(); }, false), ErrorCode::InvalidArgument);
  EXPECT_EQ(build(list(int8()), [](ColumnBuilder c) { c.child(0).append(1); }),
            ErrorCode::InvalidArgument)
      << "an item of no list";
  EXPECT_EQ(build(list(int8()),
                  [](ColumnBuilder c) {
                    c.child(0).append(1);
                    c.append_null();
                  }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(build(list(int8()), [](ColumnBuilder c) { (void)c.child(1); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(build(struct_({{.name = "a", .type = int8()}, {.name = "b", .type = int8()}}),
                  [](ColumnBuilder c) {
                    c.child(0).append(1);
                    c.finish_element();
                  }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(build(decimal128(5, 2), [](ColumnBuilder c) { c.append(1); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(build(decimal128(5, 2), [](ColumnBuilder c) { c.append("short"); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(build(DataType("tiM"), [](ColumnBuilder c) { c.append(1); }), ErrorCode::Unsupported);
  EXPECT_EQ(code_of([] {
              RecordBatchBuilder builder(two_columns());
              builder.column(0).append(1);
              builder.finish();
            }),
            ErrorCode::InvalidArgument)
      << "columns of different length";
}

TEST(RecordBatchBuilder, BuildsEveryScalarType) {
  const std::vector<DataType> integers = {int8(),          int16(),
                                          int32(),         int64(),
                                          uint8(),         uint16(),
                                          uint32(),        uint64(),
                                          date32(),        DataType("tdm"),
                                          DataType("tts"), DataType("ttn"),
                                          DataType("tDu"), timestamp(TimeUnit::Micro, "UTC")};
  for (const DataType& type : integers) {
    RecordBatchBuilder builder({.fields = {{.name = "c", .type = type}}});
    builder.column(0).append(100);
    builder.column(0).append_null();
    const RecordBatch batch = builder.finish();
    EXPECT_EQ(batch.column(0).int64(0), 100) << type.to_string();
    EXPECT_FALSE(batch.column(0).is_null(0));
    EXPECT_TRUE(batch.column(0).is_null(1));
    EXPECT_DOUBLE_EQ(batch.column(0).float64(0), 100);
  }
  for (const DataType& type : {DataType("e"), float32(), float64()}) {
    RecordBatchBuilder builder({.fields = {{.name = "c", .type = type}}});
    builder.column(0).append(0.5);
    builder.column(0).append(2);
    const RecordBatch batch = builder.finish();
    EXPECT_DOUBLE_EQ(batch.column(0).float64(0), 0.5) << type.to_string();
    EXPECT_DOUBLE_EQ(batch.column(0).float64(1), 2);
  }
  const std::string_view texts[] = {"", "short", "longer than twelve bytes"};
  for (const DataType& type :
       {utf8(), DataType("U"), utf8_view(), binary(), DataType("Z"), DataType("vz")}) {
    RecordBatchBuilder builder({.fields = {{.name = "c", .type = type}}});
    for (const std::string_view text : texts) builder.column(0).append(text);
    builder.column(0).append(std::string_view());
    const RecordBatch batch = builder.finish();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(batch.column(0).bytes(i), texts[i]) << type.to_string();
    EXPECT_EQ(batch.column(0).bytes(3), "");
  }
  RecordBatchBuilder builder({.fields = {{.name = "b", .type = boolean()},
                                         {.name = "w", .type = DataType("w:2")},
                                         {.name = "0", .type = null_type()}}});
  builder.column(0).append(true);
  builder.column(0).append(false);
  builder.column(1).append("ab");
  builder.column(1).append("cd");
  builder.column(2).append_null();
  builder.column(2).append_null();
  const RecordBatch batch = builder.finish();
  EXPECT_EQ(batch.column(0).int64(0), 1);
  EXPECT_EQ(batch.column(0).int64(1), 0);
  EXPECT_EQ(batch.column(1).bytes(1), "cd");
  EXPECT_TRUE(batch.column(2).is_null(1));
}

TEST(RecordBatchBuilder, BuildsNestedValues) {
  const DataType fact =
      struct_({{.name = "name", .type = utf8()}, {.name = "at", .type = int64()}});
  RecordBatchBuilder builder({.fields = {{.name = "facts", .type = list(fact)}}});
  ColumnBuilder facts = builder.column(0);
  const auto add = [&](std::string_view name, std::int64_t at) {
    facts.child(0).child(0).append(name);
    facts.child(0).child(1).append(at);
    facts.child(0).finish_element();
  };
  add("a", 1);
  add("b", 2);
  facts.finish_element();
  facts.append_null();
  facts.finish_element();
  facts.child(0).append_null();
  add("c", 3);
  facts.finish_element();
  const RecordBatch batch = builder.finish();
  const ColumnView column = batch.column(0);
  ASSERT_EQ(column.length(), 4);
  EXPECT_EQ(column.child_count(), 1);
  EXPECT_EQ(column.child(0).child_count(), 2);
  EXPECT_EQ(column.list_range(0).begin, 0);
  EXPECT_EQ(column.list_range(0).end, 2);
  EXPECT_TRUE(column.is_null(1));
  EXPECT_EQ(column.list_range(2).begin, column.list_range(2).end);
  const auto [begin, end] = column.list_range(3);
  ASSERT_EQ(end - begin, 2);
  EXPECT_TRUE(column.child(0).is_null(begin));
  EXPECT_EQ(column.child(0).child(0).bytes(begin + 1), "c");
  EXPECT_EQ(column.child(0).child(1).int64(begin + 1), 3);
}

TEST(RecordBatch, GoesOutAndComesBack) {
  ArrowArray array;
  ArrowSchema schema;
  {
    const RecordBatch batch = numbers(0, 10);
    batch.export_to(&array, &schema);
  }
  const RecordBatch back = RecordBatch::import_from(&array, &schema);
  EXPECT_EQ(array.release, nullptr);
  EXPECT_EQ(schema.release, nullptr);
  EXPECT_EQ(back.schema(), two_columns());
  EXPECT_EQ(back.row_count(), 10);
  EXPECT_TRUE(back.column(0).is_null(3));
  EXPECT_EQ(back.column(1).bytes(9), "text 9");
}

TEST(RecordBatch, IsReadByNanoarrow) {
  ArrowArray array;
  ArrowSchema schema;
  numbers(0, 10).export_to(&array, &schema);
  ArrowArrayView view;
  ASSERT_EQ(ArrowArrayViewInitFromSchema(&view, &schema, nullptr), NANOARROW_OK);
  ASSERT_EQ(ArrowArrayViewSetArray(&view, &array, nullptr), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayViewValidate(&view, NANOARROW_VALIDATION_LEVEL_FULL, nullptr), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayViewGetIntUnsafe(view.children[0], 4), 4);
  ArrowArrayViewReset(&view);
  // A child that was moved out lives on without its parent.
  ArrowArray child;
  ArrowArrayMove(array.children[1], &child);
  array.release(&array);
  EXPECT_EQ(child.length, 10);
  child.release(&child);
  schema.release(&schema);
}

TEST(RecordBatch, ReadsSlicedArrays) {
  ArrowArray array;
  ArrowSchema schema;
  numbers(0, 10).export_to(&array, &schema);
  // A slice of the struct, and a further one of the first child alone.
  array.offset = 2;
  array.length = 4;
  array.children[0]->offset = 1;
  array.children[0]->length = 9;
  const RecordBatch slice = RecordBatch::import_from(&array, &schema);
  EXPECT_EQ(slice.row_count(), 4);
  EXPECT_EQ(slice.column(1).length(), 4);
  EXPECT_EQ(slice.column(1).bytes(0), "text 2");
  EXPECT_EQ(slice.column(1).bytes(3), "text 5");
  EXPECT_TRUE(slice.column(0).is_null(0));
  EXPECT_EQ(slice.column(0).int64(1), 4);
  // And out again, still sliced.
  slice.export_to(&array, &schema);
  const RecordBatch again = RecordBatch::import_from(&array, &schema);
  EXPECT_EQ(again.column(1).bytes(3), "text 5");
}

TEST(RecordBatch, ReadsSlicedStructsAndLists) {
  const DataType pair =
      struct_({{.name = "x", .type = int32()}, {.name = "y", .type = list(int8())}});
  RecordBatchBuilder builder({.fields = {{.name = "p", .type = pair}}});
  ColumnBuilder column = builder.column(0);
  for (int i = 0; i < 6; ++i) {
    column.child(0).append(i);
    for (int k = 0; k < i; ++k) column.child(1).child(0).append(10 * i + k);
    column.child(1).finish_element();
    column.finish_element();
  }
  ArrowArray array;
  ArrowSchema schema;
  builder.finish().export_to(&array, &schema);
  array.offset = 1;
  array.length = 3;
  array.children[0]->offset = 2;
  array.children[0]->length = 4;
  const RecordBatch batch = RecordBatch::import_from(&array, &schema);
  const ColumnView view = batch.column(0);
  EXPECT_EQ(view.child(0).int64(0), 3);
  EXPECT_EQ(view.child(0).int64(2), 5);
  const auto [begin, end] = view.child(1).list_range(1);
  ASSERT_EQ(end - begin, 4);
  EXPECT_EQ(view.child(1).child(0).int64(begin), 40);
}

// A dictionary array with an index of its own null and one that points to a null.
RecordBatch dictionary_batch() {
  ArrowSchema schema;
  export_schema({.fields = {{.name = "d",
                             .type = DataType("dictionary",
                                              {{.name = "index", .type = int8(), .nullable = false},
                                               {.name = "value", .type = utf8()}})}}},
                &schema);
  ArrowArray array;
  EXPECT_EQ(ArrowArrayInitFromSchema(&array, &schema, nullptr), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayStartAppending(&array), NANOARROW_OK);
  ArrowArray* indices = array.children[0];
  EXPECT_EQ(ArrowArrayAppendString(indices->dictionary, ArrowCharView("zero")), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayAppendNull(indices->dictionary, 1), NANOARROW_OK);
  EXPECT_EQ(ArrowArrayAppendString(indices->dictionary, ArrowCharView("two")), NANOARROW_OK);
  for (const int64_t index : {2, 0, 1}) {
    EXPECT_EQ(ArrowArrayAppendInt(indices, index), NANOARROW_OK);
  }
  EXPECT_EQ(ArrowArrayAppendNull(indices, 1), NANOARROW_OK);
  array.length = 4;
  EXPECT_EQ(ArrowArrayFinishBuildingDefault(&array, nullptr), NANOARROW_OK);
  return RecordBatch::import_from(&array, &schema);
}

TEST(RecordBatch, ReadsDictionaries) {
  const RecordBatch batch = dictionary_batch();
  const ColumnView column = batch.column(0);
  EXPECT_EQ(column.bytes(0), "two");
  EXPECT_EQ(column.bytes(1), "zero");
  EXPECT_TRUE(column.is_null(2)) << "the value is null";
  EXPECT_TRUE(column.is_null(3)) << "the index is null";
  ArrowArray array;
  ArrowSchema schema;
  batch.export_to(&array, &schema);
  EXPECT_EQ(RecordBatch::import_from(&array, &schema).column(0).bytes(0), "two");
}

TEST(RecordBatch, ReadsFixedListsAndListViews) {
  const Schema schema{
      .fields = {{.name = "f", .type = DataType("+w:2", {{.name = "item", .type = int8()}})},
                 {.name = "v", .type = DataType("+vl", {{.name = "item", .type = int8()}})},
                 {.name = "L", .type = DataType("+L", {{.name = "item", .type = int8()}})}}};
  RecordBatchBuilder builder(schema);
  for (int i = 0; i < 3; ++i) {
    for (int column = 0; column < 3; ++column) {
      builder.column(column).child(0).append(2 * i);
      builder.column(column).child(0).append(2 * i + 1);
      builder.column(column).finish_element();
    }
  }
  const RecordBatch batch = builder.finish();
  for (int column = 0; column < 3; ++column) {
    const auto [begin, end] = batch.column(column).list_range(2);
    ASSERT_EQ(end - begin, 2) << column;
    EXPECT_EQ(batch.column(column).child(0).int64(begin + 1), 5) << column;
  }
}

TEST(RecordBatch, RefusesReadsOfAnotherKind) {
  const RecordBatch batch = numbers(0, 3);
  EXPECT_EQ(code_of([&] { (void)batch.column(1).int64(0); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { (void)batch.column(0).bytes(0); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { (void)batch.column(0).list_range(0); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { (void)batch.column("none"); }), ErrorCode::NotFound);
  EXPECT_EQ(code_of([&] { (void)batch.column(2); }), ErrorCode::NotFound);
}

TEST(RecordBatch, RefusesWhatDoesNotFit) {
  ArrowArray array;
  ArrowSchema schema;
  numbers(0, 3).export_to(&array, &schema);
  schema.release(&schema);
  export_schema({.fields = {{.name = "n", .type = int64()}}}, &schema);
  EXPECT_EQ(code_of([&] { RecordBatch::import_from(&array, &schema); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(array.release, nullptr) << "taken over also on failure";
  EXPECT_EQ(schema.release, nullptr);
  numbers(0, 3).export_to(&array, &schema);
  schema.release(&schema);
  export_schema({.fields = {{.name = "n", .type = int64()}, {.name = "s", .type = int64()}}},
                &schema);
  EXPECT_EQ(code_of([&] { RecordBatch::import_from(&array, &schema); }),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { RecordBatch::import_from(&array, &schema); }), ErrorCode::InvalidArgument)
      << "released";
}

TEST(RecordBatchReader, ReadsBatchesInOrder) {
  std::vector<RecordBatch> batches = {numbers(0, 3), numbers(3, 5)};
  RecordBatchReader reader = RecordBatchReader::of(two_columns(), batches);
  EXPECT_EQ(reader.schema(), two_columns());
  ASSERT_EQ(reader.next()->row_count(), 3);
  ArrowArrayStream stream;
  std::move(reader).export_to(&stream);
  RecordBatchReader rest = RecordBatchReader::import_from(&stream);
  EXPECT_EQ(stream.release, nullptr);
  const std::vector<RecordBatch> left = rest.read_all();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].column(1).bytes(1), "text 4");
  EXPECT_FALSE(rest.next());
  // NOLINTNEXTLINE(bugprone-use-after-move): what becomes of it is the test
  EXPECT_EQ(code_of([&] { (void)reader.next(); }), ErrorCode::InvalidArgument) << "spent";
}

TEST(RecordBatchReader, RefusesBatchesOfAnotherSchema) {
  EXPECT_EQ(code_of([] {
              RecordBatchReader::of({.fields = {{.name = "n", .type = int64()}}}, {numbers(0, 1)});
            }),
            ErrorCode::SchemaMismatch);
}

// A stream that fails at its first batch with `text`.
ArrowArrayStream failing_stream(const char* text) {
  ArrowArrayStream stream;
  stream.private_data = const_cast<char*>(text);
  stream.get_schema = [](ArrowArrayStream*, ArrowSchema* out) {
    export_schema(two_columns(), out);
    return 0;
  };
  stream.get_next = [](ArrowArrayStream*, ArrowArray*) { return EIO; };
  stream.get_last_error = [](ArrowArrayStream* self) {
    return static_cast<const char*>(self->private_data);
  };
  stream.release = [](ArrowArrayStream* self) { self->release = nullptr; };
  return stream;
}

TEST(RecordBatchReader, DecodesTheEnginesErrors) {
  ArrowArrayStream stream =
      failing_stream("x\x1e{\"code\":\"ResourceExhausted\",\"message\":\"out of spill\"}");
  RecordBatchReader reader = RecordBatchReader::import_from(&stream);
  EXPECT_EQ(code_of([&] { (void)reader.next(); }), ErrorCode::ResourceExhausted);
  stream = failing_stream("the tape is torn");
  RecordBatchReader foreign = RecordBatchReader::import_from(&stream);
  EXPECT_EQ(code_of([&] { (void)foreign.next(); }), ErrorCode::Io);
  stream = failing_stream(nullptr);
  RecordBatchReader silent = RecordBatchReader::import_from(&stream);
  EXPECT_EQ(code_of([&] { (void)silent.next(); }), ErrorCode::Io);
}

}  // namespace
}  // namespace alluvium
