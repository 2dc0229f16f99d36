#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "code/repository/file_handle.h"

namespace alluvium::code {

/// Consecutive bytes of a SCIP index that are whole fields of its `Index` message: one document, or
/// some external symbols.
struct ScipPart {
  std::int64_t offset = 0;
  std::int64_t size = 0;
  bool is_document = false;
  /// Of a document: its path from the index's root, and its language, as the index has them.
  std::string path = {};
  std::string language = {};
};

/// A SCIP index on disk. It is read part by part, so its size is bounded by the disk alone.
///
/// Thread-safety: const access from many threads.
class ScipFile {
 public:
  /// Reads the file once, to find its parts. Errors: NotFound, Io, ResourceExhausted (it is larger
  /// than `max_bytes`, or one document is too large to be held in memory), Corruption (it is cut
  /// off, or no SCIP index), InvalidArgument (it has no documents), Cancelled.
  static ScipFile open(const std::filesystem::path& path, std::uint64_t max_bytes,
                       const Interrupt& interrupt);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// In the file's order.
  [[nodiscard]] const std::vector<ScipPart>& parts() const { return parts_; }
  /// The root that the index says it is of, as a URL; empty when it says none.
  [[nodiscard]] const std::string& project_root() const { return project_root_; }
  /// The hash of all bytes.
  [[nodiscard]] const std::string& content_hash() const { return content_hash_; }

  /// Returns bytes of the file. Errors: Io, Corruption (they are not there any more).
  [[nodiscard]] std::string read(std::int64_t offset, std::int64_t size) const;

 private:
  friend class ScipScan;
  ScipFile() = default;

  std::filesystem::path path_;
  FileHandle file_;
  std::vector<ScipPart> parts_;
  std::string project_root_;
  std::string content_hash_;
};

}  // namespace alluvium::code
