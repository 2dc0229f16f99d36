// The verbs of `alluvium delta` that tell what is said about a table, and change it.

#include <unistd.h>

#include <map>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/inspect.h"
#include "cli/delta.h"
#include "cli/interruption.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/table_layout.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

struct NamedOptions : DeltaOptions {
  std::vector<std::string> set;
  std::vector<std::string> drop;
  bool raise_protocol = false;
};

void print_pairs(const Program& program, const std::map<std::string, std::string>& pairs) {
  if (program.json) return print(indented_json(pairs));
  std::vector<std::vector<TableCell>> rows;
  rows.reserve(pairs.size());
  for (const auto& [name, value] : pairs) rows.push_back({{visible(name)}, {visible(value)}});
  print(TableLayout::draw({{"name"}, {"value"}}, rows, terminal_of(STDOUT_FILENO)));
}

void constraints(const Program& program, const NamedOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  const delta::TableRequest table = table_request(options);
  for (const std::string& name : options.drop) {
    print_report(program, delta::drop_constraint(session, table, name, work.interrupt()));
  }
  if (!options.set.empty()) {
    std::map<std::string, delta::Condition> checks;
    for (const auto& [name, check] : assignments_of(options.set)) checks.emplace(name, check);
    return print_report(program, delta::add_constraints(session, table, checks, work.interrupt()));
  }
  if (!options.drop.empty()) return;
  const std::string prefix = "delta.constraints.";
  std::map<std::string, std::string> found;
  const delta::Snapshot now = delta::snapshot(
      session, {.table_uri = options.table, .storage_options = storage_of(options)});
  for (const auto& [key, value] : now.configuration) {
    if (key.starts_with(prefix)) found.emplace(key.substr(prefix.size()), value);
  }
  print_pairs(program, found);
}

void properties(const Program& program, const NamedOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  if (options.set.empty()) {
    return print_pairs(program, delta::snapshot(session, {.table_uri = options.table,
                                                          .storage_options = storage_of(options)})
                                    .configuration);
  }
  print_report(program, delta::set_properties(session, table_request(options),
                                              assignments_of(options.set), work.interrupt()));
}

void features(const Program& program, const NamedOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  if (options.set.empty()) {
    const delta::Snapshot now = delta::snapshot(
        session, {.table_uri = options.table, .storage_options = storage_of(options)});
    std::map<std::string, std::string> found;
    for (const std::string& name : now.writer_features) found.emplace(name, "writer");
    for (const std::string& name : now.reader_features) found[name] = "reader and writer";
    return print_pairs(program, found);
  }
  print_report(program, delta::add_features(
                            session, table_request(options),
                            {.features = options.set, .raise_protocol = options.raise_protocol},
                            work.interrupt()));
}

}  // namespace

void add_delta_metadata(DeltaVerbs& verbs) {
  const auto checks = std::make_shared<NamedOptions>();
  CLI::App* verb =
      verbs.add("constraints", "List, add or drop CHECK constraints", constraints, checks);
  verb->add_option("--add", checks->set, "A new constraint")
      ->type_name("NAME=SQL")
      ->allow_extra_args(false);
  verb->add_option("--drop", checks->drop, "A constraint to drop")
      ->type_name("NAME")
      ->allow_extra_args(false);
  DeltaVerbs::add_commit_options(*verb, *checks);

  const auto settings = std::make_shared<NamedOptions>();
  verb = verbs.add("properties", "List or set table properties", properties, settings);
  verb->add_option("--set", settings->set, "A property's value")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  DeltaVerbs::add_commit_options(*verb, *settings);

  const auto named = std::make_shared<NamedOptions>();
  verb = verbs.add("features", "List or add table features", features, named);
  verb->add_option("--add", named->set, "A feature, by the protocol's name")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb->add_flag("--raise-protocol", named->raise_protocol,
                 "Allow a higher protocol version, which shuts older programs out");
  DeltaVerbs::add_commit_options(*verb, *named);
}

}  // namespace alluvium::cli
