#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include <vector>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"

namespace alluvium {
namespace {

Schema every_kind() {
  const Field index{.name = "index", .type = int16(), .nullable = false};
  Schema schema{.metadata = {{"origin", "test"}, {"empty", ""}}};
  const std::vector<DataType> types = {
      null_type(),
      boolean(),
      int8(),
      int16(),
      int32(),
      int64(),
      uint8(),
      uint16(),
      uint32(),
      uint64(),
      DataType("e"),
      float32(),
      float64(),
      utf8(),
      DataType("U"),
      utf8_view(),
      binary(),
      DataType("Z"),
      DataType("vz"),
      DataType("w:7"),
      decimal128(38, 10),
      DataType("d:50,3,256"),
      DataType("d:9,3,32"),
      date32(),
      DataType("tdm"),
      DataType("tts"),
      DataType("ttn"),
      timestamp(TimeUnit::Second),
      timestamp(TimeUnit::Nano, "Europe/Vienna"),
      DataType("tDm"),
      DataType("tiM"),
      DataType("tiD"),
      DataType("tin"),
      list(struct_({{.name = "x", .type = list(utf8())}})),
      DataType("+L", {{.name = "element", .type = int8(), .nullable = false}}),
      DataType("+vl", {{.name = "item", .type = int8()}}),
      DataType("+w:4", {{.name = "item", .type = float32()}}),
      DataType("+m", {{.name = "entries",
                       .type = struct_({{.name = "key", .type = utf8(), .nullable = false},
                                        {.name = "value", .type = int64()}}),
                       .nullable = false}}),
      DataType("dictionary", {index, {.name = "value", .type = utf8()}}),
      struct_({}),
  };
  for (std::size_t i = 0; i < types.size(); ++i) {
    schema.fields.push_back({.name = "c" + std::to_string(i),
                             .type = types[i],
                             .nullable = i % 2 == 0,
                             .metadata = {{"comment", "number " + std::to_string(i)}}});
  }
  return schema;
}

TEST(ArrowSchemas, RoundTripEveryKind) {
  const Schema schema = every_kind();
  SchemaExport exported(schema);
  const Schema back = exported.take();
  EXPECT_EQ(back.metadata, schema.metadata);
  ASSERT_EQ(back.fields.size(), schema.fields.size());
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    EXPECT_EQ(back.fields[i], schema.fields[i]) << schema.fields[i].type.to_string();
  }
  EXPECT_EQ(exported.get()->release, nullptr);
}

TEST(ArrowSchemas, AreReadByNanoarrow) {
  SchemaExport exported(every_kind());
  for (int64_t i = 0; i < exported.get()->n_children; ++i) {
    ArrowSchemaView view;
    ArrowError error;
    EXPECT_EQ(ArrowSchemaViewInit(&view, exported.get()->children[i], &error), NANOARROW_OK)
        << error.message;
  }
}

TEST(ArrowSchemas, RoundTripAField) {
  const Field field{.name = "f", .type = list(int8()), .nullable = false, .metadata = {{"k", "v"}}};
  ArrowSchema schema;
  export_field(field, &schema);
  EXPECT_EQ(import_field(&schema), field);
  EXPECT_EQ(schema.release, nullptr);
}

TEST(ArrowSchemas, RefuseWhatIsNoStruct) {
  ArrowSchema schema;
  export_field({.name = "f", .type = int8()}, &schema);
  EXPECT_THROW(import_schema(&schema), Error);
  EXPECT_EQ(schema.release, nullptr) << "taken over also on failure";
  EXPECT_THROW(import_schema(&schema), Error) << "released";
}

TEST(ArrowSchemas, RefuseTypesThatContradictThemselves) {
  ArrowSchema schema;
  EXPECT_THROW(export_field({.name = "f", .type = DataType("+l")}, &schema), Error);
  EXPECT_EQ(schema.release, nullptr);
  EXPECT_THROW(export_field({.name = "f", .type = DataType("dictionary")}, &schema), Error);
  EXPECT_THROW(export_field({.name = std::string("a\0b", 3), .type = int8()}, &schema), Error);
}

TEST(ArrowSchemas, RefuseEndlessNesting) {
  DataType deep = int8();
  for (int i = 0; i < 1000; ++i) deep = list(std::move(deep));
  ArrowSchema schema;
  EXPECT_THROW(export_field({.name = "f", .type = deep}, &schema), Error);
}

}  // namespace
}  // namespace alluvium
