#include "alluvium/error.h"

#include <gtest/gtest.h>

#include "error_internal.h"

namespace alluvium {
namespace {

TEST(Error, NamesRoundTrip) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_EQ(error_code_from_name(to_string(code)), code);
  }
  EXPECT_EQ(to_string(ErrorCode::Internal), "Internal");
  EXPECT_EQ(to_string(ErrorCode::CommitStateUnknown), "CommitStateUnknown");
  EXPECT_EQ(error_code_from_name("NoSuchCode"), ErrorCode::Internal);
}

TEST(Error, KeepsItsPartsWhenCopied) {
  const Error error(ErrorCode::NotFound, "no table `t`", true, {{"table", "t"}});
  const Error copy = error;  // NOLINT(performance-unnecessary-copy-initialization): its subject
  EXPECT_STREQ(copy.what(), "NotFound: no table `t`");
  EXPECT_EQ(copy.message(), "no table `t`");
  EXPECT_TRUE(copy.retryable());
  EXPECT_EQ(copy.details().at("table"), "t");
}

TEST(DecodeError, ReadsTheTail) {
  const Error error = decode_error(
      "outer text\x1e"
      R"({"code":"CommitConflict","retryable":true,"message":"lost","details":{"version":"7"}})",
      ErrorCode::Io);
  EXPECT_EQ(error.code(), ErrorCode::CommitConflict);
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.message(), "lost");
  EXPECT_EQ(error.details().at("version"), "7");
}

TEST(DecodeError, TakesTheLastMark) {
  const Error error =
      decode_error("a\x1e b\x1e{\"code\":\"NotFound\",\"message\":\"m\"}", ErrorCode::Io);
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_EQ(error.message(), "m");
}

TEST(DecodeError, FallsBackOnForeignText) {
  EXPECT_EQ(decode_error("disk on fire", ErrorCode::Io).message(), "disk on fire");
  EXPECT_EQ(decode_error("disk on fire", ErrorCode::Io).code(), ErrorCode::Io);
  EXPECT_EQ(decode_error("odd\x1e{not json", ErrorCode::Io).code(), ErrorCode::Io);
  EXPECT_EQ(decode_error("odd\x1e[1]", ErrorCode::Internal).code(), ErrorCode::Internal);
  EXPECT_EQ(decode_error("", ErrorCode::Io).code(), ErrorCode::Io);
}

}  // namespace
}  // namespace alluvium
