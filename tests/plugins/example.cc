// Opens the profile that is given, which loads the example plug-in, and asks SQL with it.
#include <cstdio>
#include <iostream>

#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const alluvium::Session session = alluvium::RuntimeProfile::load(argv[1]).open_session();
  for (const alluvium::Plugin& plugin : session.plugins()) {
    std::cout << plugin.name << ' ' << plugin.version << ' ' << plugin.pin.hash << ':';
    for (const auto& function : plugin.functions.scalars) std::cout << ' ' << function.name;
    for (const auto& function : plugin.functions.aggregates) std::cout << ' ' << function.name;
    std::cout << '\n';
  }
  for (const char* query :
       {"SELECT compound(100, 0.1, 2)",
        "SELECT compound(amount, 1.0, 3) FROM (VALUES (NULL), (1.0)) AS t(amount) ORDER BY 1"}) {
    const auto batches = session.sql(query).collect();
    std::printf("%.2f\n", batches.front().column(0).float64(0));
  }
  std::fflush(stdout);
  return 0;
}
