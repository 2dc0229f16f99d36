#include "alluvium/code/lake.h"

#include <map>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "alluvium/error.h"
#include "code/datasets/datasets.h"
#include "code/graph/graph_views.h"
#include "code/graph/impact.h"
#include "code/lake/moment.h"
#include "code/lake/pinned_table.h"
#include "code/lake/refused_table.h"
#include "code/publish/lake_layout.h"
#include "code/publish/partial_run.h"
#include "code/publish/removed_runs.h"
#include "code/publish/runs_table.h"
#include "code/publish/table_pins.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

Error nothing_published(const fs::path& folder) {
  return Error(ErrorCode::NotFound,
               "nothing is published in the lake `" + folder.string() +
                   "` yet; run `alluvium index REPO --lake " + folder.string() + "`",
               false, {{"path", folder.string()}});
}

/// Fails unless `folder` is a lake in which a run was begun.
void check_folder(const LakeLayout& lake, const fs::path& named) {
  std::error_code failure;
  if (!fs::exists(named, failure)) {
    throw Error(ErrorCode::NotFound,
                "there is no lake `" + named.string() + "`; run `alluvium index REPO --lake " +
                    named.string() + "` to make one",
                false, {{"path", named.string()}});
  }
  const LakeState state = lake.state();
  if (state == LakeState::Begun) return;
  if (state == LakeState::Free) throw nothing_published(lake.folder());
  throw Error(ErrorCode::InvalidArgument,
              "`" + named.string() +
                  "` is a folder, but no lake: it has no table `runs`. A lake is what "
                  "`alluvium index` made; of a repository it is the folder `.alluvium`",
              false, {{"path", named.string()}});
}

/// Reads the lake's own tables; never for a caller's SQL.
Session open_reader(const fs::path& folder) {
  RuntimeProfile profile{.enable_information_schema = false,
                         .target_partitions = 1,
                         .allowed_roots = {folder.string()},
                         .confine = true};
  return profile.open_session();
}

/// Fails when a run of `repo` that `moment` names was removed.
void check_not_removed(const fs::path& folder, std::int64_t runs_version, std::string_view moment,
                       std::string_view repo) {
  const LakeLayout lake(folder);
  const Session reader = open_reader(folder);
  std::vector<Run> removed = read_removed_runs(reader, lake, {});
  std::erase_if(removed, [&](const Run& run) { return run.repo != repo; });
  const auto failure = removed_at(moment, removed, read_history(reader, lake, runs_version, {}));
  if (failure) throw *failure;
}

}  // namespace

Lake::Lake(fs::path folder, std::int64_t runs_version, std::vector<Run> runs)
    : folder_(std::move(folder)), runs_version_(runs_version), runs_(std::move(runs)) {}

Lake Lake::open(const fs::path& folder, const Interrupt& interrupt) {
  std::error_code failure;
  const fs::path canonical = fs::weakly_canonical(folder, failure);
  const LakeLayout lake(failure ? folder : canonical);
  check_folder(lake, folder);
  PublishedRuns runs = read_runs(open_reader(lake.folder()), lake, interrupt);
  if (runs.current.empty()) throw nothing_published(lake.folder());
  return Lake(lake.folder(), runs.version, std::move(runs.current));
}

Lake Lake::at(std::string_view moment, const Interrupt& interrupt) const {
  const LakeLayout lake(folder_);
  const Session reader = open_reader(folder_);
  const std::vector<Run> history = read_history(reader, lake, runs_version_, interrupt);
  std::vector<Run> runs;
  try {
    runs = runs_at(moment, history);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;
    const auto removed = removed_at(moment, read_removed_runs(reader, lake, interrupt), history);
    if (!removed) throw;
    throw *removed;
  }
  for (const Run& run : runs) check_run_format(lake, run);
  Lake then(folder_, runs_version_, std::move(runs));
  then.moment_ = moment;
  return then;
}

Lake Lake::only(std::string_view repo) const {
  std::string known;
  for (const Run& run : runs_) {
    if (run.repo == repo) {
      Lake one(folder_, runs_version_, {run});
      one.moment_ = moment_;
      return one;
    }
    known += (known.empty() ? "`" : ", `") + run.repo + "`";
  }
  if (!moment_.empty()) check_not_removed(folder_, runs_version_, moment_, repo);
  throw Error(ErrorCode::NotFound,
              "the lake has no repository `" + std::string(repo) + "`; there is " + known, false,
              {{"repo", std::string(repo)}});
}

std::vector<std::string> Lake::view_names() {
  std::vector<std::string> names;
  for (const Dataset& view : graph_views()) names.emplace_back(view.name);
  return names;
}

std::map<std::string, std::string> Lake::left_out() const { return left_out_tables(runs_); }

Session Lake::session(RuntimeProfile profile, const Interrupt& interrupt) const {
  profile.allowed_roots = {folder_.string()};
  profile.confine = true;
  profile.functions.tables.push_back(impact_function());
  const std::map<std::string, std::string> left_out = left_out_tables(runs_);
  if (!left_out.empty()) profile.functions.scalars.push_back(refuse_function());
  const Session session = profile.open_session();
  const LakeLayout lake(folder_);
  IoAdapter adapter = IoAdapter::without_snapshots(session);
  for (const auto& [table, pins] : pins_of(runs_)) {
    adapter.register_view(table, read_pinned(session, lake, table, pins, interrupt));
  }
  // `runs` as it was when the lake was opened, and of `repos` those that have a run: one is
  // recorded before its first run is published.
  const delta::ProviderBundle runs = delta::provider_from_session(
      session, {.table_uri = lake.uri("runs"), .version = runs_version_}, interrupt);
  adapter.register_delta_table_provider("runs", runs.provider);
  const delta::ProviderBundle repos =
      delta::provider_from_session(session, {.table_uri = lake.uri("repos")}, interrupt);
  std::vector<Expr> published;
  for (const Run& run : runs_) published.push_back(lit(run.repo));
  adapter.register_view("repos",
                        session.read(repos.provider).filter(col("repo").in_list(published)));
  register_graph_views(session, interrupt);
  for (const std::span<const Dataset> group : {datasets(), graph_views()}) {
    for (const Dataset& dataset : group) {
      const auto found = left_out.find(std::string(dataset.name));
      if (found != left_out.end()) {
        register_refused_table(session, dataset, found->second, interrupt);
      }
    }
  }
  return session;
}

}  // namespace alluvium::code
