#include "code/resolve/module_names.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view last_component(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// What is left of `folder` below `top`, which is it or above it.
std::string_view below(std::string_view folder, std::string_view top) {
  if (top.empty()) return folder;
  return folder.substr(std::min(folder.size(), top.size() + 1));
}

bool has_dot(std::string_view text) { return text.find('.') != text.npos; }

std::string dotted(std::string_view folder) {
  std::string text(folder);
  std::ranges::replace(text, '/', '.');
  return text;
}

// A path, taken apart.
struct SourcePath {
  explicit SourcePath(std::string_view path)
      : folder(folder_of(path)), stem(last_component(path)), is_stub(path.ends_with(".pyi")) {
    is_importable = is_stub || path.ends_with(".py");
    if (is_importable) stem.remove_suffix(is_stub ? 4 : 3);
    is_package = is_importable && stem == "__init__";
  }

  // The dotted path of the file, whose folder is `package` when that is written as a path.
  [[nodiscard]] std::string module_in(std::string_view package) const {
    if (package.empty()) return std::string(stem);
    return is_package ? dotted(package) : dotted(package) + "." + std::string(stem);
  }

  std::string_view folder;
  std::string_view stem;
  bool is_stub;
  bool is_importable;
  bool is_package;
};

// Where the names of a folder's files start, as folders above it.
struct NameStarts {
  std::string_view root;
  // The deepest folder that is no package: its packages start below.
  std::string_view package_start;
  bool in_packages = true;  // Every folder below the root is one.
};

class Folders {
 public:
  Folders(std::span<const SourcePath> files, std::span<const std::string_view> markers) {
    for (const std::string_view marker : markers) marked_.insert(folder_of(marker));
    for (const SourcePath& file : files) {
      if (file.is_package) packages_.insert(file.folder);
    }
  }

  const NameStarts& starts_of(std::string_view folder) {
    const auto [found, is_new] = starts_.try_emplace(folder);
    if (is_new) found->second = find_starts(folder);
    return found->second;
  }

 private:
  [[nodiscard]] bool is_root(std::string_view folder) const {
    if (folder.empty()) return true;
    if (packages_.contains(folder)) return false;
    return last_component(folder) == "src" || marked_.contains(folder);
  }

  [[nodiscard]] NameStarts find_starts(std::string_view folder) const {
    NameStarts starts{.root = folder, .package_start = folder};
    for (; !is_root(starts.root); starts.root = folder_of(starts.root)) {
      starts.in_packages &= packages_.contains(starts.root);
    }
    while (!starts.package_start.empty() && packages_.contains(starts.package_start)) {
      starts.package_start = folder_of(starts.package_start);
    }
    return starts;
  }

  std::unordered_set<std::string_view> marked_;
  std::unordered_set<std::string_view> packages_;
  std::unordered_map<std::string_view, NameStarts> starts_;
};

ModuleName name_of(const SourcePath& file, const NameStarts& starts) {
  ModuleName name;
  name.source_root = starts.root.empty() ? "." : starts.root;
  name.is_package = file.is_package;
  const std::string_view package = below(file.folder, starts.root);
  if (!package.empty() && !has_dot(package)) name.package = dotted(package);
  if (!file.is_importable || has_dot(file.stem)) return name;
  if (!has_dot(package)) name.module = file.module_in(package);
  name.is_regular = starts.in_packages && name.module.has_value();

  const std::string_view packages = below(file.folder, starts.package_start);
  if (starts.package_start.size() > starts.root.size() && !packages.empty() && !has_dot(packages) &&
      !file.is_stub) {
    name.short_name = file.module_in(packages);
  }
  return name;
}

}  // namespace

std::vector<ModuleName> module_names(std::span<const std::string_view> paths,
                                     std::span<const std::string_view> markers) {
  const std::vector<SourcePath> files(paths.begin(), paths.end());
  Folders folders(files, markers);
  std::vector<ModuleName> names;
  names.reserve(files.size());
  for (const SourcePath& file : files)
    names.push_back(name_of(file, folders.starts_of(file.folder)));

  std::set<std::pair<std::string_view, std::string_view>> with_source;  // root, module
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].is_stub && names[i].module) {
      with_source.emplace(names[i].source_root, *names[i].module);
    }
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].is_stub || !names[i].module) continue;
    if (!with_source.contains({names[i].source_root, *names[i].module})) continue;
    names[i].module.reset();
    names[i].is_regular = false;
  }
  return names;
}

MadeRows make_file_modules(const Session& session, const Interrupt& interrupt) {
  const auto marker_rows = session.table("markers").select({"path"}).collect(interrupt);
  const auto listed = session.table("listing")
                          .select({"repo", "path", "size_bytes", "language"})
                          .collect(interrupt);
  const auto paths_of = [](const std::vector<RecordBatch>& batches) {
    std::vector<std::string_view> paths;
    for (const RecordBatch& batch : batches) {
      const ColumnView path = batch.column("path");
      for (std::int64_t row = 0; row < batch.row_count(); ++row) paths.push_back(path.bytes(row));
    }
    return paths;
  };
  const std::vector<ModuleName> names = module_names(paths_of(listed), paths_of(marker_rows));

  RecordBatchBuilder rows({.fields = {{"repo", utf8(), false},
                                      {"file_id", utf8(), false},
                                      {"path", utf8(), false},
                                      {"language", utf8(), false},
                                      {"size_bytes", int64(), false},
                                      {"module", utf8()},
                                      {"package", utf8()},
                                      {"is_package", boolean(), false},
                                      {"source_root", utf8(), false},
                                      {"is_regular", boolean(), false},
                                      {"short_name", utf8()}}});
  const auto append = [&rows](int column, const std::optional<std::string>& text) {
    text ? rows.column(column).append(std::string_view(*text)) : rows.column(column).append_null();
  };
  IdParts id;
  auto name = names.begin();
  for (const RecordBatch& batch : listed) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row, ++name) {
      const std::string_view repo = batch.column(0).bytes(row);
      const std::string_view path = batch.column(1).bytes(row);
      id.rewind();
      rows.column(0).append(repo);
      rows.column(1).append(id.add(repo).add(path).id().digits().view());
      rows.column(2).append(path);
      rows.column(3).append(batch.column(3).bytes(row));
      rows.column(4).append(batch.column(2).int64(row));
      append(5, name->module);
      append(6, name->package);
      rows.column(7).append(name->is_package);
      rows.column(8).append(std::string_view(name->source_root));
      rows.column(9).append(name->is_regular);
      append(10, name->short_name);
    }
  }
  MadeRows made;
  made["file_modules"].push_back(rows.finish());
  return made;
}

}  // namespace alluvium::code
