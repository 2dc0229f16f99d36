#include "code/index/added_modules.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/resolve/module_index.h"

namespace alluvium::code {
namespace {

/// Calls `each` with the folders that a dotted name of a package is of, and with itself.
template <typename Each>
void for_each_folder(std::string_view package, Each&& each) {
  if (package.empty()) return;
  for (std::size_t end = package.find('.'); end != package.npos; end = package.find('.', end + 1)) {
    each(package.substr(0, end));
  }
  each(package);
}

/// Which dotted names modules and folders have.
class Names {
 public:
  void add(std::string_view module, std::string_view package, std::string_view short_name) {
    for_each_folder(package, [&](std::string_view folder) { folders_.emplace(folder); });
    if (!module.empty()) {
      folders_.emplace(first_name(module));  // which imports start with
      modules_.emplace(module);
    }
    if (!short_name.empty()) modules_.emplace(short_name);
  }

  const std::set<std::string, std::less<>>& modules() const { return modules_; }
  const std::set<std::string, std::less<>>& folders() const { return folders_; }

 private:
  std::set<std::string, std::less<>> modules_;
  std::set<std::string, std::less<>> folders_;
};

}  // namespace

std::optional<AddedModules> added_modules(const Session& session, const FileIds& added,
                                          const Interrupt& interrupt) {
  Names others;
  Names fresh;
  for (const RecordBatch& batch : session.table("file_modules")
                                      .select({"file_id", "module", "package", "short_name"})
                                      .collect(interrupt)) {
    const auto text = [&](int column, std::int64_t row) {
      return batch.column(column).is_null(row) ? std::string_view()
                                               : batch.column(column).bytes(row);
    };
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      const bool is_added = std::ranges::binary_search(added, text(0, row));
      (is_added ? fresh : others).add(text(1, row), text(2, row), text(3, row));
    }
  }
  AddedModules names;
  for (const std::string& module : fresh.modules()) {
    if (module == "__init__") return std::nullopt;
    names.sought.insert(name_hash(module));
    names.mentioned.insert(name_hash(last_name(module)));
  }
  for (const std::string& folder : fresh.folders()) {
    if (!others.folders().contains(folder)) names.sought.insert(name_hash(folder));
  }
  return names;
}

}  // namespace alluvium::code
