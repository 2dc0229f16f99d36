// The catalog is the truth about what a session holds: names, and a snapshot that can be recorded.

#include <filesystem>
#include <iostream>

#include "alluvium/catalog/introspection.h"
#include "alluvium/catalog/io_adapter.h"
#include "alluvium/observe/diagnostics.h"

int main() {
  const alluvium::Session session = alluvium::RuntimeProfile::trusted().open_session();
  alluvium::IoAdapter adapter(session);
  adapter.register_view("answers", session.sql("SELECT 42 AS answer"));

  for (const std::string& name : alluvium::introspection::table_names_snapshot(session)) {
    std::cout << name << '\n';
  }

  const auto folder = std::filesystem::temp_directory_path() / "alluvium_example_scope1";
  std::filesystem::remove_all(folder);
  const auto snapshot = alluvium::observe::record_schema_snapshots(session, folder);
  std::cout << "recorded the catalog " << snapshot.hash << " in " << folder << '\n';
  std::filesystem::remove_all(folder);
}
