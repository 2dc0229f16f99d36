#include "code/environment/environment.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "alluvium/error.h"
#include "code/repository/interruption.h"
#include "code/repository/own_folder.h"
#include "code/repository/source_path.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// METADATA has the distribution's whole README.
constexpr std::uint64_t kMostMetadataBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t kMostRecordBytes = std::uint64_t{64} << 20;
constexpr std::size_t kMostDistributions = 20'000;

bool is_metadata(std::string_view name) {
  return name.ends_with(".dist-info") || name.ends_with(".egg-info");
}

/// The names in a folder, in order.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    names.push_back(entry->path().filename().string());
  }
  if (failure) {
    throw Error(ErrorCode::Io, "can't list `" + folder.string() + "`: " + failure.message(), false,
                {{"path", folder.string()}});
  }
  std::ranges::sort(names);
  return names;
}

Error no_environment(const fs::path& folder, const std::string& why) {
  return {ErrorCode::InvalidArgument,
          "`" + folder.string() + "` " + why +
              "; name a virtual environment, or its site-packages folder",
          false,
          {{"path", folder.string()}}};
}

/// The folders that distributions are installed in.
std::vector<fs::path> site_packages_of(const fs::path& folder) {
  std::error_code failure;
  const fs::file_status status = fs::status(folder, failure);
  if (!fs::exists(status)) {
    throw Error(ErrorCode::NotFound, "there is no environment `" + folder.string() + "`", false,
                {{"path", folder.string()}});
  }
  if (!fs::is_directory(status)) throw no_environment(folder, "is not a folder");
  const std::vector<std::string> names = names_in(folder);
  const std::string name = fs::absolute(folder).lexically_normal().filename().string();
  if (name == "site-packages" || name == "dist-packages" ||
      std::ranges::any_of(names, is_metadata)) {
    return {folder};
  }
  std::vector<fs::path> found;
  std::set<std::string> versions;
  for (const char* library : {"lib", "lib64"}) {
    if (!is_own_folder(folder / library)) continue;
    for (const std::string& python : names_in(folder / library)) {
      const fs::path packages = folder / library / python / "site-packages";
      if (!python.starts_with("python") || !is_own_folder(packages.parent_path()) ||
          !is_own_folder(packages)) {
        continue;
      }
      found.push_back(packages);
      versions.insert(python);
    }
  }
  // As on Windows.
  if (is_own_folder(folder / "Lib" / "site-packages")) {
    found.push_back(folder / "Lib" / "site-packages");
    versions.emplace("Lib");
  }
  if (found.empty()) {
    throw no_environment(folder, "is no Python environment: it has no site-packages folder");
  }
  if (versions.size() > 1) {
    throw no_environment(folder, "has the packages of several versions of Python");
  }
  return found;
}

}  // namespace

Environment Environment::read(const fs::path& folder, const Interrupt& interrupt) {
  Environment environment;
  for (const fs::path& site_packages : site_packages_of(folder)) {
    environment.read_folder(site_packages, interrupt);
  }
  environment.index_modules();
  return environment;
}

void Environment::read_folder(const fs::path& site_packages, const Interrupt& interrupt) {
  const auto files = files_of_folder(site_packages);
  for (const std::string& name : names_in(site_packages)) {
    if (!is_metadata(name)) continue;
    throw_if_interrupted(interrupt, "reading the environment");
    if (installed_.size() == kMostDistributions) {
      throw Error(ErrorCode::ResourceExhausted,
                  "`" + site_packages.string() + "` has more than " +
                      std::to_string(kMostDistributions) + " distributions",
                  false, {{"path", site_packages.string()}});
    }
    read_metadata(*files, escape_source_path(name));
  }
}

