// What crosses between C++ and the engines ends in a clean error, never in an abort or a leak.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "alluvium/frame/arrow_c.h"
#include "alluvium/session/session.h"
#include "bridge/handles.h"

namespace alluvium {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kEndless =
    "SELECT count(*) AS n FROM generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(y) "
    "WHERE (a.x * b.y) % 7 = 3";

/// Runs `call` and returns the error that it must end with.
template <typename Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {ErrorCode::Internal, "no error"};
}

Session open() { return RuntimeProfile::trusted().open_session(); }

ScalarFunction function(std::string name, ScalarFunction::Kernel kernel) {
  return {.name = std::move(name),
          .parameters = {{.name = "x", .type = int64()}},
          .returns = {.name = "", .type = int64()},
          .volatility = Volatility::Volatile,
          .kernel = std::move(kernel)};
}

Session open_with(ScalarFunction with) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions.scalars.push_back(std::move(with));
  return profile.open_session();
}

/// A stream of batches `n: int64` that blocks in its second read until it is let go.
class BlockedStream {
 public:
  void export_to(ArrowArrayStream* out) {
    *out = {.get_schema =
                [](ArrowArrayStream*, ArrowSchema* schema) {
                  RecordBatch batch = one_row();
                  ArrowArray array{};
                  batch.export_to(&array, schema);
                  array.release(&array);
                  return 0;
                },
            .get_next =
                [](ArrowArrayStream* self, ArrowArray* array) {
                  return static_cast<BlockedStream*>(self->private_data)->next(array);
                },
            .get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; },
            .release =
                [](ArrowArrayStream* self) {
                  static_cast<BlockedStream*>(self->private_data)->set_released();
                  self->release = nullptr;
                },
            .private_data = this};
  }

  void let_go() {
    const std::lock_guard lock(mutex_);
    free_ = true;
    changed_.notify_all();
  }

  bool wait_released(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return released_; });
  }

 private:
  static RecordBatch one_row() {
    RecordBatchBuilder builder({.fields = {{.name = "n", .type = int64()}}});
    builder.column(0).append(std::int64_t{1});
    return builder.finish();
  }

  int next(ArrowArray* array) {
    std::unique_lock lock(mutex_);
    if (reads_++ == 0) {
      ArrowSchema schema{};
      one_row().export_to(array, &schema);
      schema.release(&schema);
      return 0;
    }
    changed_.wait(lock, [this] { return free_; });
    *array = {};
    return 0;
  }

  void set_released() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int reads_ = 0;
  bool free_ = false;
  bool released_ = false;
};

TEST(Boundary, EnginePanicIsInternal) {
  const Error error = error_of([] { bridge::provoke_panic(); });
  EXPECT_EQ(error.code(), ErrorCode::Internal);
  EXPECT_THAT(error.message(), HasSubstr("provoked"));
  EXPECT_EQ(open().sql("SELECT 1 AS one").count(), 1U) << "the engine lives on";
}

TEST(Boundary, KernelExceptionIsFunctionFailed) {
  const Session session = open_with(
      function("explode", [](auto, auto, auto&) { throw std::runtime_error("the fuse was lit"); }));
  const Error error = error_of([&] { (void)session.sql("SELECT explode(1)").collect(); });
  EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
  EXPECT_THAT(error.message(), HasSubstr("explode"));
  EXPECT_THAT(error.message(), HasSubstr("the fuse was lit"));
}

TEST(Boundary, KernelThrowingNoExceptionTypeIsFunctionFailed) {
  const Session session = open_with(function("odd", [](auto, auto, auto&) { throw 42; }));
  const Error error = error_of([&] { (void)session.sql("SELECT odd(1)").collect(); });
  EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
}

TEST(Boundary, KernelWithTheWrongNumberOfValuesIsFunctionFailed) {
  const Session session = open_with(function("silent", [](auto, auto, auto&) {}));
  const Error error = error_of([&] { (void)session.sql("SELECT silent(1)").collect(); });
  EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
  EXPECT_THAT(error.message(), HasSubstr("silent"));
}

