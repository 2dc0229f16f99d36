#include "code/index/file_ids.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace alluvium::code {

FileIds united(const FileIds& a, const FileIds& b) {
  std::set<std::string> ids(a.begin(), a.end());
  ids.insert(b.begin(), b.end());
  return {ids.begin(), ids.end()};
}

FileIds without(const FileIds& all, const FileIds& gone) {
  const std::set<std::string_view> left_out(gone.begin(), gone.end());
  FileIds ids;
  std::ranges::copy_if(all, std::back_inserter(ids),
                       [&](const std::string& id) { return !left_out.contains(id); });
  return ids;
}

Expr is_of(std::string_view file_column, const FileIds& ids) {
  if (ids.empty()) return lit(false);
  std::vector<Expr> values;
  for (const std::string& id : ids) values.push_back(lit(id));
  return col(std::string(file_column)).in_list(values);
}

}  // namespace alluvium::code
