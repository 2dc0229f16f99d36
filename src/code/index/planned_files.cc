#include "code/index/planned_files.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "code/index/file_ids.h"

namespace alluvium::code {
namespace {

using Paths = std::map<std::string, std::string, std::less<>>;

/// The path of each file by its id, of a table of the session.
Paths paths_in(const Session& session, const std::string& table, const Interrupt& interrupt) {
  Paths paths;
  for (const RecordBatch& batch :
       session.table(table).select({"file_id", "path"}).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      paths.emplace(batch.column("file_id").bytes(row), batch.column("path").bytes(row));
    }
  }
  return paths;
}

std::vector<std::string> paths_of(const FileIds& files, const Paths& paths) {
  std::vector<std::string> found;
  for (const std::string& file : files) {
    if (const auto path = paths.find(file); path != paths.end()) found.push_back(path->second);
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

void add_planned_files(const Session& session, const std::optional<FileChanges>& changes,
                       IndexPlan& plan, const Interrupt& interrupt) {
  if (plan.work == IndexWork::Nothing || plan.work == IndexWork::Revision) return;
  const Paths now = paths_in(session, "file_modules", interrupt);
  plan.files_to_parse = plan.files;
  if (!changes) {
    for (const auto& [file, path] : now) plan.added.push_back(path);
    std::ranges::sort(plan.added);
    return;
  }
  plan.added = paths_of(changes->added, now);
  plan.changed = paths_of(changes->changed, now);
  plan.removed = paths_of(changes->removed, paths_in(session, "files_before", interrupt));
  const FileIds to_read = united(changes->added, changes->changed);
  const FileIds renamed = without(renamed_modules(session, interrupt), to_read);
  plan.renamed = paths_of(renamed, now);
  if (plan.work == IndexWork::Update) plan.files_to_parse = united(to_read, renamed).size();
}

}  // namespace alluvium::code
