// What questions cost in an open session of a lake, such as a shell's: `lake_questions LAKE NAME
// [ROUNDS]` prints medians in milliseconds, planning and reading all rows included.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "alluvium/session/session.h"

namespace {

struct Question {
  std::string_view name;
  std::string_view query;  ///< Of $name.
};

constexpr Question kQuestions[] = {
    {"impact of a definition", "SELECT * FROM impact($name)"},
    {"callers of a name", R"sql(
SELECT coalesce(e.qualified_name, f.path) AS caller, f.path, c.line, c.confidence
FROM definitions d
JOIN calls c ON c.callee_def_id = d.def_id
JOIN files f ON f.file_id = c.file_id
LEFT JOIN definitions e ON e.def_id = c.caller_def_id
WHERE d.qualified_name = $name OR ends_with(d.qualified_name, '.' || $name))sql"},
    {"all edges", "SELECT src, dst, kind, confidence FROM edges"},
    {"all properties", "SELECT owner_id, key, value FROM props"},
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Prints the median of what `run` takes, which returns a number of rows.
template <typename Run>
void measure(std::string_view name, int rounds, const Run& run) {
  std::vector<double> milliseconds;
  std::int64_t rows = 0;
  for (int round = 0; round <= rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    rows = run();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (round > 0) milliseconds.push_back(took.count());  // the first one warms up
  }
  fmt::print("{:<24}{:>8} rows {:>8.1f} ms\n", name, rows, median(milliseconds));
}

std::int64_t ask(const alluvium::Session& session, std::string_view query,
                 const std::string& name) {
  alluvium::SqlParameters parameters;
  if (query.find("$name") != std::string_view::npos) {
    parameters.emplace("name", alluvium::lit(name));
  }
  std::int64_t rows = 0;
  for (const auto& batch : session.sql(query, parameters).collect()) rows += batch.row_count();
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: lake_questions LAKE NAME [ROUNDS]\n");
    return 2;
  }
  try {
    const int rounds = argc > 3 ? std::max(std::atoi(argv[3]), 1) : 21;
    const auto open = [&] { return alluvium::code::Lake::open(argv[1]).session({}); };
    measure("opening the lake", rounds, [&] { return open().has_table("files") ? 1 : 0; });
    const alluvium::Session session = open();
    for (const Question& question : kQuestions) {
      measure(question.name, rounds, [&] { return ask(session, question.query, argv[2]); });
    }
  } catch (const alluvium::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
