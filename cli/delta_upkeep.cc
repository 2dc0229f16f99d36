// The verbs of `alluvium delta` that maintain a table. What deletes or goes back only tells what it
// would do, until it is told to apply it.

#include <fmt/format.h>

#include <optional>

#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/error.h"
#include "cli/delta.h"
#include "cli/interruption.h"
#include "cli/output.h"

namespace alluvium::cli {
namespace {

/// Filters of COLUMN=VALUE.
std::vector<delta::PartitionFilter> filters_of(const std::vector<std::string>& partitions) {
  std::vector<delta::PartitionFilter> filters;
  for (const std::string& text : partitions) {
    auto [column, value] = split_assignment(text);
    filters.push_back({.column = std::move(column), .op = "=", .values = {value}});
  }
  return filters;
}

void add_partition_option(CLI::App& verb, std::vector<std::string>& partitions) {
  verb.add_option("--partition", partitions, "Only this partition")
      ->type_name("COLUMN=VALUE")
      ->allow_extra_args(false);
}

struct OptimizeOptions : DeltaOptions {
  std::vector<std::string> z_order;
  std::vector<std::string> partitions;
  std::uint64_t target_size = 0;
  bool verify = false;
};

void optimize(const Program& program, const OptimizeOptions& options) {
  const Session session = open_delta_session(options);
  delta::OptimizeRequest request{.table_uri = options.table,
                                 .storage_options = storage_of(options),
                                 .z_order = options.z_order,
                                 .filters = filters_of(options.partitions),
                                 .verify_rows = options.verify,
                                 .commit = commit_of(options)};
  if (options.target_size > 0) request.target_size = options.target_size;
  const InterruptibleWork work;
  print_report(program, delta::optimize(session, request, work.interrupt()));
}

struct VacuumOptions : DeltaOptions {
  std::optional<double> retention_hours;
  bool full = false;
  bool apply = false;
  bool unsafe = false;
  std::vector<std::int64_t> keep;
};

void vacuum(const Program& program, const VacuumOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  print_report(program, delta::vacuum(session,
                                      {.table_uri = options.table,
                                       .storage_options = storage_of(options),
                                       .dry_run = !options.apply,
                                       .retention_hours = options.retention_hours,
                                       .enforce_retention = !options.unsafe,
                                       .full = options.full,
                                       .keep_versions = options.keep,
                                       .commit = commit_of(options)},
                                      work.interrupt()));
}

struct RestoreOptions : DeltaOptions {
  std::optional<std::int64_t> version;
  std::optional<std::string> timestamp;
  std::vector<std::string> partitions;
  bool apply = false;
  bool ignore_missing_files = false;
};

void restore(const Program& program, const RestoreOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  if (!options.apply) {
    const delta::Snapshot now = delta::snapshot(
        session, {.table_uri = options.table, .storage_options = storage_of(options)},
        work.interrupt());
    const delta::Snapshot then = delta::snapshot(session,
                                                 {.table_uri = options.table,
                                                  .storage_options = storage_of(options),
                                                  .version = options.version,
                                                  .timestamp = options.timestamp},
                                                 work.interrupt());
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("this would make version {} of `{}` current again, {} versions back",
                            then.version, options.table, now.version - then.version),
                false, {{"hint", "--apply does it"}});
  }
  print_report(program, delta::restore(session,
                                       {.table_uri = options.table,
                                        .storage_options = storage_of(options),
                                        .version = options.version,
                                        .timestamp = options.timestamp,
                                        .filters = filters_of(options.partitions),
                                        .ignore_missing_files = options.ignore_missing_files,
                                        .commit = commit_of(options)},
                                       work.interrupt()));
}

struct CheckpointOptions : DeltaOptions {
  bool clean_log = false;
};

void checkpoint(const Program& program, const CheckpointOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  delta::CommitReport report = delta::checkpoint(session, table_request(options), work.interrupt());
  if (options.clean_log) {
    report = delta::clean_log(session, table_request(options), work.interrupt());
  }
  print_report(program, report);
}

struct FsckOptions : DeltaOptions {
  bool apply = false;
};

void fsck(const Program& program, const FsckOptions& options) {
  const Session session = open_delta_session(options);
  const InterruptibleWork work;
  const delta::ProviderRequest table{.table_uri = options.table,
                                     .storage_options = storage_of(options)};
  delta::verify_log(session, table, work.interrupt());
  print_report(program, delta::check_files(session,
                                           {.table_uri = options.table,
                                            .storage_options = storage_of(options),
                                            .dry_run = !options.apply,
                                            .commit = commit_of(options)},
                                           work.interrupt()));
}

void add_vacuum(DeltaVerbs& verbs) {
  const auto options = std::make_shared<VacuumOptions>();
  CLI::App* verb =
      verbs.add("vacuum", "Delete data files that no kept version needs", vacuum, options);
  verb->add_option("--retention-hours", options->retention_hours,
                   "Keep files that left the table this recently (default: the table's)")
      ->type_name("HOURS");
  verb->add_flag("--full", options->full, "Also files that no commit knows");
  verb->add_option("--keep-version", options->keep, "A version that stays readable")
      ->type_name("N")
      ->allow_extra_args(false);
  verb->add_flag("--apply", options->apply, "Delete them; without it, only tell");
  verb->add_flag("--unsafe", options->unsafe, "Allow a retention below the table's");
  DeltaVerbs::add_commit_options(*verb, *options);
}

void add_restore(DeltaVerbs& verbs) {
  const auto options = std::make_shared<RestoreOptions>();
  CLI::App* verb = verbs.add("restore", "Make an earlier version current again", restore, options);
  CLI::Option* version =
      verb->add_option("--version", options->version, "The version")->type_name("N");
  verb->add_option("--timestamp", options->timestamp, "The last version until then (RFC 3339)")
      ->type_name("TIME")
      ->excludes(version);
  add_partition_option(*verb, options->partitions);
  verb->add_flag("--apply", options->apply, "Do it; without it, only tell");
  verb->add_flag("--ignore-missing-files", options->ignore_missing_files,
                 "Go on without rows whose files are gone");
  DeltaVerbs::add_commit_options(*verb, *options);
}

}  // namespace

void add_delta_upkeep(DeltaVerbs& verbs) {
  const auto optimized = std::make_shared<OptimizeOptions>();
  CLI::App* verb = verbs.add(
      "optimize", "Put small files together, or sort rows by several columns", optimize, optimized);
  verb->add_option("--z-order", optimized->z_order, "Columns, separated by commas")
      ->delimiter(',')
      ->type_name("COLUMNS");
  add_partition_option(*verb, optimized->partitions);
  verb->add_option("--target-size", optimized->target_size, "Of a data file, such as 64MiB")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->type_name("SIZE");
  verb->add_flag("--verify", optimized->verify, "Compare all rows before and after");
  DeltaVerbs::add_commit_options(*verb, *optimized);

  add_vacuum(verbs);
  add_restore(verbs);

  const auto checked = std::make_shared<CheckpointOptions>();
  verb = verbs.add("checkpoint", "Write a checkpoint of the log", checkpoint, checked);
  verb->add_flag("--clean-log", checked->clean_log,
                 "Then delete log entries past the table's log retention");

  const auto files = std::make_shared<FsckOptions>();
  verb = verbs.add("fsck", "Check that the log is sound and no data file is missing", fsck, files);
  verb->add_flag("--apply", files->apply, "Take missing files out of the table");
}

}  // namespace alluvium::cli
