#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "code/environment/distribution_metadata.h"
#include "code/repository/file_source.h"
#include "code/repository/repository.h"

namespace alluvium::code {

/// Which distributions a Python environment has installed, and the modules that each offers: what
/// the metadata in site-packages says. Nothing of the environment is run, and no symbolic link in
/// it is followed.
///
/// Thread-safety: const access from many threads.
class Environment {
 public:
  /// Where an installed module comes from.
  struct Origin {
    /// The one distribution that has the module, or the nearest package around it that only one
    /// has; null where several do.
    const DistributionName* distribution = nullptr;
    /// All that offer the top-level module, in the order of their names.
    std::vector<std::string_view> offered_by;
  };

  /// `folder` is a virtual environment or a site-packages folder. Metadata that can't be made sense
  /// of becomes one of `problems()`. Errors: NotFound, InvalidArgument (no environment, or of
  /// several versions of Python), ResourceExhausted (over 20,000 distributions), Io, Cancelled.
  static Environment read(const std::filesystem::path& folder, const Interrupt& interrupt);

  /// Nothing for a module that no distribution offers.
  [[nodiscard]] std::optional<Origin> find(std::string_view module) const;
  /// Of all that `find` answers.
  [[nodiscard]] std::string content_hash() const;
  /// What was found and is not part of it.
  [[nodiscard]] const std::vector<SkippedEntry>& problems() const { return problems_; }

 private:
  struct Installed {
    DistributionName name;
    std::set<std::string> top_level;
    std::vector<std::string> modules;
  };

  void read_folder(const std::filesystem::path& site_packages, const Interrupt& interrupt);
  void read_metadata(const FileSource& files, const std::string& entry);
  void index_modules();

  std::vector<Installed> installed_;    // by normalized name, once indexed
  std::set<std::string> names_;         // normalized
  std::vector<SkippedEntry> problems_;  // by path
  /// By dotted name: positions in `installed_`. All top-level modules; below those that several
  /// distributions offer, all packages and modules too.
  std::map<std::string, std::vector<std::size_t>, std::less<>> modules_;
};

}  // namespace alluvium::code
