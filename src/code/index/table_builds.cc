#include "code/index/table_builds.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "code/datasets/datasets.h"
#include "code/index/dataset_frames.h"
#include "code/index/file_ids.h"
#include "code/index/file_outcomes.h"
#include "code/index/row_digests.h"
#include "code/index/scip_frames.h"
#include "code/resolve/resolved_names.h"
#include "code/scip/scip_tables.h"

namespace alluvium::code {
namespace {

TableChange change_of(const MadeDataset& made) {
  const Dataset& dataset = *made.dataset;
  return {.table = {.name = dataset.table(),
                    .description = std::string(dataset.meaning),
                    .schema = table_schema(dataset),
                    .change_data_feed = !dataset.is_internal},
          .file_column = std::string(dataset.file_column),
          .data_file_bytes = dataset.data_file_bytes,
          .rows = made.rows};
}

std::vector<TableChange> changes_of(const std::vector<MadeDataset>& datasets) {
  std::vector<TableChange> changes;
  for (const MadeDataset& made : datasets) changes.push_back(change_of(made));
  return changes;
}

/// The changes of those files. What a SCIP index says doesn't change by files.
std::vector<TableChange> of_files(const std::vector<MadeDataset>& datasets, const FileIds& files) {
  std::vector<TableChange> changes = changes_of(datasets);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    changes[i].files = datasets[i].dataset->from_scip ? FileIds() : files;
  }
  return changes;
}

std::vector<MadeDataset> made_of(const TableBuild& build, Reach reach) {
  return make_datasets(build.session, reach, build.memory, build.scip != nullptr, build.log,
                       build.interrupt);
}

/// The datasets that any file can change, with the rows that resolution made, in the order in
/// which files are found in a table.
std::vector<MadeDataset> made_of_names(const TableBuild& build, const MadeRows& rows) {
  register_made(build.session, rows);
  std::vector<MadeDataset> datasets;
  for (const MadeDataset& made : made_of(build, Reach::Repository)) {
    const Expr file = col(std::string(made.dataset->file_column));
    datasets.push_back({made.dataset, made.rows.sort({file.asc()})});
    made.dataset->release(build.session);
  }
  return datasets;
}

/// Adds the digests of a dataset whose rows are not of files.
void add_outcome(const MadeDataset& made, FileOutcomes& outcomes, const Interrupt& interrupt) {
  FileDigests& digests = outcomes[std::string(made.dataset->name)];
  for (const auto& [owner, digest] : row_digests(made.rows, made.dataset->file_column, interrupt)) {
    digests.emplace(owner, digest.sum.low);
  }
}

TableChange outcome_change(const TableBuild& build, const FileOutcomes& outcomes) {
  return {.table = outcomes_declaration(),
          .file_column = "file_id",
          .data_file_bytes = kSmallDataFileBytes,
          .rows = outcome_rows(build.session, build.run.repo, outcomes)};
}

DataFrame parse_files(const TableBuild& build, const std::optional<FileIds>& files) {
  build.log.begin("parse files", files ? files->size() : build.repository.listing().sources.size());
  const CountWatch watch(build.log, build.files_read);
  return read_facts(build.session, files, build.partitions, build.memory, build.interrupt);
}

void register_facts(const Session& session, const DataFrame& facts) {
  IoAdapter(session).register_view("facts", facts);
}

/// What `before` keeps of the files but for `gone`.
DataFrame kept_interfaces(const TableBuild& build, const FileIds& gone) {
  const Run& before = *build.before;
  const delta::ProviderBundle pinned =
      delta::provider_from_session(build.session,
                                   {.table_uri = build.lake.uri(kInterfacesTable),
                                    .version = before.versions.at(kInterfacesTable)},
                                   build.interrupt);
  return build.session.read(pinned.provider)
      .filter(col("repo") == lit(before.repo) && !is_of("file_id", gone));
}

/// Whether all of `facts` are of the content that the run before knew.
bool are_as_before(const TableBuild& build, const DataFrame& facts) {
  const DataFrame before = build.session.table("files_before").select({"file_id", "content_hash"});
  return facts.select({"file_id", "content_hash"}).except(before).limit(1).count(build.interrupt) ==
         0;
}

}  // namespace

CommittedTables rebuild_tables(const TableBuild& build) {
  const Session& session = build.session;
  register_modules(session, build.interrupt);
  register_facts(session, parse_files(build, std::nullopt));
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
  commits.add({change_of(make_interfaces(session, std::nullopt, build.memory, build.interrupt))});
  commits.add(changes_of(made_of(build, Reach::File)));
  if (!build.choice.needs_resolution()) return commits.finish();
  const FileOutcomes outcomes = [&] {
    const ResolvedNames names(session, build.interrupt);
    FileOutcomes found = names.digests();
    for (const MadeDataset& made : made_of_names(build, names.rows())) {
      if (!found.contains(made.dataset->name)) add_outcome(made, found, build.interrupt);
      commits.add({change_of(made)});
    }
    return found;
  }();
  commits.add(changes_of(made_of(build, Reach::Answers)));
  commits.add({outcome_change(build, outcomes)});
  return commits.finish();
}

bool can_update(const Run& before) {
  return before.format_version == kLakeFormat && before.versions.contains(kInterfacesTable) &&
         before.versions.contains(outcomes_declaration().name);
}

CommittedTables update_tables(const TableBuild& build, const FileChanges& changes) {
  const Session& session = build.session;
  register_modules(session, build.interrupt);
  const FileIds to_parse =
      united(united(changes.added, changes.changed), renamed_modules(session, build.interrupt));
  const FileIds replaced = united(to_parse, changes.removed);

  const DataFrame new_facts = parse_files(build, to_parse);
  register_facts(session, new_facts);
  register_no_scip(session);

  build.log.begin("resolve names");
  TableCommits commits(session, build.lake, build.run, build.before, build.log, build.interrupt);
  // What doesn't wait for names is written while they are resolved.
  commits.add(of_files(made_of(build, Reach::File), replaced));
  commits.add(of_files(
      {make_interfaces(session, kept_interfaces(build, replaced), build.memory, build.interrupt)},
      replaced));
  const ResolvedNames names(session, build.interrupt);
  FileOutcomes outcomes = names.digests();
  const FileOutcomes before = read_outcomes(session, build.lake, *build.before, build.interrupt);
  const FileIds answered = differing(outcomes, before, "lookups");
  const std::vector<MadeDataset> of_names =
      made_of_names(build, names.rows(united(replaced, differing(outcomes, before))));

  // Files whose own facts are as before, and whose references mean something else.
  const FileIds to_read = without(answered, replaced);
  if (!to_read.empty()) {
    const DataFrame facts = parse_files(build, to_read);
    if (!are_as_before(build, facts)) throw FilesChanged();
    IoAdapter(session).deregister("facts");
    register_facts(session, new_facts.union_all(facts));
  }
  commits.add(of_files(made_of(build, Reach::Answers), united(replaced, answered)));
  for (const MadeDataset& made : of_names) {
    const std::string_view name = made.dataset->name;
    if (outcomes.contains(name)) {
      commits.add(of_files({made}, united(replaced, differing(outcomes, before, name))));
    } else {
      add_outcome(made, outcomes, build.interrupt);
      commits.add(of_files({made}, differing(outcomes, before, name)));
    }
  }
  TableChange change = outcome_change(build, outcomes);
  change.files = differing(outcomes, before);
  commits.add({change});
  return commits.finish();
}

}  // namespace alluvium::code
