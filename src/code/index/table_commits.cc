#include "code/index/table_commits.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "alluvium/error.h"
#include "code/index/run_commits.h"
#include "code/publish/table_pins.h"

namespace alluvium::code {
namespace {

/// A commit spends part of its time waiting for the disk, and its plan uses all processors.
constexpr std::size_t kCommitsAtOnce = 3;

}  // namespace

struct TableCommits::Impl {
  Impl(const Session& session, const LakeLayout& lake, const Run& run, const Run* before,
       PhaseLog& progress, const Interrupt& interrupt)
      : run_before(before),
        commits(session, lake, run, before),
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

  const Run* const run_before;
  const RunCommits commits;
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
    if (pins(*impl_->run_before, table, version)) continue;
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
