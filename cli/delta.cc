#include "cli/delta.h"

#include <fmt/format.h>

#include "alluvium/delta/provider.h"
#include "alluvium/error.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  alluvium delta write events --from new.parquet
  alluvium delta merge events --from changes.csv --on "target.id = source.id" --update-all --insert-all
  alluvium delta update events --set "state='done'" --where "finished IS NOT NULL"
  alluvium delta optimize events
  alluvium delta vacuum events                      what would be deleted; --apply deletes it
  alluvium delta restore events --version 12 --apply
  alluvium delta history events --json

A table is a folder or an object store's URL. Every change is one commit, made only if no other
writer came first, or made again on top of what the other did.)";

std::string report_json(const delta::CommitReport& report) {
  auto maintenance = JsonDocument::array();
  for (const delta::FollowUp& done : report.maintenance) {
    maintenance.push_back(
        {{"operation", done.operation}, {"version", done.version}, {"error", done.error}});
  }
  const JsonDocument document = {
      {"table", report.table_uri},     {"committed", report.committed},
      {"version", report.version},     {"read_version", report.read_version},
      {"operation", report.operation}, {"already_committed", report.already_committed},
      {"attempts", report.attempts},   {"metrics", report.metrics},
      {"files", report.files},         {"maintenance", std::move(maintenance)}};
  return indented_json(document);
}

std::string report_text(const delta::CommitReport& report) {
  std::string text;
  if (report.already_committed) {
    return fmt::format(
        "{}: version {} has this application transaction already; nothing was done\n",
        visible(report.table_uri), report.version);
  }
  if (report.committed) {
    text = fmt::format("{}: version {}{}{}\n", visible(report.table_uri), report.version,
                       report.operation.empty() ? "" : ", " + report.operation,
                       report.attempts > 1 ? fmt::format(" at try {}", report.attempts) : "");
  } else {
    text = fmt::format("{}: version {} as before; nothing was committed\n",
                       visible(report.table_uri), report.version);
  }
  for (const auto& [name, value] : report.metrics) {
    text += fmt::format("  {:<36}  {}\n", visible(name), visible(value));
  }
  for (const delta::FollowUp& done : report.maintenance) {
    text += done.error.empty()
                ? fmt::format("  then {} (version {})\n", done.operation, done.version)
                : fmt::format("  then {} failed: {}\n", done.operation, visible(done.error));
  }
  for (const std::string& file : report.files) text += fmt::format("  {}\n", visible(file));
  return text;
}

}  // namespace

void DeltaVerbs::add_table_options(CLI::App& verb, DeltaOptions& options) const {
  verb.add_option("TABLE", options.table, "The table: a folder or a URL")
      ->type_name("DIR")
      ->required();
  verb.add_option("--storage", options.storage, "An option of the table's object store")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--profile", options.profile,
                  "A profile with the policies of writes, changes, schemas, maintenance and stores")
      ->type_name("FILE");
  verb.add_option("--memory", options.memory_limit,
                  "The most memory for the engine, such as 2GiB; beyond, it spills to disk")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->type_name("SIZE");
  verb.add_flag("--json", program.json, "Report as JSON, errors too");
}

void DeltaVerbs::add_commit_options(CLI::App& verb, DeltaOptions& options) {
  verb.add_option("--commit-metadata", options.metadata, "Kept in the log with the commit")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--app-id", options.app_id,
                  "Does the change once for each --app-version of this application")
      ->type_name("NAME");
  verb.add_option("--app-version", options.app_version, "With --app-id")->type_name("N");
}

void add_delta(Program& program) {
  CLI::App* group = program.app.add_subcommand("delta", "Make, change and inspect Delta tables");
  group->require_subcommand(1);
  group->footer(kExamples);
  DeltaVerbs verbs{program, *group};
  add_delta_create(verbs);
  add_delta_rows(verbs);
  add_delta_upkeep(verbs);
  add_delta_reading(verbs);
  add_delta_metadata(verbs);
}

Session open_delta_session(const DeltaOptions& options) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  if (!options.profile.empty()) profile = RuntimeProfile::load(options.profile);
  if (options.memory_limit > 0) profile.memory_limit = options.memory_limit;
  return profile.open_session();
}

std::pair<std::string, std::string> split_assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("`{}` is no name=value", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::map<std::string, std::string> assignments_of(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) pairs.insert(split_assignment(text));
  return pairs;
}

delta::StorageOptions storage_of(const DeltaOptions& options) {
  for (const std::string& text : options.storage) {
    // It may be a secret.
    if (text.find('=') == std::string::npos) {
      throw Error(ErrorCode::InvalidArgument, "--storage takes KEY=VALUE");
    }
  }
  return assignments_of(options.storage);
}

delta::CommitOptions commit_of(const DeltaOptions& options) {
  delta::CommitOptions commit{.metadata = assignments_of(options.metadata)};
  if (options.app_id.empty() != (options.app_version < 0)) {
    throw Error(ErrorCode::InvalidArgument, "--app-id and --app-version go together");
  }
  if (!options.app_id.empty()) {
    commit.transaction = {.app_id = options.app_id, .version = options.app_version};
  }
  return commit;
}

delta::TableRequest table_request(const DeltaOptions& options) {
  return {.table_uri = options.table,
          .storage_options = storage_of(options),
          .commit = commit_of(options)};
}

void print_report(const Program& program, const delta::CommitReport& report) {
  print(program.json ? report_json(report) : report_text(report));
}

}  // namespace alluvium::cli
