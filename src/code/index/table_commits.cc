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

/// Tables with more rows are written without a look at what is there.
constexpr std::int64_t kMostRowsCompared = 100'000;

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

struct Committed {
  std::int64_t version;
  std::int64_t rows;
};

/// The rows with how often each is there: what makes a bag of rows a set.
DataFrame counted(const DataFrame& rows) {
  std::vector<Expr> columns;
  for (const Field& field : rows.schema().fields) columns.push_back(col(field.name));
  return rows.aggregate(columns, {call("count", {lit(1)}).alias("alluvium_times")});
}

/// Commits the changes of one run.
class Commits {
 public:
  Commits(const Session& session, const LakeLayout& lake, const Run& run, const Run* before)
      : session_(session), lake_(lake), run_(run), before_(before) {}

  [[nodiscard]] Committed commit(const TableChange& change, const Interrupt& interrupt) const {
    const std::string& name = change.table.name;
    const DataFrame rows = as_declared(change.rows, change.table.schema);
    const bool fresh = create_if_missing(session_, lake_, change.table, interrupt);
    if (!fresh) {
      check_format(delta::snapshot(session_, {.table_uri = lake_.uri(name)}, interrupt));
      if (const auto same = unchanged(name, rows, change.has_key, interrupt)) return *same;
    }
    delta::WriteRequest request{
        .table_uri = lake_.uri(name),
        .commit = {.metadata = {{"alluvium.run", run_.run_id}, {"alluvium.repo", run_.repo}},
                   .mutation = of_lake()}};
    if (!fresh) {
      request.mode = delta::SaveMode::Overwrite;
      request.replace_where = rows_of(run_.repo);
    }
    const delta::CommitReport report = delta::write(session_, rows, request, interrupt);
    const std::optional<std::int64_t> added = added_rows(report);
    return {report.version, added
                                ? *added
                                : static_cast<std::int64_t>(
                                      published(name, report.version, interrupt).count(interrupt))};
  }

 private:
  /// The repository's rows of the table at a version.
  [[nodiscard]] DataFrame published(const std::string& table, std::int64_t version,
                                    const Interrupt& interrupt) const {
    const delta::ProviderBundle pinned = delta::provider_from_session(
        session_, {.table_uri = lake_.uri(table), .version = version}, interrupt);
    return session_.read(pinned.provider).filter(col("repo") == lit(run_.repo));
  }

  /// The pin and the count of the run before, when `rows` are the rows that it pins.
  [[nodiscard]] std::optional<Committed> unchanged(const std::string& table, const DataFrame& rows,
                                                   bool has_key, const Interrupt& interrupt) const {
    if (before_ == nullptr) return std::nullopt;
    const auto version = before_->versions.find(table);
    const auto count = before_->counts.find(table);
    if (version == before_->versions.end() || count == before_->counts.end() ||
        count->second > kMostRowsCompared ||
        static_cast<std::int64_t>(rows.count(interrupt)) != count->second) {
      return std::nullopt;
    }
    DataFrame before = published(table, version->second, interrupt);
    if (!same_columns(before.schema(), rows.schema())) return std::nullopt;
    // As many rows, and none that is new: the same rows.
    const DataFrame fresh = has_key ? rows.except(before) : counted(rows).except(counted(before));
    if (fresh.limit(1).count(interrupt) > 0) return std::nullopt;
    return Committed{version->second, count->second};
  }

  static bool same_columns(const Schema& a, const Schema& b) {
    return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                      [](const Field& x, const Field& y) { return x.name == y.name; });
  }

  const Session& session_;
  const LakeLayout& lake_;
  const Run& run_;
  const Run* before_;
};

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

CommittedTables commit_tables(const Session& session, const LakeLayout& lake, const Run& run,
                              const Run* before, const std::vector<TableChange>& changes,
                              PhaseLog& log, const Interrupt& interrupt) {
  std::stop_source stop;
  const std::stop_callback chain(interrupt.stop, [&stop] { stop.request_stop(); });
  const Interrupt own{.stop = stop.get_token(), .deadline = interrupt.deadline};
  FirstFailure failure(stop);

  const Commits commits(session, lake, run, before);
  CommittedTables committed;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    while (!stop.stop_requested()) {
      const std::size_t index = next.fetch_add(1);
      if (index >= changes.size()) return;
      try {
        const Committed done = commits.commit(changes[index], own);
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
