#include "code/graph/nodes_inside.h"

#include <algorithm>
#include <numeric>

#include "code/graph/code_graph.h"

namespace alluvium::code {

NodesInside::NodesInside(const std::vector<CodeNode>& all, std::span<const Node> chosen)
    : nodes_(chosen.size()), first_(all.size() + 1) {
  for (const Node node : chosen) ++first_[all[node].around() + 1];
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (const Node node : chosen) nodes_[next[all[node].around()]++] = node;
  const auto begin = [&](Node node) { return all[node].begin; };
  for (std::size_t around = 0; around < all.size(); ++around) {
    const std::span<Node> inside(nodes_.data() + first_[around], nodes_.data() + next[around]);
    // Mostly they come in that order.
    if (!std::ranges::is_sorted(inside, {}, begin)) std::ranges::sort(inside, {}, begin);
  }
}

}  // namespace alluvium::code
