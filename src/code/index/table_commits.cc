#include "code/index/table_commits.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "code/index/column_encodings.h"
#include "code/index/data_files.h"
#include "code/index/file_ids.h"
#include "code/index/row_digests.h"
#include "code/publish/repository_rows.h"
#include "code/publish/table_pins.h"

namespace alluvium::code {
namespace {

/// A commit spends part of its time waiting for the disk, and its plan uses all processors.
constexpr std::size_t kCommitsAtOnce = 3;

/// Tables with more rows are written without a look at what is there.
constexpr std::int64_t kMostRowsCompared = 100'000;

/// Rows that are encoded before the size of the file is looked at: `_file_states` has a row of
/// some kilobytes for each source file.
constexpr std::uint64_t kRowsAtATime = 64;

/// More changed files are not named in a predicate: the repository's rows are written as a whole.
constexpr std::size_t kMostFilesNamed = 1'000;

/// The key of a commit's metadata that names its repository.
constexpr const char* kRepoOfCommit = "alluvium.repo";

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

/// Commits the changes of one run.
class Commits {
 public:
  Commits(const Session& session, const LakeLayout& lake, const Run& run, const Run* before)
      : session_(session), lake_(lake), run_(run), before_(before) {}

  [[nodiscard]] Committed commit(const TableChange& change, const Interrupt& interrupt) const {
    if (change.files) return commit_files(change, interrupt);
    const bool fresh = create_if_missing(session_, lake_, change.table, interrupt);
    const std::string& name = change.table.name;
    const DataFrame rows = as_declared(change.rows, change.table.schema);
    delta::WriteRequest request = request_for(change);
    if (!fresh) {
      const delta::Snapshot head =
          delta::snapshot(session_, {.table_uri = lake_.uri(name)}, interrupt);
      check_format(head);
      if (const auto same = unchanged(change, rows, interrupt)) return *same;
      request.mode = delta::SaveMode::Overwrite;
      request.replace_where = rows_of(run_.repo);
      add_missing_columns(change, head.schema, interrupt);
    }
    const delta::CommitReport report = delta::write(session_, rows, request, interrupt);
    const std::optional<std::int64_t> added = added_rows(report);
    return {report.version, added
                                ? *added
                                : static_cast<std::int64_t>(
                                      published(name, report.version, interrupt).count(interrupt))};
  }

  /// Makes the repository's rows of a version of a table the newest again. Returns the version that
  /// has them then.
  [[nodiscard]] std::int64_t restore(const std::string& table, std::int64_t version,
                                     const Interrupt& interrupt) const {
    return delta::restore(session_,
                          {.table_uri = lake_.uri(table),
                           .version = version,
                           .filters = {{"repo", "=", {run_.repo}}},
                           .commit = commit_options()},
                          interrupt)
        .version;
  }

  /// Whether the run before pins another version of a table than this.
  [[nodiscard]] bool differs_before(const std::string& table, std::int64_t version) const {
    const auto pin = before_->versions.find(table);
    return pin == before_->versions.end() || pin->second != version;
  }

 private:
  [[nodiscard]] delta::CommitOptions commit_options() const {
    return {.metadata = {{"alluvium.run", run_.run_id}, {kRepoOfCommit, run_.repo}},
            .mutation = of_lake()};
  }

  /// A table of an older format may lack columns. (A write that merges schemas would move the
  /// others about, and let some of them have nulls.)
  void add_missing_columns(const TableChange& change, const Schema& head,
                           const Interrupt& interrupt) const {
    const Schema missing = missing_columns(change, head);
    if (missing.fields.empty()) return;
    const delta::WriteRequest write = request_for(change);
    try {
      delta::add_columns(session_, {.table_uri = write.table_uri, .commit = write.commit}, missing,
                         interrupt);
    } catch (const Error&) {
      // A run of another repository may have been faster.
      const delta::Snapshot now =
          delta::snapshot(session_, {.table_uri = write.table_uri}, interrupt);
      if (!missing_columns(change, now.schema).fields.empty()) throw;
    }
  }

  static Schema missing_columns(const TableChange& change, const Schema& head) {
    Schema missing;
    for (Field field : change.table.schema.fields) {
      if (head.index_of(field.name) >= 0) continue;
      // Rows of other repositories may be there, and have nothing in it.
      field.nullable = true;
      missing.fields.push_back(std::move(field));
    }
    return missing;
  }

