#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "code/graph/dependency_graph.h"

namespace alluvium::code {

struct CodeNode;

/// Nodes by the definition or file that they are right inside of, in the order of their places.
///
/// Thread-safety: immutable.
class NodesInside {
 public:
  using Node = DependencyGraph::Node;

  /// Nothing is inside of anything.
  NodesInside() = default;
  /// Of `chosen` alone, which are among `all`.
  NodesInside(const std::vector<CodeNode>& all, std::span<const Node> chosen);

  [[nodiscard]] std::span<const Node> of(Node around) const {
    return std::span(nodes_).subspan(first_[around], first_[around + 1] - first_[around]);
  }
  /// Where those are among all that there are.
  [[nodiscard]] std::size_t first(Node around) const { return first_[around]; }
  [[nodiscard]] std::span<const Node> all() const { return nodes_; }

 private:
  std::vector<Node> nodes_;
  std::vector<std::size_t> first_;
};

}  // namespace alluvium::code
