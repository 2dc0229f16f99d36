#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/expr.h"

namespace alluvium::code {

/// Some files of a repository, by their ids.
using FileIds = std::vector<std::string>;

/// Those in `a` or `b`, each once, in order.
FileIds united(const FileIds& a, const FileIds& b);
/// Those in `all` and not in `gone`, in the order of `all`.
FileIds without(const FileIds& all, const FileIds& gone);

/// Whether the column `file_column` of a row is one of `ids`.
Expr is_of(std::string_view file_column, const FileIds& ids);

}  // namespace alluvium::code
