// Reads of a Delta table and of its change feed are providers; every change is a governed commit.

#include <filesystem>
#include <iostream>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/cdf.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"

namespace delta = alluvium::delta;

int main() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "alluvium_example_events";
  std::filesystem::remove_all(folder);
  const std::string uri = folder.string();

  const alluvium::Session session = alluvium::RuntimeProfile::trusted().open_session();
  delta::write(session,
               session.sql("SELECT * FROM (VALUES (1, 'new'), (2, 'new')) AS t(id, state)"),
               {.table_uri = uri, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  delta::merge(session,
               session.sql("SELECT * FROM (VALUES (2, 'done'), (3, 'new')) AS t(id, state)"),
               delta::Merge{.table_uri = uri, .on = "target.id = source.id"}
                   .when_matched_update({{"state", "source.state"}})
                   .when_not_matched_insert({{"id", "source.id"}, {"state", "source.state"}}));
  const delta::CommitReport report = delta::delete_rows(
      session, {.table_uri = uri, .where = alluvium::col("id") == alluvium::lit(1)});
  std::cout << report.operation << " made version " << report.version << '\n';

  alluvium::IoAdapter adapter(session);
  const delta::ProviderBundle events = delta::provider_from_session(session, {.table_uri = uri});
  adapter.register_delta_table_provider("events", events.provider);
  const delta::ProviderBundle changes =
      delta::cdf_provider(session, {.table_uri = uri, .options = {.starting_version = 1}});
  adapter.register_delta_cdf_provider("events_cdf", changes.provider);
  std::cout << session.sql("SELECT * FROM events ORDER BY id").to_string() << '\n'
            << session
                   .sql(
                       "SELECT _commit_version, _change_type, id, state FROM events_cdf "
                       "ORDER BY _commit_version, id, _change_type")
                   .to_string()
            << '\n';
  std::filesystem::remove_all(folder);
}
