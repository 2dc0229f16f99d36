#include "alluvium/code/index.h"

#include "alluvium/error.h"
#include "code/index/index_run.h"
#include "code/index/run_work.h"
#include "code/index/table_builds.h"
#include "code/repository/repository.h"

namespace alluvium::code {
namespace {

/// How often files that change while they are indexed are looked at again.
constexpr int kMostAttempts = 4;

}  // namespace

IndexReport index(const IndexRequest& request,
                  const std::function<void(const IndexProgress&)>& progress,
                  const Interrupt& interrupt) {
  IndexAttempt how;
  for (int attempt = 1;; ++attempt) {
    try {
      return run_index(request, how, progress, interrupt);
    } catch (const EarlierRunLost&) {
      how.start = StartingRun::Last;
    } catch (const FilesChanged&) {
      // What changed unseen by its times is seen when its bytes are looked at.
      how.files_to_open = FilesToOpen::All;
      if (attempt < kMostAttempts) continue;
      throw Error(ErrorCode::CommitConflict,
                  "the files of `" + request.repository.string() +
                      "` keep changing while they are indexed; run again when they rest",
                  /*retryable=*/true, {{"path", request.repository.string()}});
    }
  }
}

std::size_t index_revisions(const IndexRequest& request, const std::string& range,
                            const std::function<void(const IndexReport&)>& on_run,
                            const std::function<void(const IndexProgress&)>& progress,
                            const Interrupt& interrupt) {
  const std::vector<std::string> commits =
      Repository::commits(request.repository, range, interrupt);
  for (const std::string& commit : commits) {
    IndexRequest one = request;
    one.revision = commit;
    const IndexReport report = index(one, progress, interrupt);
    if (on_run) on_run(report);
  }
  return commits.size();
}

}  // namespace alluvium::code
