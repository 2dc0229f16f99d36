#include "code/index/stat_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "code/repository/file_handle.h"
#include "code/repository/own_folder.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// With the format's number; another byte order has another one. Change it with anything below.
constexpr std::uint64_t kMagic = 0x414c'4c55'5354'0001;

/// No cache is larger: that of a million files has some 200 MB.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

constexpr std::int64_t kSettledAfterNs = 2'000'000'000;

/// Numbers as the machine has them, texts with their length before them.
class Writer {
 public:
  template <typename Number>
    requires std::is_integral_v<Number>
  Writer& add(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
    return *this;
  }
  Writer& add(std::string_view text) {
    add(std::uint64_t{text.size()});
    bytes_.append(text);
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what a `Writer` wrote; after the first thing that isn't there, all is empty and 0.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename Number>
  Number number() {
    Number number = 0;
    const std::string_view bytes = take(sizeof number);
    if (bytes.size() == sizeof number) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  std::string_view text() { return take(number<std::uint64_t>()); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  /// Whether all was there, and nothing more.
  [[nodiscard]] bool is_complete() const { return is_whole_ && rest_.empty(); }
  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      is_whole_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view rest_;
  bool is_whole_ = true;
};

StableId checksum(std::string_view bytes) { return IdParts().add(bytes).id(); }

/// The magic number, the checksum of what follows, and that.
std::string to_bytes(const StatCache& cache) {
  Writer content;
  content.add(cache.repo).add(cache.root).add(cache.run_id).add(cache.begun_ns);
  content.add(std::uint64_t{cache.files.size()});
  for (const KnownFile& file : cache.files) {
    content.add(file.path).add(file.size_bytes).add(file.content_hash);
    content.add(file.stamp.device).add(file.stamp.inode);
    content.add(file.stamp.modified_ns).add(file.stamp.changed_ns);
  }
  const StableId sum = checksum(content.bytes());
  return Writer().add(kMagic).add(sum.high).add(sum.low).bytes() + content.bytes();
}

std::optional<StatCache> from_bytes(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.number<std::uint64_t>() != kMagic) return std::nullopt;
  StableId sum;
  sum.high = reader.number<std::uint64_t>();
  sum.low = reader.number<std::uint64_t>();
  if (checksum(reader.rest()) != sum) return std::nullopt;

  StatCache cache;
  cache.repo = reader.text();
  cache.root = reader.text();
  cache.run_id = reader.text();
  cache.begun_ns = reader.number<std::int64_t>();
  const auto count = reader.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && reader.is_whole(); ++i) {
    KnownFile& file = cache.files.emplace_back();
    file.path = reader.text();
    file.size_bytes = reader.number<std::int64_t>();
    file.content_hash = reader.text();
    file.stamp.device = reader.number<std::uint64_t>();
    file.stamp.inode = reader.number<std::uint64_t>();
    file.stamp.modified_ns = reader.number<std::int64_t>();
    file.stamp.changed_ns = reader.number<std::int64_t>();
  }
  if (!reader.is_complete() || cache.begun_ns < kSettledAfterNs ||
      !std::ranges::is_sorted(cache.files, {}, &KnownFile::path)) {
    return std::nullopt;
  }
  return cache;
}

/// Empty for what is no regular file of this user, or can't be read. Another user may be able to
/// read files that this one is not, or the other way around.
std::string read_own_file(const fs::path& path) {
  const FileHandle file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_uid != ::geteuid() || status.st_size > kMostBytes) {
    return "";
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return "";
    filled += static_cast<std::size_t>(count);
  }
  return bytes;
}

/// Writes a file that wasn't there. What a power failure leaves of it is told by its checksum.
bool write_new_file(const fs::path& path, std::string_view bytes) {
  const FileHandle file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return false;
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

fs::path stat_cache_file(const LakeLayout& lake, const std::string& repo, const std::string& root) {
  return lake.stat() / std::string(IdParts().add(repo).add(root).id().digits().view());
}

std::optional<StatCache> read_stat_cache(const LakeLayout& lake, const std::string& repo,
                                         const std::string& root, const std::string& run_id) {
  // The lake may have come with the repository: a link leads to anything.
  if (!is_own_folder(lake.stat())) return std::nullopt;
  std::optional<StatCache> cache = from_bytes(read_own_file(stat_cache_file(lake, repo, root)));
  if (!cache || cache->repo != repo || cache->root != root || cache->run_id != run_id) {
    return std::nullopt;
  }
  return cache;
}

bool write_stat_cache(const LakeLayout& lake, const StatCache& cache) {
  std::error_code failure;
  fs::create_directory(lake.stat(), failure);
  if (!is_own_folder(lake.stat())) return false;
  const fs::path path = stat_cache_file(lake, cache.repo, cache.root);
  // One name, which is free to whoever has the lock: what a killed run left goes.
  const fs::path draft = path.string() + ".draft";
  ::unlink(draft.c_str());
  if (write_new_file(draft, to_bytes(cache)) && ::rename(draft.c_str(), path.c_str()) == 0) {
    return true;
  }
  ::unlink(draft.c_str());
  return false;
}

bool is_same_without_a_look(const StatCache& cache, const KnownFile& known, const SourceFile& now) {
  const FileStamp& stamp = known.stamp;
  return !known.content_hash.empty() && known.size_bytes == now.size_bytes && now.stamp == stamp &&
         std::max(stamp.modified_ns, stamp.changed_ns) < cache.begun_ns - kSettledAfterNs;
}

std::size_t count_same_without_a_look(const StatCache& cache, const Listing& listing) {
  std::size_t count = 0;
  auto known = cache.files.begin();
  for (const SourceFile& file : listing.sources) {
    while (known != cache.files.end() && known->path < file.path) ++known;
    if (known != cache.files.end() && known->path == file.path &&
        is_same_without_a_look(cache, *known, file)) {
      ++count;
    }
  }
  return count;
}

}  // namespace alluvium::code
