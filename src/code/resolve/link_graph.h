#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/extract/flat_map.h"
#include "code/resolve/file_links.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// The files of a repository with their links, in the order of a `Program`'s.
///
/// Thread-safety: immutable after `load`.
class LinkGraph {
 public:
  /// Some of the files, by their places.
  using Files = std::vector<bool>;

  /// Of the files of `file_modules`, a table of `session`, with those of the rows of `states`
  /// (file_id, links). Errors: Corruption.
  static LinkGraph load(const Session& session, const DataFrame& states,
                        const Interrupt& interrupt);

  [[nodiscard]] std::size_t size() const { return links_.size(); }
  [[nodiscard]] const FileLinks& links(std::size_t file) const { return links_[file]; }
  [[nodiscard]] const std::string& file_id(std::size_t file) const { return ids_[file]; }
  /// None where the file isn't there.
  [[nodiscard]] ProgramIndex find(std::string_view file_id) const {
    return find(file_key(file_id));
  }
  [[nodiscard]] ProgramIndex find(FileKey key) const;
  [[nodiscard]] Files none() const { return Files(size()); }
  /// How many they are.
  [[nodiscard]] static std::size_t count(const Files& files);
  static void add(const Files& more, Files& files);

  /// Adds to `files` all that the resolution of their names looks into, and what that looks into.
  void add_what_they_read(Files& files) const;
  /// Adds the files whose resolution looks into one of `files`, and those that look into these.
  void add_their_readers(Files& files) const;

 private:
  /// Calls `each` with the files that `file` looks into.
  template <typename Each>
  void for_each_read(std::size_t file, Each&& each) const;

  std::vector<std::string> ids_;
  std::vector<std::string> paths_;
  std::vector<FileLinks> links_;
  FlatMap<ProgramIndex> places_;                                 // by key
  std::unordered_map<std::string_view, std::size_t> conftests_;  // by folder
};

}  // namespace alluvium::code
