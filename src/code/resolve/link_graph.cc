#include "code/resolve/link_graph.h"

#include <algorithm>
#include <utility>

#include "code/resolve/conftest.h"

namespace alluvium::code {

LinkGraph LinkGraph::load(const Session& session, const DataFrame& states,
                          const Interrupt& interrupt) {
  LinkGraph graph;
  std::vector<std::pair<std::string, std::string>> files;  // path, id
  for (const RecordBatch& batch :
       session.table("file_modules").select({"path", "file_id"}).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      files.emplace_back(batch.column(0).bytes(row), batch.column(1).bytes(row));
    }
  }
  std::ranges::sort(files);
  graph.links_.resize(files.size());
  graph.places_.reserve(files.size());
  for (auto& [path, id] : files) {
    graph.places_[file_key(id)] = static_cast<ProgramIndex>(graph.ids_.size());
    graph.ids_.push_back(std::move(id));
    graph.paths_.push_back(std::move(path));
  }
  for (std::size_t i = 0; i < graph.paths_.size(); ++i) {
    if (is_conftest(graph.paths_[i])) graph.conftests_.emplace(folder_of(graph.paths_[i]), i);
  }
  RecordBatchReader reader = states.select({"file_id", "links"}).stream(interrupt);
  while (const auto batch = reader.next()) {
    for (std::int64_t row = 0; row < batch->row_count(); ++row) {
      const ProgramIndex file = graph.find(batch->column(0).bytes(row));
      if (file == kNowhere || batch->column(1).is_null(row)) continue;
      graph.links_[static_cast<std::size_t>(file)] = FileLinks::read(batch->column(1).bytes(row));
    }
  }
  return graph;
}

ProgramIndex LinkGraph::find(FileKey key) const {
  const ProgramIndex* const found = places_.find(key);
  return found == nullptr ? kNowhere : *found;
}

std::size_t LinkGraph::count(const Files& files) {
  return static_cast<std::size_t>(std::ranges::count(files, true));
}

void LinkGraph::add(const Files& more, Files& files) {
  for (std::size_t i = 0; i < files.size(); ++i) files[i] = files[i] || more[i];
}

template <typename Each>
void LinkGraph::for_each_read(std::size_t file, Each&& each) const {
  for (const FileKey key : links_[file].reads) {
    if (const ProgramIndex read = find(key); read != kNowhere) each(static_cast<std::size_t>(read));
  }
  std::string_view folder = folder_of(paths_[file]);
  while (!conftests_.empty()) {
    const auto conftest = conftests_.find(folder);
    if (conftest != conftests_.end()) each(conftest->second);
    if (folder.empty()) break;
    folder = folder_of(folder.substr(0, folder.size() - 1));
  }
}

void LinkGraph::add_what_they_read(Files& files) const {
  std::vector<std::size_t> to_follow;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (links_[i].is_plugin) files[i] = true;
    if (files[i]) to_follow.push_back(i);
  }
  while (!to_follow.empty()) {
    const std::size_t file = to_follow.back();
    to_follow.pop_back();
    for_each_read(file, [&](std::size_t read) {
      if (files[read]) return;
      files[read] = true;
      to_follow.push_back(read);
    });
  }
}

void LinkGraph::add_their_readers(Files& files) const {
  std::vector<std::vector<std::size_t>> readers(files.size());
  std::vector<std::size_t> to_follow;
  for (std::size_t i = 0; i < files.size(); ++i) {
    for_each_read(i, [&](std::size_t read) { readers[read].push_back(i); });
    if (files[i]) to_follow.push_back(i);
  }
  while (!to_follow.empty()) {
    const std::size_t file = to_follow.back();
    to_follow.pop_back();
    for (const std::size_t reader : readers[file]) {
      if (files[reader]) continue;
      files[reader] = true;
      to_follow.push_back(reader);
    }
  }
}

}  // namespace alluvium::code