TEST(Boundary, KernelThatCallsBackIsRefused) {
  const Session inner = open();
  const Session session = open_with(function("call_back", [&](auto, auto, auto& result) {
    result.append(static_cast<std::int64_t>(inner.sql("SELECT 1").count()));
  }));
  const Error error = error_of([&] { (void)session.sql("SELECT call_back(1)").collect(); });
  EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
  EXPECT_THAT(error.message(), HasSubstr("must not call back"));
}

TEST(Boundary, CancelEndsALongQuery) {
  const Session session = open();
  std::stop_source stop;
  const std::jthread canceller([&] {
    std::this_thread::sleep_for(200ms);
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  const Error error =
      error_of([&] { (void)session.sql(kEndless).collect({.stop = stop.get_token()}); });
  EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s) << "it must not run to its end";
}

TEST(Boundary, DeadlineEndsALongQuery) {
  const Session session = open();
  const Error error =
      error_of([&] { (void)session.sql(kEndless).collect(Interrupt::after(200ms)); });
  EXPECT_EQ(error.code(), ErrorCode::DeadlineExceeded);
}

TEST(Boundary, ProfileTimeoutEndsALongQuery) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.query_timeout = 200ms;
  const Session session = profile.open_session();
  const Error error = error_of([&] { (void)session.sql(kEndless).to_string(); });
  EXPECT_EQ(error.code(), ErrorCode::DeadlineExceeded);
}

TEST(Boundary, CancelEndsAReadOfABlockedStream) {
  const Session session = open();
  BlockedStream blocked;
  ArrowArrayStream stream{};
  blocked.export_to(&stream);
  IoAdapter(session).register_stream("blocked", RecordBatchReader::import_from(&stream));
  std::stop_source stop;
  const std::jthread canceller([&] {
    std::this_thread::sleep_for(200ms);
    stop.request_stop();
  });
  const Error error =
      error_of([&] { (void)session.table("blocked").count({.stop = stop.get_token()}); });
  EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  blocked.let_go();
  EXPECT_TRUE(blocked.wait_released(10s)) << "the foreign stream must be released";
}

TEST(Boundary, AStreamIsReadOnce) {
  const Session session = open();
  RecordBatchBuilder builder({.fields = {{.name = "n", .type = int64()}}});
  builder.column(0).append(std::int64_t{7});
  RecordBatch batch = builder.finish();
  IoAdapter(session).register_stream("once", RecordBatchReader::of(batch.schema(), {batch}));
  EXPECT_EQ(session.table("once").collect().at(0).row_count(), 1);
  const Error error = error_of([&] { (void)session.table("once").collect(); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidQuery);
  EXPECT_THAT(error.message(), HasSubstr("read already"));
}

/// The columns `id: int64, name: utf8` with one row, exported so that a test can damage them.
class ExportedRow {
 public:
  ExportedRow() {
    RecordBatchBuilder builder(
        {.fields = {{.name = "id", .type = int64()}, {.name = "name", .type = utf8()}}});
    builder.column(0).append(std::int64_t{1});
    builder.column(1).append("name");
    builder.finish().export_to(&array, &schema);
  }
  template <typename T>
  T* buffer(int child, int index) {
    return static_cast<T*>(const_cast<void*>(array.children[child]->buffers[index]));
  }
  Error error_when_read(const Session& session) {
    return error_of([&] {
      RecordBatch batch = RecordBatch::import_from(&array, &schema);
      IoAdapter(session).register_record_batches("damaged", {std::move(batch)});
      (void)session.table("damaged").collect();
    });
  }
  ArrowArray array{};
  ArrowSchema schema{};
};

TEST(Boundary, ForeignTextThatIsNotUtf8IsRefused) {
  ExportedRow row;
  row.buffer<char>(1, 2)[1] = '\xff';
  const Error error = row.error_when_read(open());
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.message(), HasSubstr("name"));
}

