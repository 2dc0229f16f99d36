// The C++ half of the bridge cost benchmark (the Rust half is bridge/examples/ten_queries.rs).
// Arguments: the Parquet file, the file of queries, rounds; with rounds 0 it makes the file.
// Prints one line of seconds a query, separated by blanks, for each round.

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/session/session.h"

namespace {

std::vector<std::string> read_queries(const std::string& path) {
  std::vector<std::string> queries;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("--")) continue;
    queries.push_back(line.substr(0, line.find_last_not_of(';') + 1));
  }
  return queries;
}

void make_data(const alluvium::Session& session, const std::string& folder) {
  session
      .sql(
          "SELECT value AS id, value % 100 AS grp, (value * 7919 % 1000003) / 1000003.0 AS value, "
          "concat('name_', CAST(value % 5000 AS VARCHAR)) AS name "
          "FROM generate_series(1, 5000000)")
      .write_parquet(folder);
}

double seconds_of(const alluvium::Session& session, const std::string& query) {
  const auto begin = std::chrono::steady_clock::now();
  auto batches = session.sql(query).stream();
  while (batches.next()) {
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: ten_queries DATA QUERIES.sql ROUNDS\n";
    return 2;
  }
  alluvium::RuntimeProfile profile = alluvium::RuntimeProfile::trusted();
  profile.default_catalog = "datafusion";
  profile.default_schema = "public";
  const alluvium::Session session = profile.open_session();
  const int rounds = std::stoi(argv[3]);
  if (rounds == 0) {
    make_data(session, argv[1]);
    return 0;
  }
  alluvium::IoAdapter(session).register_listing("facts", argv[1], alluvium::FileFormat::Parquet);
  const auto queries = read_queries(argv[2]);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      std::cout << (i == 0 ? "" : " ") << seconds_of(session, queries[i]);
    }
    std::cout << '\n' << std::flush;
  }
}
