// A Delta table's schema is a contract, and a projection brings rows into its form.

#include <filesystem>
#include <iostream>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/catalog/schema_alignment.h"
#include "alluvium/catalog/schema_contract.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"

namespace delta = alluvium::delta;

namespace {

// Rows as they come: in another order, of narrower types, one column short and one too many.
alluvium::RecordBatch arrow_table() {
  alluvium::RecordBatchBuilder builder({.fields = {{.name = "note", .type = alluvium::utf8()},
                                                   {.name = "path", .type = alluvium::utf8()},
                                                   {.name = "lines", .type = alluvium::int32()}}});
  for (const char* path : {"a.py", "b.py"}) {
    builder.column(0).append("seen");
    builder.column(1).append(path);
    builder.column(2).append(7);
  }
  return builder.finish();
}

}  // namespace

int main() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "alluvium_example_contract";
  std::filesystem::remove_all(folder);
  const std::string path = folder.string();
  const alluvium::Session session = alluvium::RuntimeProfile::trusted().open_session();
  delta::create(session, {.table_uri = path,
                          .schema = {.fields = {{.name = "path",
                                                 .type = alluvium::utf8(),
                                                 .nullable = false,
                                                 .metadata = {{"comment", "relative"}}},
                                                {.name = "lines", .type = alluvium::int64()},
                                                {.name = "language", .type = alluvium::utf8()}}}});

  alluvium::IoAdapter adapter(session);
  adapter.register_record_batches("arrow_table", {arrow_table()});
  adapter.register_delta_table_provider(
      "files", delta::provider_from_session(session, {.table_uri = path}).provider);

  const alluvium::DeltaSchemaRequest request{.path = path, .registered_as = "files"};
  const auto contract = alluvium::delta_table_schema(session, request);
  const alluvium::Schema target_schema = contract ? contract->schema : alluvium::Schema{};

  const alluvium::Alignment aligned = alluvium::align_table_to_schema(
      session.table("arrow_table"), target_schema, {.keep_extra_columns = false});
  std::cout << aligned.report.to_string() << aligned.frame.schema().to_string();
  std::cout << "version " << delta::write(session, aligned.frame, {.table_uri = path}).version
            << '\n';

  try {
    (void)alluvium::align_table_to_schema(session.sql("SELECT [1, 2] AS lines"), target_schema);
  } catch (const alluvium::Error& error) {
    std::cout << error.what() << '\n';
  }
  std::filesystem::remove_all(folder);
}
