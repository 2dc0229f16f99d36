#include "code/index/table_builds.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "code/datasets/datasets.h"
#include "code/index/dataset_frames.h"
#include "code/index/file_digests.h"
#include "code/index/scip_frames.h"
#include "code/scip/scip_tables.h"

namespace alluvium::code {
namespace {

using Ids = std::vector<std::string>;

Ids united(const Ids& a, const Ids& b) {
  std::set<std::string> ids(a.begin(), a.end());
  ids.insert(b.begin(), b.end());
  return {ids.begin(), ids.end()};
}

Ids without(const Ids& all, const Ids& removed) {
  const std::set<std::string_view> gone(removed.begin(), removed.end());
  Ids ids;
  std::ranges::copy_if(all, std::back_inserter(ids),
                       [&](const std::string& id) { return !gone.contains(id); });
  return ids;
}

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

/// Made once, in the order in which files are found in a table.
MadeDataset ordered(const MadeDataset& made, std::uint64_t memory, const Interrupt& interrupt) {
  return {
      made.dataset,
      made.rows.sort({col(std::string(made.dataset->file_column)).asc()}).stage(memory, interrupt)};
}

/// The datasets that any file can change, with what resolution came to for each file.
struct Resolved {
  std::vector<MadeDataset> datasets;
  FileDigests digests;
};

Resolved resolve(const TableBuild& build) {
  Resolved resolved;
  for (const MadeDataset& made : make_datasets(build.session, /*of_facts=*/false, build.memory,
                                               /*has_scip=*/false, build.log, build.interrupt)) {
    const MadeDataset dataset = ordered(made, build.memory, build.interrupt);
    resolved.digests[std::string(made.dataset->name)] =
        row_digests(dataset.rows, made.dataset->file_column, build.interrupt);
    resolved.datasets.push_back(dataset);
  }
  resolved.digests[kAnswers] = answer_digests(build.session, build.interrupt);
  return resolved;
}

TableChange digest_change(const TableBuild& build, const FileDigests& digests) {
  return {.table = digests_declaration(),
          .file_column = "file_id",
          .data_file_bytes = std::uint64_t{128} << 10,
          .rows = digest_rows(build.session, build.run.repo, digests)};
}

DataFrame parse_files(const TableBuild& build, const std::optional<Ids>& files) {
  build.log.begin("parse files", files ? files->size() : build.repository.listing().sources.size());
  const CountWatch watch(build.log, build.files_read);
  return read_facts(build.session, files, build.partitions, build.memory, build.interrupt);
}

void register_facts(const Session& session, const DataFrame& facts) {
  IoAdapter(session).register_view("facts", facts);
}

/// What `before` keeps of the files but for `gone`.
DataFrame kept_interfaces(const TableBuild& build, const Ids& gone) {
  const Run& before = *build.before;
  const delta::ProviderBundle pinned =
      delta::provider_from_session(build.session,
                                   {.table_uri = build.lake.uri(kInterfacesTable),
                                    .version = before.versions.at(kInterfacesTable)},
                                   build.interrupt);
  const DataFrame rows =
      build.session.read(pinned.provider).filter(col("repo") == lit(before.repo));
  std::vector<Expr> ids;
  for (const std::string& id : gone) ids.push_back(lit(id));
  return ids.empty() ? rows : rows.filter(!col("file_id").in_list(ids));
}

/// Whether all of `facts` are of the content that the run before knew.
bool are_as_before(const TableBuild& build, const DataFrame& facts) {
  const DataFrame before = build.session.table("files_before").select({"file_id", "content_hash"});
  return facts.select({"file_id", "content_hash"}).except(before).limit(1).count(build.interrupt) ==
         0;
}

Ids differing_files(const FileDigests& now, const FileDigests& then, std::string_view dataset) {
  static const RowDigests kNone;
  const auto a = now.find(dataset);
  const auto b = then.find(dataset);
  return differing(a == now.end() ? kNone : a->second, b == then.end() ? kNone : b->second);
}

}  // namespace

CommittedTables rebuild_tables(const TableBuild& build, const ScipFile* scip) {
  const Session& session = build.session;
  register_modules(session, build.interrupt);
  register_facts(session, parse_files(build, std::nullopt));
  if (scip != nullptr) {
    build.log.begin("read symbols");
    stage_scip(session, build.run.repo, *scip, build.repository.listing(), build.partitions,
               build.memory, build.interrupt);
  } else {
    register_no_scip(session);
  }
  build.log.begin("resolve names");
  std::vector<TableChange> changes;
  changes.push_back(
      change_of(make_interfaces(session, std::nullopt, build.memory, build.interrupt)));
  const Resolved resolved = resolve(build);
  for (const MadeDataset& made : resolved.datasets) changes.push_back(change_of(made));
  changes.push_back(digest_change(build, resolved.digests));
  for (const MadeDataset& made : make_datasets(session, /*of_facts=*/true, build.memory,
                                               scip != nullptr, build.log, build.interrupt)) {
    changes.push_back(change_of(made));
  }
  build.log.begin("write tables", changes.size());
  return commit_tables(session, build.lake, build.run, build.before, changes, build.log,
                       build.interrupt);
}

bool can_update(const Run& before) {
  return before.format_version == kLakeFormat && before.versions.contains(kInterfacesTable) &&
         before.versions.contains(digests_declaration().name);
}

CommittedTables update_tables(const TableBuild& build, const FileChanges& changes) {
  const Session& session = build.session;
  register_modules(session, build.interrupt);
  const Ids to_parse =
      united(united(changes.added, changes.changed), renamed_modules(session, build.interrupt));
  const Ids replaced = united(to_parse, changes.removed);

  const DataFrame new_facts = parse_files(build, to_parse);
  register_facts(session, new_facts);
  register_no_scip(session);

  build.log.begin("resolve names");
  std::vector<TableChange> tables;
  tables.push_back(change_of(
      make_interfaces(session, kept_interfaces(build, replaced), build.memory, build.interrupt)));
  tables.back().files = replaced;
  const Resolved resolved = resolve(build);
  const FileDigests before = read_digests(session, build.lake, *build.before, build.interrupt);
  Ids with_digests;
  for (const MadeDataset& made : resolved.datasets) {
    tables.push_back(change_of(made));
    tables.back().files = differing_files(resolved.digests, before, made.dataset->name);
    with_digests = united(with_digests, *tables.back().files);
  }
  const Ids answered = differing_files(resolved.digests, before, kAnswers);
  tables.push_back(digest_change(build, resolved.digests));
  tables.back().files = united(with_digests, answered);

  // Files whose own facts are as before, and whose references mean something else.
  const Ids to_read = without(answered, replaced);
  if (!to_read.empty()) {
    const DataFrame facts = parse_files(build, to_read);
    if (!are_as_before(build, facts)) throw FilesChanged();
    IoAdapter(session).deregister("facts");
    register_facts(session, new_facts.union_all(facts));
  }
  const Ids referring = united(replaced, answered);
  for (const MadeDataset& made : make_datasets(session, /*of_facts=*/true, build.memory,
                                               /*has_scip=*/false, build.log, build.interrupt)) {
    tables.push_back(change_of(made));
    if (made.dataset->from_scip) {
      tables.back().files = Ids();
    } else {
      tables.back().files = reach_of(*made.dataset) == Reach::Answers ? referring : replaced;
    }
  }
  build.log.begin("write tables", tables.size());
  return commit_tables(session, build.lake, build.run, build.before, tables, build.log,
                       build.interrupt);
}

}  // namespace alluvium::code
