// What one call into the engine costs, in microseconds.

#include <benchmark/benchmark.h>

#include "alluvium/session/session.h"

namespace {

const alluvium::Session& session() {
  static const alluvium::Session opened = alluvium::RuntimeProfile::trusted().open_session();
  return opened;
}

/// Crosses the bridge and back, doing next to nothing there.
void cross_and_return(benchmark::State& state) {
  while (state.KeepRunning()) benchmark::DoNotOptimize(session().memory());
}
BENCHMARK(cross_and_return)->Unit(benchmark::kMicrosecond);

void read_schema(benchmark::State& state) {
  const alluvium::DataFrame frame = session().sql("SELECT 1 AS one");
  while (state.KeepRunning()) benchmark::DoNotOptimize(frame.schema());
}
BENCHMARK(read_schema)->Unit(benchmark::kMicrosecond);

/// Sends an expression tree and gets a frame.
void filter_frame(benchmark::State& state) {
  const alluvium::DataFrame frame = session().sql("SELECT 1 AS one");
  while (state.KeepRunning())
    benchmark::DoNotOptimize(frame.filter(alluvium::col("one") > alluvium::lit(0)));
}
BENCHMARK(filter_frame)->Unit(benchmark::kMicrosecond);

void plan_and_run_select_one(benchmark::State& state) {
  while (state.KeepRunning()) benchmark::DoNotOptimize(session().sql("SELECT 1 AS one").collect());
}
BENCHMARK(plan_and_run_select_one)->Unit(benchmark::kMicrosecond);

void open_session_cost(benchmark::State& state) {
  while (state.KeepRunning())
    benchmark::DoNotOptimize(alluvium::RuntimeProfile::trusted().open_session());
}
BENCHMARK(open_session_cost)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