  [[nodiscard]] delta::WriteRequest request_for(const TableChange& change) const {
    delta::WriterPolicy writer = column_encodings(change.table);
    writer.compression = "zstd";
    writer.rows_at_a_time = kRowsAtATime;
    return {.table_uri = lake_.uri(change.table.name),
            .target_file_size = change.data_file_bytes,
            .writer = std::move(writer),
            .commit = commit_options()};
  }

  /// The repository's rows of the table at a version.
  [[nodiscard]] DataFrame published(const std::string& table, std::int64_t version,
                                    const Interrupt& interrupt) const {
    return rows_in(delta::provider_from_session(
        session_, {.table_uri = lake_.uri(table), .version = version}, interrupt));
  }
  [[nodiscard]] DataFrame rows_in(const delta::ProviderBundle& table) const {
    return session_.read(table.provider).filter(col("repo") == lit(run_.repo));
  }

  /// The pin and the count of the run before, when `rows` are the rows that it pins.
  [[nodiscard]] std::optional<Committed> unchanged(const TableChange& change, const DataFrame& rows,
                                                   const Interrupt& interrupt) const {
    if (before_ == nullptr) return std::nullopt;
    const std::string& table = change.table.name;
    const auto version = before_->versions.find(table);
    const auto count = before_->counts.find(table);
    if (version == before_->versions.end() || count == before_->counts.end() ||
        count->second > kMostRowsCompared) {
      return std::nullopt;
    }
    const DataFrame before = published(table, version->second, interrupt);
    if (!same_columns(before.schema(), rows.schema())) return std::nullopt;
    if (row_digests(before, change.file_column, interrupt) !=
        row_digests(rows, change.file_column, interrupt)) {
      return std::nullopt;
    }
    return Committed{version->second, count->second};
  }

  static bool same_columns(const Schema& a, const Schema& b) {
    return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                      [](const Field& x, const Field& y) { return x.name == y.name; });
  }

  [[nodiscard]] Committed commit_files(const TableChange& change,
                                       const Interrupt& interrupt) const {
    const std::string& name = change.table.name;
    const std::int64_t pin = before_->versions.at(name);
    const delta::Snapshot head =
        delta::snapshot(session_, {.table_uri = lake_.uri(name)}, interrupt);
    check_format(head);
    const DataFiles there = DataFiles::of(session_, {.table_uri = lake_.uri(name)}, run_.repo,
                                          change.file_column, interrupt);
    const Expr of_files = is_of(change.file_column, *change.files);
    const DataFrame rows = as_declared(change.rows, change.table.schema).filter(of_files);
    delta::WriteRequest request = request_for(change);
    request.mode = delta::SaveMode::Overwrite;
    if (change.files->size() > kMostFilesNamed || there.are_scattered(change.data_file_bytes) ||
        has_unpublished(name, pin, head.version, interrupt)) {
      request.replace_where = rows_of(run_.repo);
      const auto all = [&](const Session&) {
        return published(name, pin, interrupt)
            .filter(!of_files)
            .union_by_name(rows)
            .sort({col(change.file_column).asc()});
      };
      return {delta::write(session_, all, request, interrupt).version, change.rows_after};
    }
    const auto counted = before_->counts.find(name);
    const std::int64_t more =
        counted == before_->counts.end() ? 0 : change.rows_after - counted->second;
    request.target_file_size = static_cast<std::uint64_t>(
        static_cast<double>(change.data_file_bytes) * there.piece(*change.files, more));
    request.replace_where = Expr(col("repo") == lit(run_.repo) && of_files);
    return {delta::write(session_, rows, request, interrupt).version, change.rows_after};
  }

  /// Whether the table may hold rows of this repository that no run published: a run was killed
  /// after it had committed them.
  [[nodiscard]] bool has_unpublished(const std::string& table, std::int64_t pin, std::int64_t head,
                                     const Interrupt& interrupt) const {
    if (head == pin) return false;
    const auto since = static_cast<std::size_t>(head - pin);
    const std::vector<delta::HistoryEntry> commits = delta::history(
        session_, {.table_uri = lake_.uri(table), .version = head}, since, interrupt);
    return commits.size() < since || std::ranges::any_of(
                                         commits,
                                         [&](const delta::HistoryEntry& commit) {
                                           const auto repo = commit.metadata.find(kRepoOfCommit);
                                           return repo == commit.metadata.end() ||
                                                  repo->second == run_.repo;
                                         });
  }

