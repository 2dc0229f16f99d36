// What one call into the engine costs, in microseconds.

#include <benchmark/benchmark.h>

#include "alluvium/session/session.h"

namespace {

const alluvium::Session& session() {
  static const alluvium::Session opened = alluvium::RuntimeProfile::trusted().open_session();
  return opened;
}

/// Crosses the bridge and back, doing next to nothing there.
void CrossAndReturn(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(session().memory());
}
BENCHMARK(CrossAndReturn)->Unit(benchmark::kMicrosecond);

void ReadSchema(benchmark::State& state) {
  const alluvium::DataFrame frame = session().sql("SELECT 1 AS one");
  for (auto _ : state) benchmark::DoNotOptimize(frame.schema());
}
BENCHMARK(ReadSchema)->Unit(benchmark::kMicrosecond);

/// Sends an expression tree and gets a frame.
void FilterFrame(benchmark::State& state) {
  const alluvium::DataFrame frame = session().sql("SELECT 1 AS one");
  for (auto _ : state)
    benchmark::DoNotOptimize(frame.filter(alluvium::col("one") > alluvium::lit(0)));
}
BENCHMARK(FilterFrame)->Unit(benchmark::kMicrosecond);

void PlanAndRunSelectOne(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(session().sql("SELECT 1 AS one").collect());
}
BENCHMARK(PlanAndRunSelectOne)->Unit(benchmark::kMicrosecond);

void OpenSession(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(alluvium::RuntimeProfile::trusted().open_session());
}
BENCHMARK(OpenSession)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
