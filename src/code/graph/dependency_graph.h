#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alluvium/frame/record_batch.h"

namespace alluvium::code {

/// Which nodes depend on which, in memory, to be followed from what changed.
///
/// Thread-safety: immutable once all edges are added.
class DependencyGraph {
 public:
  using Node = std::uint32_t;
  static constexpr Node kNone = 0xFFFFFFFF;

  /// A node that a change reaches.
  struct Reached {
    Node node = kNone;
    std::int64_t distance = 0;  ///< Edges from what changed; 0 for that itself.
    double confidence = 1;      ///< Of the way: its weakest edge.
    Node from = kNone;          ///< The node before it on the way.
    Node root = kNone;          ///< What changed.
    std::string_view via = {};  ///< The kind of the last edge.
  };

  /// The columns src, dst, kind and confidence: src depends on dst.
  void add_edges(const RecordBatch& batch);
  /// The node called `id`, made when it is new.
  Node node(std::string_view id);
  [[nodiscard]] std::string_view id(Node node) const { return ids_[node]; }

  /// Everything that `roots` reach against the edges, nearest first: each node once, at its
  /// smallest distance, by the way of the highest confidence there, then of the smallest id before
  /// it.
  [[nodiscard]] std::vector<Reached> reached_from(const std::vector<Node>& roots,
                                                  std::int64_t most_distance) const;

 private:
  struct Edge {
    Node from;
    Node to;
    std::uint32_t kind;
    double confidence;
  };
  std::uint32_t kind(std::string_view name);

  std::unordered_map<std::string, Node> nodes_;
  std::vector<std::string_view> ids_;  // keys of nodes_
  std::vector<std::string> kinds_;
  std::vector<std::vector<Edge>> dependents_;  // by what they depend on
};

}  // namespace alluvium::code
