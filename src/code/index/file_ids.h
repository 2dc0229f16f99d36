#pragma once

#include <functional>
#include <map>
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

/// The ids whose digests differ, or are in one only, in order.
template <typename Digest>
FileIds differing_ids(const std::map<std::string, Digest, std::less<>>& a,
                      const std::map<std::string, Digest, std::less<>>& b) {
  FileIds ids;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->first < right->first)) {
      ids.push_back((left++)->first);
    } else if (left == a.end() || right->first < left->first) {
      ids.push_back((right++)->first);
    } else {
      if (left->second != right->second) ids.push_back(left->first);
      ++left;
      ++right;
    }
  }
  return ids;
}

/// Whether the column `file_column` of a row is one of `ids`.
Expr is_of(std::string_view file_column, const FileIds& ids);

}  // namespace alluvium::code
