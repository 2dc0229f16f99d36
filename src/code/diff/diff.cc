#include "alluvium/code/diff.h"

#include <algorithm>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "code/datasets/datasets.h"
#include "code/datasets/sql_text.h"
#include "code/diff/row_changes.h"
#include "code/lake/pinned_table.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_pins.h"

namespace alluvium::code {
namespace {

std::string names_of(const std::vector<Run>& runs) {
  std::string names;
  for (const Run& run : runs) names += (names.empty() ? "`" : ", `") + run.repo + "`";
  return names;
}

void register_state(IoAdapter& adapter, const Session& session, const std::string& schema,
                    const std::filesystem::path& folder, const std::vector<Run>& runs,
                    const std::vector<std::string>& tables, const Interrupt& interrupt) {
  adapter.create_schema(schema);
  const LakeLayout lake(folder);
  const auto pins = pins_of(runs);
  for (const std::string& table : tables) {
    adapter.register_view(schema + "." + table,
                          read_pinned(session, lake, table, pins.at(table), interrupt));
  }
}

/// The declared columns that both states of a table have: an older run may lack some.
std::vector<std::string> common_columns(const Session& session, const Dataset& dataset) {
  const std::string name(dataset.name);
  const Schema before = session.table("before." + name).schema();
  const Schema after = session.table("after." + name).schema();
  std::vector<std::string> columns;
  for (const Column& column : dataset.columns) {
    if (before.index_of(column.name) >= 0 && after.index_of(column.name) >= 0) {
      columns.emplace_back(column.name);
    }
  }
  return columns;
}

}  // namespace

Diff::Diff(const Lake& before, const Lake& after)
    : folder_before_(before.folder()), folder_after_(after.folder()) {
  for (const Run& run : before.runs()) {
    const auto other = std::ranges::find(after.runs(), run.repo, &Run::repo);
    if (other == after.runs().end()) {
      left_out_.push_back(run.repo);
      continue;
    }
    before_.push_back(run);
    after_.push_back(*other);
  }
  for (const Run& run : after.runs()) {
    if (std::ranges::find(before_, run.repo, &Run::repo) == before_.end()) {
      left_out_.push_back(run.repo);
    }
  }
  if (before_.empty()) {
    throw Error(ErrorCode::InvalidArgument, "there is nothing to compare: the one side has " +
                                                names_of(before.runs()) + ", the other " +
                                                names_of(after.runs()));
  }
  const auto pinned_before = pins_of(before_);
  const auto pinned_after = pins_of(after_);
  for (const Dataset& dataset : datasets()) {
    std::string name(dataset.name);
    if (pinned_before.contains(name) && pinned_after.contains(name)) {
      tables_.push_back(std::move(name));
    }
  }
}

bool Diff::may_differ(const std::string& table) const {
  return folder_before_ != folder_after_ ||
         !std::ranges::equal(before_, after_, [&](const Run& before, const Run& after) {
           const auto old = before.versions.find(table);
           const auto now = after.versions.find(table);
           return (old == before.versions.end()) == (now == after.versions.end()) &&
                  (old == before.versions.end() || old->second == now->second);
         });
}

Session Diff::session(RuntimeProfile profile, const Interrupt& interrupt) const {
  profile.allowed_roots = {folder_before_.string(), folder_after_.string()};
  profile.confine = true;
  Session session = profile.open_session();
  IoAdapter adapter = IoAdapter::without_snapshots(session);
  register_state(adapter, session, "before", folder_before_, before_, tables_, interrupt);
  register_state(adapter, session, "after", folder_after_, after_, tables_, interrupt);
  adapter.create_schema("changes");
  const auto make = [&](const std::string& name, std::string_view query) {
    adapter.register_view("changes." + name, session.sql(query, {}, interrupt));
  };
  std::vector<std::string> differing;
  for (const Dataset& dataset : datasets()) {
    const std::string name(dataset.name);
    if (std::ranges::find(tables_, name) == tables_.end()) continue;
    make(name, row_changes_query(dataset, common_columns(session, dataset)));
    if (may_differ(name)) differing.push_back(name);
  }
  make("counts", change_counts_query(differing));
  make("definitions_by_name", sql_text("definition_changes"));
  return session;
}

std::vector<std::string> Diff::changed_definitions(const Interrupt& interrupt) const {
  for (const char* table : {"definitions", "files", "refs", "relations"}) {
    if (std::ranges::find(tables_, table) != tables_.end()) continue;
    throw Error(ErrorCode::NotFound,
                std::string("one of the runs lacks the table `") + table +
                    "`: it made a part of the tables (--only), or an older program made it; index "
                    "the repository again with --force",
                false, {{"table", table}});
  }
  std::vector<std::string> ids;
  const Session opened = session({}, interrupt);
  for (const RecordBatch& batch :
       opened.sql(sql_text("changed_definitions"), {}, interrupt).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      ids.emplace_back(batch.column(0).bytes(row));
    }
  }
  std::ranges::sort(ids);
  return ids;
}

}  // namespace alluvium::code
