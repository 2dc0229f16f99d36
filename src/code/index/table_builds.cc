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
#include "code/index/file_digests.h"
#include "code/index/file_ids.h"
#include "code/index/scip_frames.h"
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

/// In the order in which files are found in a table.
MadeDataset ordered(const MadeDataset& made) {
  return {made.dataset, made.rows.sort({col(std::string(made.dataset->file_column)).asc()})};
}

/// The datasets that any file can change, with what resolution came to for each file.
struct Resolved {
  std::vector<MadeDataset> datasets;
  FileDigests digests;
};

Resolved resolve(const TableBuild& build) {
  Resolved resolved;
  for (const MadeDataset& made : made_of(build, Reach::Repository)) {
    resolved.digests[std::string(made.dataset->name)] =
        row_digests(made.rows, made.dataset->file_column, build.interrupt);
    resolved.datasets.push_back(ordered(made));
    made.dataset->release(build.session);
  }
  resolved.digests[kAnswers] = answer_digests(build.session, build.interrupt);
  // A large part of what is in memory, and done with.
  IoAdapter(build.session).deregister("file_interfaces");
  return resolved;
}

TableChange digest_change(const TableBuild& build, const FileDigests& digests) {
  return {.table = digests_declaration(),
          .file_column = "file_id",
          .data_file_bytes = kDataFileBytes,
          .rows = digest_rows(build.session, build.run.repo, digests)};
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

FileIds differing_files(const FileDigests& now, const FileDigests& then, std::string_view dataset) {
  static const RowDigests kNone;
  const auto a = now.find(dataset);
  const auto b = then.find(dataset);
  return differing(a == now.end() ? kNone : a->second, b == then.end() ? kNone : b->second);
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
  // What doesn't wait for names is written while they are resolved.
  commits.add({change_of(make_interfaces(session, std::nullopt, build.memory, build.interrupt))});
  commits.add(changes_of(made_of(build, Reach::File)));
  const Resolved resolved = resolve(build);
  commits.add(changes_of(made_of(build, Reach::Answers)));
  commits.add(changes_of(resolved.datasets));
  commits.add({digest_change(build, resolved.digests)});
  return commits.finish();
}

bool can_update(const Run& before) {
  return before.format_version == kLakeFormat && before.versions.contains(kInterfacesTable) &&
         before.versions.contains(digests_declaration().name);
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
  const Resolved resolved = resolve(build);
  const FileDigests before = read_digests(session, build.lake, *build.before, build.interrupt);
  const FileIds answered = differing_files(resolved.digests, before, kAnswers);

  // Files whose own facts are as before, and whose references mean something else.
  const FileIds to_read = without(answered, replaced);
  if (!to_read.empty()) {
    const DataFrame facts = parse_files(build, to_read);
    if (!are_as_before(build, facts)) throw FilesChanged();
    IoAdapter(session).deregister("facts");
    register_facts(session, new_facts.union_all(facts));
  }
  commits.add(of_files(made_of(build, Reach::Answers), united(replaced, answered)));
  FileIds with_digests = answered;
  for (const MadeDataset& made : resolved.datasets) {
    const FileIds differing = differing_files(resolved.digests, before, made.dataset->name);
    with_digests = united(with_digests, differing);
    commits.add(of_files({made}, differing));
  }
  TableChange digests = digest_change(build, resolved.digests);
  digests.files = with_digests;
  commits.add({digests});
  return commits.finish();
}

}  // namespace alluvium::code
