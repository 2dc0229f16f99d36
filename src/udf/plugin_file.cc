#include "udf/plugin_file_internal.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sha2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "alluvium/error.h"

namespace alluvium {
namespace {

constexpr std::string_view kHashPrefix = "sha256:";
constexpr std::size_t kHashDigits = 64;
constexpr const char* kEntryPoint = "alluvium_plugin";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::string reason(int code) { return std::generic_category().message(code); }

std::string read_all(int file) {
  std::string bytes;
  std::array<char, std::size_t{1} << 16> part;
  while (true) {
    const ssize_t count = ::read(file, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(ErrorCode::Io, reason(errno));
    if (count == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(count));
  }
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

bool is_hash(std::string_view hash) {
  return hash.size() == kHashPrefix.size() + kHashDigits && hash.starts_with(kHashPrefix) &&
         hash.find_first_not_of("0123456789abcdef", kHashPrefix.size()) == hash.npos;
}

// Reads the file `name` that lies in `folder` itself: a link could lead anywhere, also later.
std::string read_inside(const std::filesystem::path& folder, const std::string& name) {
  if (!is_file_name(name)) {
    refuse_plugin(name, ErrorCode::PolicyViolation,
                  "give the name of a file in the plug-in folder, without a path");
  }
  const Descriptor place(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!place.is_open()) {
    refuse_plugin(name, ErrorCode::NotFound,
                  fmt::format("the plug-in folder `{}`: {}", folder.string(), reason(errno)));
  }
  // Not blocking: a pipe would wait for its writer.
  const Descriptor file(
      ::openat(place.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open() && errno == ELOOP) {
    refuse_plugin(name, ErrorCode::PolicyViolation,
                  "is a symbolic link; put the file itself into the plug-in folder");
  }
  if (!file.is_open()) {
    refuse_plugin(name, errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                  fmt::format("in `{}`: {}", folder.string(), reason(errno)));
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    refuse_plugin(name, ErrorCode::PolicyViolation, "is no regular file");
  }
  return read_all(file.get());
}

// A file in memory that has `bytes` and that nobody can change or replace any more.
Descriptor sealed_file(const std::string& name, std::string_view bytes) {
  Descriptor file(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const auto check = [&](bool done) {
    if (!done) refuse_plugin(name, ErrorCode::Io, fmt::format("no copy of it: {}", reason(errno)));
  };
  check(file.is_open());
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    check(count > 0);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  check(::fcntl(file.get(), F_ADD_SEALS,
                F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0);
  return Descriptor(file.release());
}

using EntryPoint = decltype(&alluvium_plugin);

EntryPoint load_code(const std::string& name, std::string_view bytes) {
  Descriptor file = sealed_file(name, bytes);
  const std::string path = fmt::format("/proc/self/fd/{}", file.get());
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    // The loader's text, which begins with the path.
    std::string why = ::dlerror();
    if (why.starts_with(path)) why.erase(0, std::min(why.size(), path.size() + 2));
    refuse_plugin(name, ErrorCode::InvalidArgument, "can't be loaded: " + why);
  }
  // The loader knows a library by its path, and would give the next one with this number for it. So
  // the number stays taken, as the library stays loaded: threads, static objects and thread-local
  // ones of a plug-in, and kernels in plans that still run, could need its code at any time.
  (void)file.release();
  void* const symbol = ::dlsym(library, kEntryPoint);
  if (symbol == nullptr) {
    refuse_plugin(name, ErrorCode::InvalidArgument,
                  fmt::format("is no plug-in: it doesn't export `{}`", kEntryPoint));
  }
  return reinterpret_cast<EntryPoint>(symbol);
}

const AlluviumPlugin& enter(const std::string& name, EntryPoint entry) {
  const AlluviumPlugin* const plugin = entry(ALLUVIUM_PLUGIN_ABI_VERSION);
  const auto refuse_version = [&](std::string_view which) {
    refuse_plugin(name, ErrorCode::Unsupported,
                  fmt::format("{}; this Alluvium serves plug-ins of ABI version {}: build it with "
                              "this version's plugin_abi.h",
                              which, ALLUVIUM_PLUGIN_ABI_VERSION));
  };
  if (plugin == nullptr) refuse_version("refuses to work with this version");
  if (plugin->abi_version != ALLUVIUM_PLUGIN_ABI_VERSION) {
    refuse_version(fmt::format("has ABI version {}", plugin->abi_version));
  }
  return *plugin;
}

// The plug-ins of this process by their hash. Never destroyed: see `load_code`.
struct LoadedPlugins {
  std::mutex mutex;
  std::map<std::string, EntryPoint> entry_points;
  std::map<std::string, const AlluviumPlugin*> entered;

  static LoadedPlugins& instance() {
    static auto* const loaded = new LoadedPlugins;  // NOLINT(cppcoreguidelines-owning-memory)
    return *loaded;
  }
};

}  // namespace

void refuse_plugin(std::string_view file, ErrorCode code, std::string_view why,
                   Error::Details details) {
  details.emplace("field", "plugins");
  details.emplace("plugin", file);
  throw Error(code, fmt::format("plug-in `{}`: {}", file, why), false, std::move(details));
}

std::string content_hash(std::string_view bytes) {
  SHA2_CTX state;
  SHA256Init(&state);
  SHA256Update(&state, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256Final(digest.data(), &state);
  std::string text(kHashPrefix);
  for (const std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string plugin_hash(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    throw Error(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                fmt::format("`{}`: {}", path.string(), reason(errno)));
  }
  return content_hash(read_all(file.get()));
}

const AlluviumPlugin& open_plugin(const std::filesystem::path& folder, const PluginPin& pin) {
  const std::string bytes = read_inside(folder, pin.name);
  const std::string hash = content_hash(bytes);
  if (!is_hash(pin.hash)) {
    refuse_plugin(
        pin.name, ErrorCode::InvalidArgument,
        fmt::format("its pin `{}` isn't `{}` and {} lower-case hex digits; the file has {}",
                    pin.hash, kHashPrefix, kHashDigits, hash));
  }
  if (hash != pin.hash) {
    refuse_plugin(pin.name, ErrorCode::PolicyViolation,
                  fmt::format("the file has the hash {}, the profile pins {}: if the file is what "
                              "it should be, change the pin",
                              hash, pin.hash),
                  {{"pinned", pin.hash}, {"found", hash}});
  }
  LoadedPlugins& loaded = LoadedPlugins::instance();
  const std::lock_guard lock(loaded.mutex);
  const AlluviumPlugin*& entered = loaded.entered[hash];
  if (entered == nullptr) {
    EntryPoint& entry = loaded.entry_points[hash];
    if (entry == nullptr) entry = load_code(pin.name, bytes);
    entered = &enter(pin.name, entry);
  }
  return *entered;
}

}  // namespace alluvium
