#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/error.h"
#include "delta/type_check_internal.h"

namespace alluvium::delta {
namespace {

using ::testing::HasSubstr;

std::string failure(const DataType& type) {
  try {
    check_types({.fields = {{.name = "ok", .type = int64()}, {.name = "c", .type = type}}});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Unsupported);
    return error.message();
  }
  return "";
}

TEST(TypeCheck, AcceptsWhatDeltaStores) {
  const Field item{.name = "item", .type = int32()};
  for (const DataType& type :
       {null_type(),
        boolean(),
        int8(),
        uint64(),
        float32(),
        float64(),
        utf8(),
        DataType("U"),
        utf8_view(),
        binary(),
        DataType("w:4"),
        date32(),
        DataType("tdm"),
        decimal128(38, 10),
        timestamp(TimeUnit::Second),
        timestamp(TimeUnit::Nano, "Asia/Tokyo"),
        list(utf8()),
        DataType("+L", {item}),
        DataType("+w:2", {item}),
        DataType("+vl", {item}),
        DataType("dictionary", {item, {.name = "value", .type = utf8()}}),
        struct_({{.name = "a", .type = list(struct_({{.name = "b", .type = utf8()}}))}})}) {
    EXPECT_EQ(failure(type), "") << type.to_string();
  }
}

TEST(TypeCheck, NamesTheColumnAndACast) {
  EXPECT_THAT(failure(DataType("ttu")), HasSubstr("column `c`"));
  EXPECT_THAT(failure(DataType("ttu")), HasSubstr("arrow_cast(c, 'Int64')"));
  EXPECT_THAT(failure(DataType("tDs")), HasSubstr("'Int64'"));
  EXPECT_THAT(failure(DataType("tin")), HasSubstr("'Utf8'"));
  EXPECT_THAT(failure(DataType("e")), HasSubstr("'Float32'"));
  EXPECT_THAT(failure(DataType("d:50,2,256")), HasSubstr("'Decimal128(38, 2)'"));
  EXPECT_THAT(failure(DataType("d:7,3,32")), HasSubstr("'Decimal128(7, 3)'"));
}

TEST(TypeCheck, LooksIntoNestedTypes) {
  EXPECT_THAT(failure(list(struct_({{.name = "t", .type = DataType("tts")}}))),
              HasSubstr("column `c.item.t`"));
  EXPECT_THAT(failure(DataType("dictionary", {{.name = "index", .type = int8()},
                                              {.name = "value", .type = DataType("tDs")}})),
              HasSubstr("Duration"));
}

}  // namespace
}  // namespace alluvium::delta
