#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/udf/function_set.h"

namespace alluvium {

/// A plug-in that a profile wants: a shared library of functions, as `plugin_abi.h` has them, in
/// the profile's plug-in folder.
struct PluginPin {
  /// The file's name in the folder.
  std::string name;
  /// `sha256:` and the 64 hex digits that `sha256sum` prints for the file. What is loaded has it.
  std::string hash;

  friend bool operator==(const PluginPin&, const PluginPin&) = default;
};

/// A plug-in that is loaded. Its code stays in the process until that ends.
///
/// Thread-safety: a plain value.
struct Plugin {
  PluginPin pin;
  /// What it says of itself.
  std::string name;
  std::string version;
  FunctionSet functions;
};

/// Loads the plug-in `pin` of `folder`, and reads what it declares. The bytes that are hashed are
/// those that are loaded, whatever happens to the file meanwhile. In one process, bytes with one
/// hash are loaded once.
///
/// The hash covers the file, not libraries that it is linked to; it finds none beside itself, since
/// it isn't loaded from its folder.
///
/// Errors, all with the details `field` (of the profile) and `plugin` (the file's name): NotFound
/// without the folder or the file; PolicyViolation when it would lie outside of the folder, is no
/// regular file, or has another hash; Unsupported for another ABI version, or a type that can't
/// cross; InvalidArgument when it isn't a plug-in, or declares what can't be.
/// Thread-safety: may be called from many threads.
[[nodiscard]] Plugin load_plugin(const std::filesystem::path& folder, const PluginPin& pin);

/// Loads all of `pins`. Errors: as `load_plugin`; AlreadyExists when a name that a plug-in declares
/// is in `functions` or in another one (details `function`).
[[nodiscard]] std::vector<Plugin> load_plugins(const std::filesystem::path& folder,
                                               const std::vector<PluginPin>& pins,
                                               const FunctionSet& functions);

/// The hash of a file, as a pin has it. Errors: NotFound, Io.
[[nodiscard]] std::string plugin_hash(const std::filesystem::path& file);

}  // namespace alluvium
