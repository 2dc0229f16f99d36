// What a native function costs: beside the engine's own, and beside the plain loop over the same
// buffers. Prints lines `name <tab> ours <tab> theirs` of seconds, the median of some rounds that
// alternate. Arguments: rounds, a part of the names of those to run, and rows.

#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/functions/library.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/typed_aggregate.h"
#include "alluvium/udf/typed_function.h"

namespace {

using namespace alluvium;

struct Sum {
  std::int64_t sum = 0;
  bool any = false;
  void add(std::int64_t x) { sum += x, any = true; }
  void merge(const Sum& other) { sum += other.sum, any = any || other.any; }
  [[nodiscard]] std::optional<std::int64_t> result() const {
    return any ? std::optional(sum) : std::nullopt;
  }
  [[nodiscard]] std::tuple<std::int64_t, bool> saved() const { return {sum, any}; }
  static Sum restored(std::int64_t sum, bool any) { return {sum, any}; }
};

struct Largest {
  double value = -std::numeric_limits<double>::infinity();
  bool any = false;
  void add(double x) { value = std::max(value, x), any = true; }
  void merge(const Largest& other) {
    value = std::max(value, other.value);
    any = any || other.any;
  }
  [[nodiscard]] std::optional<double> result() const {
    return any ? std::optional(value) : std::nullopt;
  }
  [[nodiscard]] std::tuple<double, bool> saved() const { return {value, any}; }
  static Largest restored(double value, bool any) { return {value, any}; }
};

FunctionSet functions() {
  FunctionSet all = function_library();
  all.scalars.push_back(typed_function({.name = "native_abs", .parameters = {{"x", float64()}}},
                                       [](double x) { return std::fabs(x); }));
  all.scalars.push_back(
      typed_function({.name = "native_add", .parameters = {{"a", int64()}, {"b", int64()}}},
                     [](std::int64_t a, std::int64_t b) { return a + b; }));
  all.scalars.push_back(
      typed_function({.name = "native_octet_length", .parameters = {{"text", utf8()}}},
                     [](std::string_view text) { return static_cast<std::int32_t>(text.size()); }));
  all.scalars.push_back(typed_function(
      {.name = "native_starts_with", .parameters = {{"text", utf8()}, {"prefix", utf8()}}},
      [](std::string_view text, std::string_view prefix) { return text.starts_with(prefix); }));
  all.aggregates.push_back(
      typed_aggregate<Sum>({.name = "native_sum", .parameters = {{"x", int64()}}}));
  all.aggregates.push_back(
      typed_aggregate<Largest>({.name = "native_max", .parameters = {{"x", float64()}}}));
  return all;
}

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Benchmark {
 public:
  Benchmark(int rounds, std::string_view only) : rounds_(rounds), only_(only) {}

  void compare(const std::string& name, const std::function<void()>& ours,
               const std::function<void()>& theirs) const {
    if (name.find(only_) == std::string::npos) return;
    std::vector<double> our_times;
    std::vector<double> their_times;
    ours();
    theirs();
    for (int round = 0; round < rounds_; ++round) {
      our_times.push_back(seconds(ours));
      their_times.push_back(seconds(theirs));
    }
    std::cout << name << '\t' << median(our_times) << '\t' << median(their_times) << std::endl;
  }

 private:
  int rounds_;
  std::string_view only_;
};

std::function<void()> query(const Session& session, std::string text) {
  return [&session, text = std::move(text)] {
    RecordBatchReader reader = session.sql(text).stream();
    while (reader.next()) {
    }
  };
}

// Rows in memory, as plain Arrow arrays.
std::vector<RecordBatch> make_rows(const Session& session, const std::string& count) {
  return session
      .sql(
          "SELECT value AS id, value * 7919 % 1000003 AS b, "
          "CAST(value * 7919 % 1000003 AS DOUBLE) - 500000.0 AS f, "
          "value * 48271 % 1000000 AS g, "
          "arrow_cast(concat('src/module_', CAST(value % 5000 AS VARCHAR), '.py'), 'Utf8') AS t, "
          "value % 24 AS c FROM generate_series(1, " +
          count + ")")
      .collect();
}

// The loops that a program would write over the same buffers, with the same results kept.
void hash_loop(const std::vector<RecordBatch>& rows) {
  std::string part;
  for (const RecordBatch& batch : rows) {
    const auto text = *batch.column("t").text_data();
    std::vector<std::int64_t> out(static_cast<std::size_t>(batch.row_count()));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto size = static_cast<std::uint64_t>(text.offsets[i + 1] - text.offsets[i]);
      part.resize(sizeof size + size);
      std::memcpy(part.data(), &size, sizeof size);
      std::memcpy(part.data() + sizeof size, text.bytes + text.offsets[i], size);
      out[i] = static_cast<std::int64_t>(XXH3_64bits(part.data(), part.size()) & INT64_MAX);
    }
  }
}

