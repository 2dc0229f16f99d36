#include "code/graph/dependency_graph.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace alluvium::code {

DependencyGraph::Node DependencyGraph::add_node(std::string_view id) {
  const Node node = ids_.intern(id);
  if (node == first_edge_.size()) first_edge_.push_back(kEnd);
  return node;
}

void DependencyGraph::add_edge(const Edge& edge) {
  if (edge.src == kNone || edge.dst == kNone) return;
  edges_.push_back({.confidence = edge.confidence,
                    .from = edge.src,
                    .next = first_edge_[edge.dst],
                    .kind = edge.kind,
                    .condition = edge.condition});
  first_edge_[edge.dst] = static_cast<std::uint32_t>(edges_.size() - 1);
}

bool DependencyGraph::is_better(const Reached& way, const Reached& known) const {
  const auto rank = [&](const Reached& each) {
    return std::tuple(-each.confidence, id(each.from), name_of(each.via));
  };
  return rank(way) < rank(known);
}

std::vector<DependencyGraph::Reached> DependencyGraph::reached_from(
    const std::vector<Node>& roots, std::int64_t most_distance) const {
  constexpr std::size_t kUnseen = std::numeric_limits<std::size_t>::max();
  std::vector<Reached> reached;
  std::vector<std::size_t> place(first_edge_.size(), kUnseen);  // in `reached`
  for (const Node root : roots) {
    if (place[root] != kUnseen) continue;
    place[root] = reached.size();
    reached.push_back({.node = root, .root = root});
  }
  std::size_t begin = 0;
  for (std::int64_t distance = 1; distance <= most_distance && begin < reached.size(); ++distance) {
    const std::size_t end = reached.size();
    for (std::size_t i = begin; i < end; ++i) {
      const Reached before = reached[i];
      for (std::uint32_t at = first_edge_[before.node]; at != kEnd; at = edges_[at].next) {
        const Incoming& edge = edges_[at];
        const Reached way{.node = edge.from,
                          .distance = distance,
                          .confidence = std::min(before.confidence, edge.confidence),
                          .from = before.node,
                          .root = before.root,
                          .via = edge.kind};
        std::size_t& known = place[edge.from];
        if (known == kUnseen) {
          known = reached.size();
          reached.push_back(way);
        } else if (known >= end && is_better(way, reached[known])) {
          reached[known] = way;
        }
      }
    }
    begin = end;
  }
  return reached;
}

}  // namespace alluvium::code
