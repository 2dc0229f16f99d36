#include "code/index/table_builds.h"

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "code/datasets/datasets.h"
#include "code/identity/file_outcomes.h"
#include "code/index/dataset_frames.h"
#include "code/index/file_ids.h"
#include "code/index/file_states.h"
#include "code/index/outcome_changes.h"
#include "code/index/reached_names.h"
#include "code/index/scip_frames.h"
#include "code/resolve/link_graph.h"
#include "code/resolve/program.h"
#include "code/resolve/resolved_names.h"
#include "code/scip/scip_tables.h"

namespace alluvium::code {
namespace {

std::vector<MadeDataset> made_of(const TableBuild& build, Reach reach,
                                 const DatasetChoice& wanted = every_dataset) {
  return make_datasets(build.session, reach, build.memory, build.scip != nullptr, wanted, build.log,
                       build.interrupt);
}

/// The datasets that any file can change, with the rows that resolution made, in the order in
/// which files are found in a table.
std::vector<MadeDataset> made_of_names(const TableBuild& build, const MadeRows& rows,
                                       const DatasetChoice& wanted = every_dataset) {
  register_made(build.session, rows);
  std::vector<MadeDataset> datasets;
  for (const MadeDataset& made : made_of(build, Reach::Repository, wanted)) {
    const Expr file = col(std::string(made.dataset->file_column));
    datasets.push_back({made.dataset, made.rows.sort({file.asc()})});
    made.dataset->release(build.session);
  }
  return datasets;
}

/// Adds the outcomes of the dataset, if resolution doesn't say them by files.
void add_outcomes(const TableBuild& build, const MadeDataset& made, FileOutcomes& outcomes) {
  if (made.dataset->is_of_files()) return;
  add_outcomes_of_rows(made.dataset->name, made.rows, made.dataset->file_column, outcomes,
                       build.interrupt);
}

/// What the next run starts from: of all files, or of those whose state differs.
TableChange state_change(const TableBuild& build, const FileOutcomes& outcomes,
                         const ResolvedNames& names, const std::optional<FileIds>& files) {
  return {.table = file_states_declaration(),
          .file_column = "file_id",
          .data_file_bytes = kSmallDataFileBytes,
          .rows = file_state_rows(build.session, build.run.repo, outcomes, names, files,
                                  build.interrupt),
          .files = files};
}

DataFrame parse_files(const TableBuild& build, const std::optional<FileIds>& files) {
  build.log.begin("parse files", files ? files->size() : build.repository.listing().sources.size());
  const CountWatch watch(build.log, build.files_read);
  return read_facts(build.session, files, build.partitions, build.memory, build.interrupt);
}

void register_facts(const Session& session, const DataFrame& facts) {
  IoAdapter(session).register_view("facts", facts);
}

/// Whether all of `facts` are of the content that the run before knew.
bool are_as_before(const TableBuild& build, const DataFrame& facts) {
  register_files_before(build.session, build.lake, *build.before, build.interrupt);
  const DataFrame before = build.session.table("files_before").select({"file_id", "content_hash"});
  return facts.select({"file_id", "content_hash"}).except(before).limit(1).count(build.interrupt) ==
         0;
}

/// Adds those of `files`, whose own facts are as before and whose references mean something else,
/// to the table of `new_facts`. Throws `FilesChanged`.
void add_facts(const TableBuild& build, const DataFrame& new_facts, const FileIds& files) {
  if (files.empty()) return;
  const DataFrame facts = parse_files(build, files);
  if (!are_as_before(build, facts)) throw FilesChanged();
  IoAdapter(build.session).deregister("facts");
  register_facts(build.session, new_facts.union_all(facts));
}

std::unique_ptr<ResolvedNames> resolve_all(const TableBuild& build) {
  return std::make_unique<ResolvedNames>(Program::load(build.session, build.interrupt),
                                         build.interrupt);
}

/// Of the tables that a run leaves alone, what the run before pins.
void keep_others(const Run& before, CommittedTables& committed) {
  committed.versions.insert(before.versions.begin(), before.versions.end());
  committed.counts.insert(before.counts.begin(), before.counts.end());
}

}  // namespace

BuiltTables rebuild_tables(const TableBuild& build) {
  const Session& session = build.session;
  register_modules(session, build.interrupt);
  const DataFrame facts = parse_files(build, std::nullopt);
  register_facts(session, facts);
  if (build.scip != nullptr) {
    build.log.begin("read symbols");
    stage_scip(session, build.run.repo, *build.scip, build.repository.listing(), build.partitions,
               build.memory, build.interrupt);
  } else {
    register_no_scip(session);
  }
  build.log.begin("resolve names");
  TableCommits commits(session, build.lake, build.run, build.before, build.log, build.interrupt);
  commits.leave_out_all_but(build.choice);
  // What doesn't wait for names is written while they are resolved.
  commits.add(changes_of(made_of(build, Reach::File)));
  if (!build.choice.needs_resolution()) return {commits.finish()};
  make_interfaces(session, std::nullopt, build.memory, build.interrupt);
  FileOutcomes outcomes;
  add_outcomes_of_files(facts, outcomes, build.interrupt);
  std::unique_ptr<ResolvedNames> names = resolve_all(build);
  names->add_outcomes(outcomes);
  for (const MadeDataset& made : made_of_names(build, names->rows())) {
    add_outcomes(build, made, outcomes);
    commits.add({change_of(made)});
  }
  commits.add({state_change(build, outcomes, *names, std::nullopt)});
  const std::uint64_t files_resolved = names->file_count();
  names.reset();  // it is large
  commits.add(changes_of(made_of(build, Reach::Answers)));
  return {commits.finish(), files_resolved};
}

bool can_update(const Run& before) {
  return before.format_version == kLakeFormat &&
         before.versions.contains(file_states_declaration().name);
}

BuiltTables update_tables(const TableBuild& build, const FileChanges& changes) {
  const Session& session = build.session;
  // Beside which the changed files are parsed.
  std::future<DataFrame> reading = std::async(std::launch::async, [&] {
    return read_file_states(session, build.lake, *build.before, build.interrupt);
  });
  register_modules(session, build.interrupt);
  FileIds to_parse = united(changes.added, changes.changed);
  // A module is named by where its file is, beside which others.
  if (!changes.added.empty() || !changes.removed.empty()) {
    register_files_before(session, build.lake, *build.before, build.interrupt);
    to_parse = united(to_parse, renamed_modules(session, build.interrupt));
  }
  const FileIds replaced = united(to_parse, changes.removed);

  const DataFrame new_facts = parse_files(build, to_parse);
  register_facts(session, new_facts);
  register_no_scip(session);

  build.log.begin("resolve names");
  const DataFrame states = reading.get();
  FileOutcomes before;
  add_outcomes_of_files(states, before, build.interrupt);
  FileOutcomes now = before;
  for (const std::string& file : replaced) now.erase(file);
  add_outcomes_of_files(new_facts, now, build.interrupt);
  const OutcomeChanges of_facts(before, now, *build.before);
  const auto in_facts = [&](const Dataset& dataset) { return of_facts.has(dataset); };

  TableCommits commits(session, build.lake, build.run, build.before, build.log, build.interrupt);
  const DataFrame interfaces = make_interfaces(
      session, states.filter(!is_of("file_id", replaced)).select({"file_id", "interface"}),
      build.memory, build.interrupt);
  const LinkGraph links = LinkGraph::load(session, states, build.interrupt);
  // What doesn't wait for names is written beside the rest.
  commits.add(of_facts.changes(made_of(build, Reach::File, in_facts)));
  // All modules that are imported are looked for in another environment.
  const bool is_environment_same = build.run.settings_hash == build.before->settings_hash;
  const bool are_files_same_or_added =
      changes.removed.empty() && replaced == united(changes.added, changes.changed);
  std::unique_ptr<ResolvedNames> names;
  if (is_environment_same && are_files_same_or_added) {
    names = resolve_reached({.session = session,
                             .before = links,
                             .outcomes = before,
                             .states = states,
                             .interfaces = interfaces,
                             .added = changes.added,
                             .changed = changes.changed,
                             .interrupt = build.interrupt});
  }
  const bool is_of_all = names == nullptr;
  if (is_of_all) names = resolve_all(build);
  names->add_outcomes(now);
  const OutcomeChanges of_names(before, now, *build.before);
  const auto in_names = [&](const Dataset& dataset) {
    return dataset.is_of_files() ? of_names.has(dataset) : is_of_all;
  };
  const std::vector<MadeDataset> made =
      made_of_names(build, names->rows(united(replaced, of_names.any())), in_names);

  add_facts(build, new_facts, without(of_names.answered(), replaced));
  commits.add(of_names.changes(made_of(build, Reach::Answers, in_names)));
  for (const MadeDataset& each : made) add_outcomes(build, each, now);
  const OutcomeChanges of_all(before, now, *build.before);
  commits.add(of_all.changes(made));
  const FileIds other_states = united(of_all.any(), names->relinked(links));
  if (!other_states.empty()) {
    commits.add({state_change(build, now, *names, other_states)});
  }
  CommittedTables committed = commits.finish();
  keep_others(*build.before, committed);
  return {std::move(committed), names->file_count()};
}

}  // namespace alluvium::code
