#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/delta/commit.h"
#include "alluvium/session/session.h"
#include "cli/program.h"

namespace alluvium::cli {

/// What every verb of `alluvium delta` takes.
struct DeltaOptions {
  std::string table;
  std::vector<std::string> storage;   ///< `key=value`.
  std::vector<std::string> metadata;  ///< `key=value`, kept in the log.
  std::string profile;                ///< A TOML file.
  std::string app_id;
  std::int64_t app_version = -1;
  std::uint64_t memory_limit = 0;
};

/// The group of verbs while it is being built.
struct DeltaVerbs {
  Program& program;
  CLI::App& group;

  /// Adds a verb about one table. `Options` derives from `DeltaOptions`.
  template <typename Options>
  CLI::App* add(const std::string& name, const std::string& description,
                void (*run)(const Program&, const Options&),
                const std::shared_ptr<Options>& options) {
    CLI::App* verb = group.add_subcommand(name, description);
    verb->callback([this_program = &program, run, options] {
      this_program->action = [this_program, run, options] { run(*this_program, *options); };
    });
    add_table_options(*verb, *options);
    return verb;
  }
  /// And what a verb that commits takes.
  static void add_commit_options(CLI::App& verb, DeltaOptions& options);

 private:
  void add_table_options(CLI::App& verb, DeltaOptions& options) const;
};

// The verbs, by what they are about.
void add_delta_create(DeltaVerbs& verbs);
void add_delta_rows(DeltaVerbs& verbs);
void add_delta_upkeep(DeltaVerbs& verbs);
void add_delta_reading(DeltaVerbs& verbs);
void add_delta_metadata(DeltaVerbs& verbs);

/// A session for work on tables: the caller's own, so nothing is out of reach.
Session open_delta_session(const DeltaOptions& options);

/// Reads `key=value`. Errors: InvalidArgument, quoting the text.
std::pair<std::string, std::string> split_assignment(const std::string& text);
std::map<std::string, std::string> assignments_of(const std::vector<std::string>& texts);

delta::StorageOptions storage_of(const DeltaOptions& options);
delta::CommitOptions commit_of(const DeltaOptions& options);
delta::TableRequest table_request(const DeltaOptions& options);

/// Prints what a change did.
void print_report(const Program& program, const delta::CommitReport& report);

}  // namespace alluvium::cli