/// `entry` is the metadata's folder, or a file that an old distutils left in its place.
void Environment::read_metadata(const FileSource& files, const std::string& entry) {
  const bool is_egg = entry.ends_with(".egg-info");
  FileContent metadata =
      files.read(entry + (is_egg ? "/PKG-INFO" : "/METADATA"), kMostMetadataBytes);
  if (is_egg && !metadata.failure.empty()) metadata = files.read(entry, kMostMetadataBytes);
  const auto skip = [&](std::string message) {
    problems_.push_back({entry, "bad-distribution", std::move(message)});
  };
  if (!metadata.failure.empty()) return skip("its metadata: " + metadata.failure);
  const std::optional<DistributionName> name = parse_core_metadata(metadata.bytes);
  if (!name) return skip("its metadata has no usable name and version");
  // Left over from another installation; importlib.metadata takes the first, too.
  if (!names_.insert(normalized_name(name->name)).second) {
    return skip("another installed version of " + name->name + " stands for it");
  }

  Installed installed{.name = *name, .top_level = {}, .modules = {}};
  const FileContent record =
      files.read(entry + (is_egg ? "/installed-files.txt" : "/RECORD"), kMostRecordBytes);
  const std::vector<std::string> paths = !record.failure.empty() ? std::vector<std::string>()
                                         : is_egg ? parse_installed_files(record.bytes)
                                                  : parse_record(record.bytes);
  const FileContent top_level = files.read(entry + "/top_level.txt", kMostMetadataBytes);
  installed.top_level = parse_top_level(top_level.bytes);
  if (installed.top_level.empty()) installed.top_level = top_level_of(paths);
  if (installed.top_level.empty() && !record.failure.empty()) {
    skip("which modules it has is unknown: " + record.failure);
  }
  for (const std::string& path : paths) {
    if (std::optional<std::string> module = module_at(path)) {
      installed.modules.push_back(std::move(*module));
    }
  }
  installed_.push_back(std::move(installed));
}

void Environment::index_modules() {
  std::ranges::sort(installed_, {}, [](const Installed& each) {
    return std::pair(normalized_name(each.name.name), each.name.name);
  });
  std::ranges::stable_sort(problems_, {}, &SkippedEntry::path);
  for (std::size_t i = 0; i < installed_.size(); ++i) {
    for (const std::string& name : installed_[i].top_level) modules_[name].push_back(i);
  }
  const auto add = [&](std::string_view module, std::size_t i) {
    std::vector<std::size_t>& offered_by = modules_.try_emplace(std::string(module)).first->second;
    // In the order of `installed_`, so that one that is there is the last.
    if (offered_by.empty() || offered_by.back() != i) offered_by.push_back(i);
  };
  for (std::size_t i = 0; i < installed_.size(); ++i) {
    for (const std::string_view module : installed_[i].modules) {
      std::size_t dot = module.find('.');
      const auto top = modules_.find(module.substr(0, dot));
      if (dot == std::string_view::npos || top == modules_.end() || top->second.size() < 2) {
        continue;
      }
      // The packages around it, too.
      while (dot != std::string_view::npos) {
        dot = module.find('.', dot + 1);
        add(module.substr(0, dot), i);
      }
    }
    installed_[i].modules = {};
  }
}

std::optional<Environment::Origin> Environment::find(std::string_view module) const {
  const auto top = modules_.find(module.substr(0, module.find('.')));
  if (top == modules_.end()) return std::nullopt;
  Origin origin;
  for (const std::size_t i : top->second) origin.offered_by.push_back(installed_[i].name.name);
  while (true) {
    const auto found = modules_.find(module);
    if (found != modules_.end()) {
      if (found->second.size() == 1) origin.distribution = &installed_[found->second[0]].name;
      return origin;
    }
    module = module.substr(0, module.rfind('.'));
  }
}

std::string Environment::content_hash() const {
  IdParts parts;
  for (const auto& [module, offered_by] : modules_) {
    parts.add(module).add_number(static_cast<std::int64_t>(offered_by.size()));
    for (const std::size_t i : offered_by) {
      parts.add(installed_[i].name.name).add(installed_[i].name.version);
    }
  }
  return std::string(parts.id().digits().view());
}

}  // namespace alluvium::code
