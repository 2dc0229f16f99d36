#include "alluvium/frame/data_type.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "alluvium/error.h"
#include "frame/type_json_internal.h"

namespace alluvium {
namespace {

TEST(DataType, SpellsTypesAsTheEngineDoes) {
  EXPECT_EQ(DataType().to_string(), "Null");
  EXPECT_EQ(int64().to_string(), "Int64");
  EXPECT_EQ(utf8_view().to_string(), "Utf8View");
  EXPECT_EQ(DataType("e").to_string(), "Float16");
  EXPECT_EQ(DataType("w:16").to_string(), "FixedSizeBinary(16)");
  EXPECT_EQ(timestamp(TimeUnit::Micro).to_string(), "Timestamp(µs)");
  EXPECT_EQ(timestamp(TimeUnit::Nano, "UTC").to_string(), "Timestamp(ns, \"UTC\")");
  EXPECT_EQ(decimal128(10, 2).to_string(), "Decimal128(10, 2)");
  EXPECT_EQ(decimal128(10, -2).to_string(), "Decimal128(10, -2)");
  EXPECT_EQ(DataType("d:40,3,256").to_string(), "Decimal256(40, 3)");
  EXPECT_EQ(DataType("d:7,3,32").to_string(), "Decimal32(7, 3)");
  EXPECT_EQ(DataType("ttu").to_string(), "Time64(µs)");
  EXPECT_EQ(list(utf8()).to_string(), "List(Utf8)");
  EXPECT_EQ(DataType("+L", {{.name = "element", .type = int8(), .nullable = false}}).to_string(),
            "LargeList(non-null Int8, field: 'element')");
  EXPECT_EQ(DataType("+w:3", {{.name = "item", .type = int8()}}).to_string(),
            "FixedSizeList(3 x Int8)");
  EXPECT_EQ(
      struct_({{.name = "a", .type = int8()}, {.name = "b", .type = utf8(), .nullable = false}})
          .to_string(),
      "Struct(\"a\": Int8, \"b\": non-null Utf8)");
  EXPECT_EQ(DataType("dictionary",
                     {{.name = "index", .type = int32()}, {.name = "value", .type = utf8()}})
                .to_string(),
            "Dictionary(Int32, Utf8)");
}

TEST(DataType, KnowsItsId) {
  EXPECT_EQ(timestamp(TimeUnit::Second, "+01:00").id(), DataType::Id::Timestamp);
  EXPECT_EQ(DataType("d:7,3").id(), DataType::Id::Decimal128);
  EXPECT_EQ(DataType("d:7,3,32").id(), DataType::Id::Other);
  EXPECT_EQ(DataType("+w:3").id(), DataType::Id::FixedSizeList);
  EXPECT_EQ(DataType("+r").id(), DataType::Id::Other);
  EXPECT_EQ(DataType("no such").id(), DataType::Id::Other);
}

TEST(DataType, ComparesStructurally) {
  EXPECT_EQ(decimal128(10, 2), DataType("d:10,2,128"));
  EXPECT_EQ(timestamp(TimeUnit::Micro), DataType("tsu:"));
  EXPECT_EQ(list(list(int64())), list(list(int64())));
  EXPECT_NE(list(list(int64())), list(list(int32())));
  EXPECT_NE(struct_({{.name = "a", .type = int8()}}), struct_({{.name = "b", .type = int8()}}));
  EXPECT_NE(struct_({{.name = "a", .type = int8()}}),
            struct_({{.name = "a", .type = int8(), .nullable = false}}));
}

TEST(DataType, WritesTheEnginesDocument) {
  const auto json = type_to_json(list(int64()));
  EXPECT_EQ(json, nlohmann::json::parse(R"({"format":"+l","children":[
      {"name":"item","type":{"format":"l","children":[]},"nullable":true,"metadata":{}}]})"));
}

TEST(DataType, RefusesTextThatIsNotUtf8InDocuments) {
  EXPECT_THROW(to_document({{"name", "\xff"}}), Error);
}

TEST(Schema, FindsColumnsByName) {
  const Schema schema{
      .fields = {{.name = "a", .type = int64(), .nullable = false}, {.name = "A", .type = utf8()}}};
  EXPECT_EQ(schema.index_of("a"), 0);
  EXPECT_EQ(schema.index_of("A"), 1);
  EXPECT_EQ(schema.index_of("b"), -1);
  EXPECT_EQ(schema.to_string(), "a: Int64 not null\nA: Utf8\n");
}

}  // namespace
}  // namespace alluvium