  const Session& session_;
  const LakeLayout& lake_;
  const Run& run_;
  const Run* before_;
};

}  // namespace

struct TableCommits::Impl {
  Impl(const Session& session, const LakeLayout& lake, const Run& run, const Run* before,
       PhaseLog& progress, const Interrupt& interrupt)
      : commits(session, lake, run, before),
        log(progress),
        chain(interrupt.stop, [this] { stop.request_stop(); }),
        own{.stop = stop.get_token(), .deadline = interrupt.deadline} {}

  /// What is to be done for one table.
  struct Task {
    std::string table;
    std::function<Committed(const Interrupt&)> commit;
  };

  /// What each thread does: the next table, until there will be none.
  void work() {
    std::unique_lock lock(mutex);
    while (wake.wait(lock, own.stop, [&] { return !waiting.empty() || is_complete; }) &&
           !waiting.empty() && !stop.stop_requested()) {
      const Task task = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      try {
        const Committed done = task.commit(own);
        lock.lock();
        committed.versions[task.table] = done.version;
        if (!is_internal(task.table)) committed.counts[task.table] = done.rows;
        if (is_complete) log.advance(committed.versions.size());
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        // Those that were only stopped by the first failure don't count.
        if (!failure) failure = std::current_exception();
        stop.request_stop();
      }
    }
  }

  void add(std::vector<Task> tasks) {
    const std::lock_guard lock(mutex);
    added += tasks.size();
    std::ranges::move(tasks, std::back_inserter(waiting));
    wake.notify_all();
  }

  const Commits commits;
  TableChoice choice;
  PhaseLog& log;
  std::stop_source stop;
  const std::stop_callback<std::function<void()>> chain;
  const Interrupt own;

  std::mutex mutex;
  std::condition_variable_any wake;
  std::deque<Task> waiting;
  bool is_complete = false;  ///< No more tables come.
  std::size_t added = 0;
  CommittedTables committed;
  std::exception_ptr failure;
  std::vector<std::jthread> threads;  // last: they use the rest
};

TableCommits::TableCommits(const Session& session, const LakeLayout& lake, const Run& run,
                           const Run* before, PhaseLog& log, const Interrupt& interrupt)
    : impl_(std::make_unique<Impl>(session, lake, run, before, log, interrupt)) {
  for (std::size_t i = 0; i < kCommitsAtOnce; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
  }
}

TableCommits::~TableCommits() { impl_->stop.request_stop(); }

void TableCommits::leave_out_all_but(const TableChoice& choice) { impl_->choice = choice; }

void TableCommits::add(std::vector<TableChange> changes) {
  std::vector<Impl::Task> tasks;
  for (TableChange& change : changes) {
    std::string table = change.table.name;
    if (!impl_->choice.has(table)) continue;
    tasks.push_back({std::move(table),
                     [impl = impl_.get(), change = std::move(change)](const Interrupt& interrupt) {
                       return impl->commits.commit(change, interrupt);
                     }});
  }
  impl_->add(std::move(tasks));
}

void TableCommits::go_back(const Run& earlier) {
  std::vector<Impl::Task> tasks;
  for (const auto& [table, version] : earlier.versions) {
    if (!impl_->commits.differs_before(table, version)) continue;
    const auto counted = earlier.counts.find(table);
    const std::int64_t rows = counted == earlier.counts.end() ? 0 : counted->second;
    tasks.push_back({table, [impl = impl_.get(), table, version, rows](const Interrupt& interrupt) {
                       return Committed{impl->commits.restore(table, version, interrupt), rows};
                     }});
  }
  impl_->add(std::move(tasks));
}

CommittedTables TableCommits::finish() {
  impl_->log.begin("write tables", impl_->added);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->is_complete = true;
    impl_->wake.notify_all();
  }
  for (std::jthread& thread : impl_->threads) thread.join();
  if (impl_->failure) std::rethrow_exception(impl_->failure);
  if (impl_->committed.versions.size() < impl_->added) {
    throw Error(ErrorCode::Cancelled, "cancelled while writing the tables");
  }
  return std::move(impl_->committed);
}

}  // namespace alluvium::code