void id_loop(const std::vector<RecordBatch>& rows) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string parts;
  for (const RecordBatch& batch : rows) {
    const auto text = *batch.column("t").text_data();
    const auto count = static_cast<std::size_t>(batch.row_count());
    std::string out(count * 36, ' ');
    std::vector<std::int32_t> offsets(count + 1);
    char* at = out.data();
    for (std::size_t i = 0; i < count; ++i) {
      const auto size = static_cast<std::uint64_t>(text.offsets[i + 1] - text.offsets[i]);
      const std::uint64_t prefix = 3;
      parts.resize(19 + size);
      std::memcpy(parts.data(), &prefix, 8);
      std::memcpy(parts.data() + 8, "ref", 3);
      std::memcpy(parts.data() + 11, &size, 8);
      std::memcpy(parts.data() + 19, text.bytes + text.offsets[i], size);
      const XXH128_hash_t hash = XXH3_128bits(parts.data(), parts.size());
      std::memcpy(at, "ref:", 4);
      at += 4;
      for (const std::uint64_t half : {hash.high64, hash.low64}) {
        for (int shift = 60; shift >= 0; shift -= 4) *at++ = kDigits[half >> shift & 15];
      }
      offsets[i + 1] = static_cast<std::int32_t>(at - out.data());
    }
  }
}

void position_loop(const std::vector<RecordBatch>& rows) {
  for (const RecordBatch& batch : rows) {
    const auto text = *batch.column("t").text_data();
    const std::int64_t* const columns = batch.column("c").data<std::int64_t>();
    std::vector<std::int64_t> out(static_cast<std::size_t>(batch.row_count()));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const char* const line = text.bytes + text.offsets[i];
      const std::int64_t size = text.offsets[i + 1] - text.offsets[i];
      std::int64_t left = columns[i];
      std::int64_t byte = 0;
      while (byte < size) {
        const bool begins = (static_cast<unsigned char>(line[byte]) & 0xc0) != 0x80;
        if (begins && left-- == 0) break;
        ++byte;
      }
      out[i] = byte;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Benchmark benchmark(argc > 1 ? std::stoi(argv[1]) : 5, argc > 2 ? argv[2] : "");
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = functions();
  profile.enable_view_types = false;
  profile.target_partitions = 1;
  const Session session = profile.open_session();
  const std::vector<RecordBatch> rows = make_rows(session, argc > 3 ? argv[3] : "10000000");
  IoAdapter(session).register_record_batches("t", rows);

  const auto scalar = [&](const std::string& name, const std::string& ours,
                          const std::string& theirs) {
    benchmark.compare(name, query(session, "SELECT " + ours + " AS r FROM t"),
                      query(session, "SELECT " + theirs + " AS r FROM t"));
  };
  scalar("abs(double)", "native_abs(f)", "abs(f)");
  scalar("int64 + int64", "native_add(id, b)", "id + b");
  scalar("octet_length(text)", "native_octet_length(t)", "octet_length(t)");
  scalar("starts_with(text, constant)", "native_starts_with(t, 'src/module_1')",
         "starts_with(t, 'src/module_1')");

  const auto aggregate = [&](const std::string& name, const std::string& ours,
                             const std::string& theirs, const std::string& by) {
    benchmark.compare(name, query(session, "SELECT " + ours + " FROM t GROUP BY " + by),
                      query(session, "SELECT " + theirs + " FROM t GROUP BY " + by));
  };
  aggregate("sum(int64), 1 M groups", "native_sum(b)", "sum(b)", "g");
  aggregate("max(double), 1 M groups", "native_max(f)", "max(f)", "g");
  aggregate("count_if(boolean), 1 M groups", "count_if(f > 0)", "count(*) FILTER (WHERE f > 0)",
            "g");
  aggregate("sum(int64), 24 groups", "native_sum(b)", "sum(b)", "c");

  benchmark.compare("stable_hash64 / loop", query(session, "SELECT stable_hash64(t) AS r FROM t"),
                    [&] { hash_loop(rows); });
  benchmark.compare("stable_id / loop", query(session, "SELECT stable_id('ref', t) AS r FROM t"),
                    [&] { id_loop(rows); });
  benchmark.compare("col_to_byte / loop", query(session, "SELECT col_to_byte(t, c) AS r FROM t"),
                    [&] { position_loop(rows); });
}
