#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "code/datasets/datasets.h"

namespace alluvium::code {

/// The module name that a source file's place in the tree gives it.
///
/// Source roots are the top of the repository (written `.`), every folder that holds a
/// pyproject.toml, setup.py or setup.cfg, and every folder named `src`; the last two only without
/// an `__init__.py` of their own, because a package is never a root (numpy keeps setup.py files
/// inside its packages). A file belongs to the nearest root above it, and its module is the dotted
/// path from there. Folders without `__init__.py` between root and file are namespace packages.
struct ModuleName {
  std::string source_root;
  /// Nothing where no dotted name can say it (a dot inside a file's or folder's name), for a stub
  /// of a module that has a .py file, and for what is no .py or .pyi file. The `__init__.py` of a
  /// root itself is `__init__`: what its folder is called when it is imported can't be known from
  /// inside.
  std::optional<std::string> module;
  /// What relative imports start from: Python's `__package__`. Nothing at the top of a root.
  std::optional<std::string> package;
  /// The file is an `__init__.py`.
  bool is_package = false;
  /// It has a module, and every folder from the root down to it has an `__init__.py`.
  bool is_regular = false;
  /// The dotted path from the top of the unbroken run of packages above the file, where that is not
  /// `module`: what the file is called by programs that put the folder of its top package on their
  /// path (ruff's rule for roots).
  std::optional<std::string> short_name;
};

/// The names of the files at `paths`, in that order. `markers` are the paths of the files that mark
/// source roots.
std::vector<ModuleName> module_names(std::span<const std::string_view> paths,
                                     std::span<const std::string_view> markers);

/// Makes `file_modules` of `listing` and `markers`: repo, file_id, path, language and size_bytes of
/// each listed file, and the fields of its `ModuleName`.
MadeRows make_file_modules(const Session& session, const Interrupt& interrupt);

}  // namespace alluvium::code