TEST(Boundary, ForeignOffsetsThatRunBackwardsAreRefused) {
  ExportedRow row;
  row.buffer<std::int32_t>(1, 1)[0] = 4;
  row.buffer<std::int32_t>(1, 1)[1] = 1;
  EXPECT_THAT(row.error_when_read(open()).code(),
              testing::AnyOf(ErrorCode::InvalidArgument, ErrorCode::Io));
}

TEST(Boundary, AForeignStreamThatFailsSilentlyIsIo) {
  ArrowArrayStream stream{
      .get_schema =
          [](ArrowArrayStream*, ArrowSchema* out) {
            ExportedRow row;
            *out = row.schema;
            row.array.release(&row.array);
            return 0;
          },
      .get_next = [](ArrowArrayStream*, ArrowArray*) { return EIO; },
      .get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; },
      .release = [](ArrowArrayStream* self) { self->release = nullptr; },
      .private_data = nullptr};
  const Session session = open();
  IoAdapter(session).register_stream("silent", RecordBatchReader::import_from(&stream));
  const Error error = error_of([&] { (void)session.table("silent").collect(); });
  EXPECT_EQ(error.code(), ErrorCode::Io);
}

TEST(Boundary, AReaderDroppedHalfReadStopsItsQuery) {
  const Session session = open();
  {
    RecordBatchReader reader =
        session.sql("SELECT value FROM generate_series(1, 1000000000)").stream();
    ASSERT_TRUE(reader.next().has_value());
  }
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (session.memory().reserved > 0 && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(session.memory().reserved, 0U);
}

TEST(Boundary, AReaderSeesTheErrorInTheMiddle) {
  const Session session = open_with(function("late", [](auto arguments, auto rows, auto& result) {
    for (std::int64_t row = 0; row < rows; ++row) {
      if (arguments[0].int64(row) == 100000) throw std::runtime_error("row 100000");
      result.append(arguments[0].int64(row));
    }
  }));
  RecordBatchReader reader =
      session.sql("SELECT late(value) AS v FROM generate_series(1, 200000)").stream();
  const Error error = error_of([&] {
    while (reader.next()) {
    }
  });
  EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
}

TEST(Boundary, KernelsRunAtOnceOnManyThreads) {
  std::atomic<std::int64_t> seen = 0;
  const Session session = open_with(function("twice", [&](auto arguments, auto rows, auto& result) {
    for (std::int64_t row = 0; row < rows; ++row) result.append(2 * arguments[0].int64(row));
    seen += rows;
  }));
  const auto batches =
      session.sql("SELECT sum(twice(value)) AS s FROM generate_series(1, 100000)").collect();
  EXPECT_EQ(batches.at(0).column(0).int64(0), 10000100000);
  EXPECT_EQ(seen, 100000);
}

TEST(Boundary, TextThatIsNotUtf8IsRefused) {
  const Error error = error_of([] { (void)open().sql("SELECT '\xff'"); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
}

/// In a process of its own, since the engine doesn't come back.
TEST(BoundaryDeathTest, ShutdownWithWorkInFlightIsClean) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto scenario = [] {
    const Session session = open();
    std::atomic<int> cancelled = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        try {
          (void)session.sql(kEndless).collect();
        } catch (const Error& error) {
          cancelled += error.code() == ErrorCode::Cancelled ? 1 : 0;
        }
      });
    }
    RecordBatchReader half_read =
        session.sql("SELECT value FROM generate_series(1, 1000000000)").stream();
    (void)half_read.next();
    std::this_thread::sleep_for(200ms);
    shutdown();
    shutdown();
    threads.clear();
    try {
      while (half_read.next()) {
      }
    } catch (const Error&) {
    }
    bool refused = false;
    try {
      (void)session.sql("SELECT 1").collect();
    } catch (const Error& error) {
      refused = error.code() == ErrorCode::Cancelled;
    }
    std::exit(cancelled == 4 && refused ? 0 : 1);
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace alluvium
