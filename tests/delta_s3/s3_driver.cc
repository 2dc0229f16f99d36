// One session that does what its standard input says, one JSON object a line, and answers with one.
//
//     s3_driver [ROOT...]
//
// {"do": "rows" | "is_table" | "append" | "sql", "table": URI, "options": {...}, "query": SQL}
// `sql` asks over the tables that `rows` has registered so far, as t0, t1, ...

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "bridge/handles.h"

namespace {

using namespace alluvium;
using nlohmann::json;

json answer(const Session& session, const json& asked, int& tables) {
  const auto action = asked.at("do").get<std::string>();
  if (action == "sql") {
    return session.sql(asked.at("query").get<std::string>()).count();
  }
  const auto uri = asked.at("table").get<std::string>();
  const auto options = asked.value("options", delta::StorageOptions{});
  if (action == "is_table") return delta::is_table(session, uri, options);
  if (action == "append") {
    return delta::write(session, session.sql("SELECT 1 AS id"),
                        {.table_uri = uri, .storage_options = options})
        .version;
  }
  const std::string name = "t" + std::to_string(tables);
  IoAdapter(session).register_delta_table_provider(
      name, delta::provider_from_session(session, {.table_uri = uri, .storage_options = options})
                .provider);
  ++tables;
  return session.table(name).count();
}

}  // namespace

int main(int argc, char** argv) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.allowed_roots.assign(argv + 1, argv + argc);
  profile.enable_url_table = true;
  int tables = 0;
  {
    const Session session = profile.open_session();
    for (std::string line; std::getline(std::cin, line);) {
      json outcome;
      try {
        outcome["value"] = answer(session, json::parse(line), tables);
      } catch (const Error& error) {
        outcome = {{"code", to_string(error.code())}, {"message", error.message()}};
      }
      std::cout << outcome.dump(-1, ' ', false, json::error_handler_t::replace) << '\n'
                << std::flush;
    }
  }
  shutdown();
}
