// A function that does wrong is named, and the session goes on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/typed_aggregate.h"
#include "alluvium/udf/typed_function.h"

namespace alluvium {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kRows = "(SELECT value AS x FROM generate_series(1, 20000)) AS t";

Session open(FunctionSet functions) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = std::move(functions);
  profile.target_partitions = 2;
  return profile.open_session();
}

// The error of `query`; the session must answer afterwards.
Error failure_of(const Session& session, const std::string& query,
                 const Interrupt& interrupt = {}) {
  Error failure(ErrorCode::Internal, "no error");
  try {
    RecordBatchReader reader = session.sql(query, SqlOptions{}, {}, interrupt).stream(interrupt);
    while (reader.next()) {
    }
  } catch (const Error& error) {
    failure = error;
  }
  EXPECT_EQ(session.sql("SELECT 1 AS one").collect().front().column(0).int64(0), 1);
  return failure;
}

void expect_named(const Error& failure, std::string_view what) {
  EXPECT_EQ(failure.code(), ErrorCode::FunctionFailed) << failure.what();
  EXPECT_EQ(failure.details().at("function"), "bad");
  EXPECT_THAT(failure.message(), HasSubstr(what));
}

FunctionSet scalar(ScalarFunction::Kernel kernel) {
  return {.scalars = {{.name = "bad",
                       .parameters = {{"x", int64()}},
                       .returns = {.name = "", .type = int64(), .nullable = false},
                       .volatility = Volatility::Volatile,
                       .kernel = std::move(kernel)}}};
}

const std::string kCall = "SELECT bad(x) FROM " + std::string(kRows);

TEST(BadScalar, ThatThrowsTellsTheRow) {
  const Session session =
      open({.scalars = {
                typed_function({.name = "bad", .parameters = {{"x", int64()}}}, [](std::int64_t x) {
                  if (x == 5) throw std::runtime_error("no fives");
                  return x;
                })}});
  expect_named(failure_of(session, kCall), "row 4: no fives");
}

TEST(BadScalar, OfTheWrongLength) {
  expect_named(
      failure_of(open(scalar([](auto, std::int64_t, ColumnBuilder& result) { result.append(1); })),
                 kCall),
      "returned 1 values");
}

TEST(BadScalar, OfTheWrongType) {
  expect_named(
      failure_of(
          open(scalar([](auto, std::int64_t, ColumnBuilder& result) { result.append("text"); })),
          kCall),
      "text");
}

TEST(BadScalar, WithANullThatItPromisedNotToGive) {
  expect_named(failure_of(open(scalar([](auto, std::int64_t rows, ColumnBuilder& result) {
                            for (std::int64_t row = 0; row < rows; ++row) result.append_null();
                          })),
                          kCall),
               "nulls where none are allowed");
}

TEST(BadScalar, ThatReadsPastItsColumn) {
  if (!kChecksRows) GTEST_SKIP() << "rows are checked in the preset `asan`";
  expect_named(failure_of(open({.scalars = {{.name = "bad",
                                             .parameters = {{"x", int64()}},
                                             .returns = {.name = "", .type = int64()},
                                             .kernel =
                                                 [](std::span<const ColumnView> arguments,
                                                    std::int64_t rows, ColumnBuilder& result) {
                                                   for (std::int64_t row = 1; row <= rows; ++row) {
                                                     result.append(arguments[0].int64(row));
                                                   }
                                                 }}}}),
                          kCall),
               "was read of a column of");
}

TEST(BadScalar, ThatThrowsNoException) {
  expect_named(failure_of(open(scalar([](auto, std::int64_t, ColumnBuilder&) { throw 1; })), kCall),
               "not an exception");
}

TEST(BadScalar, WhoseFieldCantBeToldIsAnInvalidQuery) {
  FunctionSet functions = scalar([](auto, std::int64_t, ColumnBuilder&) {});
  functions.scalars[0].return_field = [](const FunctionCall&) -> Field {
    throw Error(ErrorCode::InvalidQuery, "x must be odd");
  };
  const Error failure = failure_of(open(functions), kCall);
  EXPECT_EQ(failure.code(), ErrorCode::InvalidQuery);
  EXPECT_THAT(failure.message(), HasSubstr("bad: x must be odd"));
}

// A kernel that works until it is told to stop.
struct Endless {
  std::atomic<int> begun = 0;
  std::atomic<int> left = 0;
};

FunctionSet endless(std::shared_ptr<Endless> calls) {
  return scalar([calls = std::move(calls)](auto, std::int64_t rows, ColumnBuilder& result) {
    ++calls->begun;
    while (!stop_requested()) std::this_thread::sleep_for(1ms);
    ++calls->left;
    for (std::int64_t row = 0; row < rows; ++row) result.append(0);
  });
}

bool reaches(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 5000 && count < wanted; ++i) std::this_thread::sleep_for(1ms);
  return count >= wanted;
}

