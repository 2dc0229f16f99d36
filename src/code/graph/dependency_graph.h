#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "code/extract/name_table.h"
#include "code/graph/edge_kind.h"

namespace alluvium::code {

/// Which nodes depend on which, in memory, to be followed from what changed.
///
/// Thread-safety: immutable once all edges are added.
class DependencyGraph {
 public:
  using Node = NameId;
  static constexpr Node kNone = 0xFFFFFFFF;

  /// A node that a change reaches.
  struct Reached {
    Node node = kNone;
    std::int64_t distance = 0;  ///< Edges from what changed; 0 for that itself.
    double confidence = 1;      ///< Of the way: its weakest edge.
    Node from = kNone;          ///< The node before it on the way.
    Node root = kNone;          ///< What changed.
    EdgeKind via = {};          ///< The kind of the last edge.
  };

  /// The node called `id`, made when it is new: they are numbered from 0. `id` must outlive the
  /// graph.
  Node add_node(std::string_view id);
  /// The node called `id`, or `kNone`.
  [[nodiscard]] Node find(std::string_view id) const { return ids_.find(id).value_or(kNone); }
  [[nodiscard]] std::string_view id(Node node) const { return ids_.text(node); }

  /// Finds nodes; one that is asked for again and again is looked up once. The ids that it is given
  /// must outlive it.
  class Finder {
   public:
    explicit Finder(const DependencyGraph& graph) : graph_(graph) {}

    Node operator()(std::string_view id) {
      if (id != last_id_) {
        last_id_ = id;
        last_ = graph_.find(id);
      }
      return last_;
    }

   private:
    const DependencyGraph& graph_;
    std::string_view last_id_;
    Node last_ = kNone;
  };

  /// `src` depends on `dst`.
  struct Edge {
    Node src = kNone;
    Node dst = kNone;
    EdgeKind kind = {};
    double confidence = 1;
    EdgeCondition condition = EdgeCondition::None;
  };
  /// Does nothing where an end is `kNone`.
  void add_edge(const Edge& edge);

  /// Everything that `roots` reach against the edges, nearest first: each node once, at its
  /// smallest distance, by the way of the highest confidence there, then of the smallest id before
  /// it. Nodes of one distance are in no certain order.
  [[nodiscard]] std::vector<Reached> reached_from(const std::vector<Node>& roots,
                                                  std::int64_t most_distance) const;

  /// Calls `each` with every node that depends on `node` itself, and the edge's kind and condition.
  template <typename Each>
  void for_each_dependent(Node node, Each&& each) const {
    for (std::uint32_t at = first_edge_[node]; at != kEnd; at = edges_[at].next) {
      each(edges_[at].from, edges_[at].kind, edges_[at].condition);
    }
  }
  /// Calls `each` with both ends, the kind and the condition of every edge.
  template <typename Each>
  void for_each_edge(Each&& each) const {
    for (Node dst = 0; dst < first_edge_.size(); ++dst) {
      for_each_dependent(dst, [&](Node src, EdgeKind kind, EdgeCondition condition) {
        each(src, dst, kind, condition);
      });
    }
  }

 private:
  static constexpr std::uint32_t kEnd = 0xFFFFFFFF;
  struct Incoming {
    double confidence;
    Node from;
    std::uint32_t next;  ///< The next edge to the same node.
    EdgeKind kind;
    EdgeCondition condition;
  };
  [[nodiscard]] bool is_better(const Reached& way, const Reached& known) const;

  NameTable ids_;
  std::vector<std::uint32_t> first_edge_;  ///< By what is depended on.
  std::vector<Incoming> edges_;
};

}  // namespace alluvium::code
