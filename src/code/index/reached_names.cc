#include "code/index/reached_names.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "code/index/part_check.h"
#include "code/index/reached_files.h"
#include "code/resolve/program.h"

namespace alluvium::code {
namespace {

/// How often files may be added to a part that turned out to be too small.
constexpr int kMostRounds = 4;

bool has_circles(const LinkGraph& graph) {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (graph.links(i).has_circle) return true;
  }
  return false;
}

/// The names of the files of `part`.
std::unique_ptr<ResolvedNames> resolve(const ChangedFiles& files, const LinkGraph::Files& part) {
  FileIds ids;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i]) ids.push_back(files.before.file_id(i));
  }
  return std::make_unique<ResolvedNames>(
      Program::load(files.session, {files.before, part, interfaces_now(files, ids)},
                    files.interrupt),
      files.interrupt);
}

/// Adds to `part` what its files look into now and it doesn't have. Returns whether there was some.
bool add_what_is_missing(const LinkGraph& graph, const ResolvedNames& names,
                         LinkGraph::Files& part) {
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (!part[i]) continue;
    for (const FileKey key : names.links()[i].reads) {
      const ProgramIndex read = graph.find(key);
      if (read == kNowhere || part[static_cast<std::size_t>(read)]) continue;
      missing.push_back(static_cast<std::size_t>(read));
    }
  }
  for (const std::size_t file : missing) part[file] = true;
  return !missing.empty();
}

}  // namespace

std::unique_ptr<ResolvedNames> resolve_reached(const ChangedFiles& files) {
  const LinkGraph& graph = files.before;
  if (has_circles(graph)) return nullptr;
  std::optional<ReachedFiles> reached = find_reached(files);
  if (!reached) return nullptr;
  LinkGraph::Files part = graph.none();
  for (int round = 0; round < kMostRounds; ++round) {
    LinkGraph::add(reached->files, part);
    graph.add_what_they_read(part);
    if (are_most_files(LinkGraph::count(part), graph.size())) return nullptr;
    std::unique_ptr<ResolvedNames> names = resolve(files, part);
    if (add_what_is_missing(graph, *names, part)) continue;
    if (add_who_asks(graph, *names, *reached)) continue;
    if (!is_enough(*names, files, *reached)) return nullptr;
    names->keep_to(reached->files, graph);
    return names;
  }
  return nullptr;
}

}  // namespace alluvium::code