TEST(BadScalar, ThatLoopsEndsWhenItsQueryIsCancelled) {
  const auto calls = std::make_shared<Endless>();
  const Session session = open(endless(calls));
  std::stop_source source;
  std::jthread later([&] {
    EXPECT_TRUE(reaches(calls->begun, 1));
    source.request_stop();
  });
  const Error failure = failure_of(session, kCall, {.stop = source.get_token()});
  EXPECT_EQ(failure.code(), ErrorCode::Cancelled);
  EXPECT_TRUE(reaches(calls->left, 1)) << "the kernel never saw that it should stop";
}

TEST(BadScalar, ThatLoopsEndsAtTheDeadline) {
  const auto calls = std::make_shared<Endless>();
  const Session session = open(endless(calls));
  const auto deadline = std::chrono::steady_clock::now() + 2s;
  EXPECT_EQ(failure_of(session, kCall, {.deadline = deadline}).code(), ErrorCode::DeadlineExceeded);
  EXPECT_TRUE(reaches(calls->left, calls->begun));
}

TEST(BadScalar, ThatLoopsEndsWithItsReader) {
  const auto calls = std::make_shared<Endless>();
  const Session session = open(endless(calls));
  {
    const RecordBatchReader dropped = session.sql(kCall).stream();
    EXPECT_TRUE(reaches(calls->begun, 1));
  }
  EXPECT_TRUE(reaches(calls->left, 1)) << "the kernel never saw that its reader was dropped";
}

// An aggregate that fails in one of its parts.
enum class Part { Add, Merge, Result };
template <Part kPart>
struct Bad {
  std::int64_t sum = 0;
  void add(std::int64_t x) {
    if (kPart == Part::Add && x == 77) throw std::runtime_error("no 77");
    sum += x;
  }
  void merge(const Bad& other) {
    if (kPart == Part::Merge) throw std::runtime_error("can't merge");
    sum += other.sum;
  }
  [[nodiscard]] std::int64_t result() const {
    if (kPart == Part::Result) throw std::runtime_error("no result");
    return sum;
  }
  [[nodiscard]] std::tuple<std::int64_t> saved() const { return {sum}; }
  static Bad restored(std::int64_t sum) { return {sum}; }
};

template <Part kPart>
Session with_aggregate() {
  return open({.aggregates = {
                   typed_aggregate<Bad<kPart>>({.name = "bad", .parameters = {{"x", int64()}}})}});
}

TEST(BadAggregate, ThatThrowsIsNamed) {
  const std::string grouped =
      "SELECT x % 7 AS k, bad(x) FROM " + std::string(kRows) + " GROUP BY 1";
  expect_named(failure_of(with_aggregate<Part::Add>(), kCall), "no 77");
  expect_named(failure_of(with_aggregate<Part::Add>(), grouped), "no 77");
  expect_named(failure_of(with_aggregate<Part::Merge>(), grouped), "can't merge");
  expect_named(failure_of(with_aggregate<Part::Result>(), grouped), "no result");
}

TEST(BadWindow, ThatThrowsOrIsShortIsNamed) {
  const auto with = [](WindowFunction::PartitionKernel kernel) {
    return open({.windows = {{.name = "bad",
                              .parameters = {{"x", int64()}},
                              .returns = {.name = "", .type = int64()},
                              .partition_kernel = std::move(kernel)}}});
  };
  const std::string over = "SELECT bad(x) OVER (ORDER BY x) FROM " + std::string(kRows);
  expect_named(
      failure_of(with([](auto, auto, ColumnBuilder&) { throw std::runtime_error("no"); }), over),
      "no");
  expect_named(failure_of(with([](auto, auto, ColumnBuilder& result) { result.append(1); }), over),
               "returned 1 values");
}

TEST(Functions, WithoutWhatTheyNeedOpenNoSession) {
  const auto refused = [](FunctionSet functions) {
    try {
      (void)open(std::move(functions));
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("opened");
  };
  EXPECT_THAT(refused({.aggregates = {{.name = "bad"}}}), HasSubstr("makes no accumulator"));
  EXPECT_THAT(refused({.windows = {{.name = "bad"}}}), HasSubstr("one of the two kernels"));
  EXPECT_THAT(refused({.tables = {{.name = "bad"}}}), HasSubstr("no callback"));
  EXPECT_THAT(refused({.aliases = {{.name = "twice", .function = "no_such"}}}),
              HasSubstr("no_such"));
  FunctionSet gap = scalar([](auto, std::int64_t, ColumnBuilder&) {});
  gap.scalars[0].parameters[0].default_value = lit(1);
  gap.scalars[0].parameters.push_back({"y", int64()});
  EXPECT_THAT(refused(gap), HasSubstr("no default for `y`"));
}

}  // namespace
}  // namespace alluvium
