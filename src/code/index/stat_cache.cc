#include "code/index/stat_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "alluvium/error.h"
#include "code/identity/packed_bytes.h"
#include "code/repository/file_bytes.h"
#include "code/repository/file_handle.h"
#include "code/repository/own_folder.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// With the format's number. Change it with anything below.
constexpr std::uint64_t kMagic = 0x414c'4c55'5354'0002;

/// No cache is larger: that of a million files has some 200 MB.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

constexpr std::int64_t kSettledAfterNs = 2'000'000'000;

StableId checksum(std::string_view bytes) { return IdParts().add(bytes).id(); }

/// Hex digits as half as many bytes; nothing where they are others.
std::optional<std::string> to_raw(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string raw;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned char byte = 0;
    const char* const end = digits.data() + i + 2;
    const auto [read, failure] = std::from_chars(digits.data() + i, end, byte, 16);
    if (failure != std::errc() || read != end) return std::nullopt;
    raw.push_back(static_cast<char>(byte));
  }
  return raw;
}

std::string to_digits(std::string_view raw) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const char each : raw) {
    const auto byte = static_cast<unsigned char>(each);
    digits.push_back(kDigits[byte >> 4U]);
    digits.push_back(kDigits[byte & 15U]);
  }
  return digits;
}

/// The magic number, the checksum of what follows, and that; nothing where it can't be written so.
std::optional<std::string> to_bytes(const StatCache& cache) {
  std::string content;
  PackedWriter to(content);
  to.text(cache.repo);
  to.text(cache.root);
  to.text(cache.run_id);
  to.signed_number(cache.begun_ns);
  to.number(cache.files.size());
  for (const KnownFile& file : cache.files) {
    const std::optional<std::string> hash = to_raw(file.content_hash);
    if (!hash) return std::nullopt;
    to.text(file.path);
    to.signed_number(file.size_bytes);
    to.text(*hash);
    to.number(file.stamp.device);
    to.number(file.stamp.inode);
    to.signed_number(file.stamp.modified_ns);
    to.signed_number(file.stamp.changed_ns);
  }
  std::string bytes;
  PackedWriter head(bytes);
  head.word(kMagic);
  head.id(checksum(content));
  return bytes + content;
}

/// Errors: Corruption where the bytes are others.
StatCache content_of(std::string_view bytes) {
  PackedReader from(bytes);
  StatCache cache{.repo = std::string(from.text()),
                  .root = std::string(from.text()),
                  .run_id = std::string(from.text()),
                  .begun_ns = from.signed_number()};
  cache.files.resize(from.count());
  for (KnownFile& file : cache.files) {
    file.path = from.text();
    file.size_bytes = from.signed_number();
    file.content_hash = to_digits(from.text());
    file.stamp.device = from.number();
    file.stamp.inode = from.number();
    file.stamp.modified_ns = from.signed_number();
    file.stamp.changed_ns = from.signed_number();
  }
  if (!from.is_at_end() || cache.begun_ns < kSettledAfterNs ||
      !std::ranges::is_sorted(cache.files, {}, &KnownFile::path)) {
    throw Error(ErrorCode::Corruption, "a stat cache is not what was written");
  }
  return cache;
}

std::optional<StatCache> from_bytes(std::string_view bytes) {
  constexpr std::size_t kHead = 3 * sizeof(std::uint64_t);
  if (bytes.size() < kHead) return std::nullopt;
  PackedReader head(bytes);
  if (head.word() != kMagic || head.id() != checksum(bytes.substr(kHead))) return std::nullopt;
  try {
    return content_of(bytes.substr(kHead));
  } catch (const Error&) {
    return std::nullopt;
  }
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
  if (read_at(file, bytes.data(), bytes.size(), 0) != bytes.size()) bytes.clear();
  return bytes;
}

/// Writes a file that wasn't there. What a power failure leaves of it is told by its checksum.
bool write_new_file(const fs::path& path, std::string_view bytes) {
  const FileHandle file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  return file && write_all(file, bytes);
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
  const std::optional<std::string> bytes = to_bytes(cache);
  if (bytes && write_new_file(draft, *bytes) && ::rename(draft.c_str(), path.c_str()) == 0) {
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
