#include "code/index/table_commits.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "code/publish/runs_table.h"

namespace alluvium::code {
namespace {

/// A commit spends part of its time waiting for the disk, and its plan uses all processors.
constexpr std::size_t kCommitsAtOnce = 3;

bool is_text(const DataType& type) {
  return type.id() == DataType::Id::Utf8 || type.id() == DataType::Id::LargeUtf8 ||
         type.id() == DataType::Id::Utf8View;
}

/// The declared columns in their order, cast where the query gives another type. Kinds of text are
/// all one to a Delta table.
DataFrame as_declared(const DataFrame& rows, const Schema& declared) {
  const Schema given = rows.schema();
  std::vector<Expr> columns;
  for (const Field& field : declared.fields) {
    const int index = given.index_of(field.name);
    if (index < 0) {
      throw Error(ErrorCode::Internal, "a dataset's query lacks the column `" + field.name + "`",
                  false, {{"column", field.name}});
    }
    const DataType& type = given.fields[static_cast<std::size_t>(index)].type;
    const bool fits = type == field.type || (is_text(type) && is_text(field.type));
    columns.push_back(fits ? col(field.name) : col(field.name).cast(field.type).alias(field.name));
  }
  return rows.select(columns);
}

std::optional<std::int64_t> added_rows(const delta::CommitReport& report) {
  const auto metric = report.metrics.find("num_added_rows");
  if (metric == report.metrics.end()) return std::nullopt;
  std::int64_t rows = 0;
  const std::string& text = metric->second;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return rows;
}

std::int64_t count_rows(const Session& session, const LakeLayout& lake, const std::string& table,
                        std::int64_t version, const std::string& repo, const Interrupt& interrupt) {
  const delta::ProviderBundle pinned = delta::provider_from_session(
      session, {.table_uri = lake.uri(table), .version = version}, interrupt);
  return static_cast<std::int64_t>(
      session.read(pinned.provider).filter(col("repo") == lit(repo)).count(interrupt));
}

struct Committed {
  std::int64_t version;
  std::int64_t rows;
};

Committed commit_table(const Session& session, const LakeLayout& lake, const std::string& repo,
                       const std::string& run_id, const TableChange& change,
                       const Interrupt& interrupt) {
  const std::string& name = change.table.name;
  const bool fresh = create_if_missing(session, lake, change.table, interrupt);
  if (!fresh) check_format(delta::snapshot(session, {.table_uri = lake.uri(name)}, interrupt));
  delta::WriteRequest request{
      .table_uri = lake.uri(name),
      .commit_metadata = {{"alluvium.run", run_id}, {"alluvium.repo", repo}},
      // Runs of other repositories may commit to the same table.
      .max_attempts = 64};
  if (!fresh) {
    request.mode = delta::SaveMode::Overwrite;
    request.replace_where = rows_of(repo);
  }
  const delta::CommitReport report =
      delta::write(session, as_declared(change.rows, change.table.schema), request, interrupt);
  const std::optional<std::int64_t> added = added_rows(report);
  return {report.version,
          added ? *added : count_rows(session, lake, name, report.version, repo, interrupt)};
}

/// The first failure of several threads; those that were only stopped by it don't count.
class FirstFailure {
 public:
  explicit FirstFailure(std::stop_source& stop) : stop_(&stop) {}

  void keep(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    stop_->request_stop();
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::stop_source* stop_;
};

}  // namespace

CommittedTables commit_tables(const Session& session, const LakeLayout& lake,
                              const std::string& repo, const std::string& run_id,
                              const std::vector<TableChange>& changes, PhaseLog& log,
                              const Interrupt& interrupt) {
  std::stop_source stop;
  const std::stop_callback chain(interrupt.stop, [&stop] { stop.request_stop(); });
  const Interrupt own{.stop = stop.get_token(), .deadline = interrupt.deadline};
  FirstFailure failure(stop);

  CommittedTables committed;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    while (!stop.stop_requested()) {
      const std::size_t index = next.fetch_add(1);
      if (index >= changes.size()) return;
      try {
        const Committed done = commit_table(session, lake, repo, run_id, changes[index], own);
        const std::lock_guard lock(mutex);
        committed.versions[changes[index].table.name] = done.version;
        committed.counts[changes[index].table.name] = done.rows;
        log.advance(committed.versions.size());
      } catch (...) {
        failure.keep(std::current_exception());
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(kCommitsAtOnce, changes.size()); ++i) {
      threads.emplace_back(work);
    }
  }
  failure.rethrow();
  if (committed.versions.size() < changes.size()) {
    throw Error(ErrorCode::Cancelled, "cancelled while writing the tables");
  }
  return committed;
}

}  // namespace alluvium::code
