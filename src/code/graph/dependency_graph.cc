#include "code/graph/dependency_graph.h"

#include <algorithm>
#include <tuple>

namespace alluvium::code {

DependencyGraph::Node DependencyGraph::node(std::string_view id) {
  const auto [at, is_new] = nodes_.try_emplace(std::string(id), static_cast<Node>(ids_.size()));
  if (is_new) {
    ids_.push_back(at->first);
    dependents_.emplace_back();
  }
  return at->second;
}

std::uint32_t DependencyGraph::kind(std::string_view name) {
  const auto found = std::find(kinds_.begin(), kinds_.end(), name);
  if (found != kinds_.end()) return static_cast<std::uint32_t>(found - kinds_.begin());
  kinds_.emplace_back(name);
  return static_cast<std::uint32_t>(kinds_.size() - 1);
}

void DependencyGraph::add_edges(const RecordBatch& batch) {
  const ColumnView src = batch.column("src");
  const ColumnView dst = batch.column("dst");
  const ColumnView kinds = batch.column("kind");
  const ColumnView confidence = batch.column("confidence");
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    const Node from = node(src.bytes(row));
    const Node to = node(dst.bytes(row));
    dependents_[to].push_back({from, to, kind(kinds.bytes(row)), confidence.float64(row)});
  }
}

std::vector<DependencyGraph::Reached> DependencyGraph::reached_from(
    const std::vector<Node>& roots, std::int64_t most_distance) const {
  std::vector<Reached> reached;
  std::vector<bool> seen(ids_.size());
  for (const Node root : roots) {
    if (seen[root]) continue;
    seen[root] = true;
    reached.push_back({.node = root, .root = root});
  }
  std::size_t begin = 0;
  for (std::int64_t distance = 1; distance <= most_distance && begin < reached.size(); ++distance) {
    const std::size_t end = reached.size();
    std::unordered_map<Node, Reached> next;
    for (std::size_t i = begin; i < end; ++i) {
      const Reached& before = reached[i];
      for (const Edge& edge : dependents_[before.node]) {
        if (seen[edge.from]) continue;
        const Reached way{.node = edge.from,
                          .distance = distance,
                          .confidence = std::min(before.confidence, edge.confidence),
                          .from = before.node,
                          .root = before.root,
                          .via = kinds_[edge.kind]};
        const auto [known, is_new] = next.try_emplace(edge.from, way);
        if (is_new) continue;
        const auto rank = [&](const Reached& each) {
          return std::tuple(-each.confidence, ids_[each.from], each.via);
        };
        if (rank(way) < rank(known->second)) known->second = way;
      }
    }
    for (const auto& [node, way] : next) {
      seen[node] = true;
      reached.push_back(way);
    }
    std::sort(reached.begin() + static_cast<std::ptrdiff_t>(end), reached.end(),
              [&](const Reached& a, const Reached& b) { return ids_[a.node] < ids_[b.node]; });
    begin = end;
  }
  return reached;
}

}  // namespace alluvium::code
