#include "cli/delta_create.h"

#include "alluvium/delta/create.h"
#include "cli/column_text.h"
#include "cli/interruption.h"

namespace alluvium::cli {
namespace {

void create(const Program& program, const CreateOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program, delta::create(session,
                                      {.table_uri = options.table,
                                       .storage_options = storage_of(options),
                                       .schema = columns_of(session, options.columns),
                                       .partition_by = options.partition_by,
                                       .configuration = assignments_of(options.properties),
                                       .name = options.name,
                                       .description = options.description,
                                       .commit = commit_of(options)},
                                      work.interrupt()));
}

void convert(const Program& program, const CreateOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program,
               delta::convert_to_delta(session,
                                       {.table_uri = options.table,
                                        .storage_options = storage_of(options),
                                        .partition_schema = columns_of(session, options.columns),
                                        .configuration = assignments_of(options.properties),
                                        .name = options.name,
                                        .description = options.description,
                                        .commit = commit_of(options)},
                                       work.interrupt()));
}

}  // namespace

void add_layout_options(CLI::App& verb, CreateOptions& options) {
  verb.add_option("--partition-by", options.partition_by, "Partition columns, separated by commas")
      ->delimiter(',')
      ->type_name("COLUMNS");
  verb.add_option("--property", options.properties, "A table property of a new table")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--name", options.name, "The name of a new table")->type_name("TEXT");
  verb.add_option("--description", options.description, "The description of a new table")
      ->type_name("TEXT");
}

void add_delta_create(DeltaVerbs& verbs) {
  const auto created = std::make_shared<CreateOptions>();
  CLI::App* verb = verbs.add("create", "Make an empty table", create, created);
  verb->add_option("--column", created->columns, "A column, in order")
      ->type_name("\"NAME TYPE [NOT NULL]\"")
      ->allow_extra_args(false)
      ->required();
  add_layout_options(*verb, *created);
  DeltaVerbs::add_commit_options(*verb, *created);

  const auto converted = std::make_shared<CreateOptions>();
  verb = verbs.add("convert", "Make a table of the Parquet files in a folder", convert, converted);
  verb->add_option("--partition-column", converted->columns, "A column that folders are named for")
      ->type_name("\"NAME TYPE\"")
      ->allow_extra_args(false);
  add_layout_options(*verb, *converted);
  DeltaVerbs::add_commit_options(*verb, *converted);
}

}  // namespace alluvium::cli
