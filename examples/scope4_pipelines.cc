// Data that starts in C++ becomes a table, and everything after that is a plan.

#include <iostream>

#include "alluvium/catalog/io_adapter.h"

int main() {
  alluvium::RecordBatchBuilder events({.fields = {{.name = "repo", .type = alluvium::utf8()},
                                                  {.name = "path", .type = alluvium::utf8()},
                                                  {.name = "size", .type = alluvium::int64()}}});
  events.column(0).append("alluvium");
  events.column(1).append("README.md");
  events.column(2).append(1234);
  events.column(0).append("alluvium");
  events.column(1).append("LICENSE");
  events.column(2).append_null();

  const alluvium::Session session = alluvium::RuntimeProfile{}.open_session();
  alluvium::IoAdapter adapter(session);
  adapter.register_record_batches("tmp_events", {events.finish()});
  const alluvium::DataFrame df = session.table("tmp_events").select({"repo", "path"});
  std::cout << df.to_string() << '\n';
}
