#pragma once

#include "code/extract/extraction_internal.h"

namespace alluvium::code {

inline constexpr std::string_view kDunderAll = "__all__";

/// Follows what a module's top level does to `__all__`, as far as literals tell.
///
/// Thread-safety: one thread at a time.
class DunderAll {
 public:
  explicit DunderAll(Extraction& extraction) : extraction_(extraction) {}

  /// `__all__ = value`. A conditional one adds to what there was.
  void assign(NodeIndex value, bool is_conditional);
  /// `__all__ += value`.
  void extend(NodeIndex value);
  /// `__all__.method(arguments)`.
  void call(std::string_view method, NodeIndex arguments);

 private:
  void add_names(NodeIndex value);
  void add_name(NodeIndex value);
  std::vector<std::string_view>& names();

  Extraction& extraction_;
};

}  // namespace alluvium::code
