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
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void measure(const alluvium::Session& session, const Question& question, const std::string& name,
             int rounds) {
  std::vector<double> milliseconds;
  std::int64_t rows = 0;
  for (int round = 0; round <= rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    rows = 0;
    alluvium::SqlParameters parameters;
    if (question.query.find("$name") != std::string_view::npos) {
      parameters.emplace("name", alluvium::lit(name));
    }
    for (const auto& batch : session.sql(question.query, parameters).collect()) {
      rows += batch.row_count();
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (round > 0) milliseconds.push_back(took.count());  // the first one warms up
  }
  fmt::print("{:<24}{:>8} rows {:>8.1f} ms\n", question.name, rows, median(milliseconds));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: lake_questions LAKE NAME [ROUNDS]\n");
    return 2;
  }
  try {
    const alluvium::Session session = alluvium::code::Lake::open(argv[1]).session({});
    const int rounds = argc > 3 ? std::max(std::atoi(argv[3]), 1) : 21;
    for (const Question& question : kQuestions) measure(session, question, argv[2], rounds);
  } catch (const alluvium::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
