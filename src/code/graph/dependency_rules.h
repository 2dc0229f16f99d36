#pragma once

#include <cstdint>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/extract/flat_map.h"
#include "code/graph/dependency_graph.h"
#include "code/graph/nodes_inside.h"

namespace alluvium::code {

struct CodeNode;

/// What `edges.sql` says, of each piece of evidence: which kinds of edges the rows of the tables
/// make. The two say the same; `impact_test.cc` holds one to the other.
///
/// Thread-safety: immutable.
class DependencyRules {
 public:
  using Node = DependencyGraph::Node;

  using Edges = std::vector<DependencyGraph::Edge>;

  /// Finds edges between `nodes`, whose places are their numbers in `graph`. Both must outlive
  /// this.
  DependencyRules(const std::vector<CodeNode>& nodes, const DependencyGraph& graph,
                  double least_confidence);

  /// What definitions alone say: contains, protocol, same_name.
  void add_definitions(Edges& into) const;
  /// The columns file_id, line, bstart, enclosing_def_id, def_id, confidence, resolution.
  void add_references(const RecordBatch& batch, Edges& into) const;
  /// The columns file_id, caller_def_id, callee_def_id, confidence, resolution.
  void add_calls(const RecordBatch& batch, Edges& into) const;
  /// The columns def_id, related_def_id, kind, confidence.
  void add_relations(const RecordBatch& batch, Edges& into) const;

 private:
  void add(const DependencyGraph::Edge& edge, Edges& into) const;
  void add_of_variables(Node user, std::int64_t line, std::int64_t place,
                        DependencyGraph::Edge edge, Edges& into) const;
  void add_members(Node node, Edges& into) const;
  void add_same_names(Edges& into) const;
  /// Of what is defined right in `around` (a definition or a file), that at a place of the file, or
  /// none. Code there that isn't of its body is of its head.
  [[nodiscard]] Node defined_at(Node around, std::int64_t place) const;

  const std::vector<CodeNode>& nodes_;
  const DependencyGraph& graph_;
  double least_;
  NodesInside defined_;  ///< Classes and functions.
  /// Variables that begin on a line: the last one by file and line, plus one, and from each the one
  /// before it.
  FlatMap<Node> begun_on_line_;
  std::vector<Node> begun_before_;
  NodesInside variables_;
  /// By place in that: where the last of those in the same node so far ends.
  std::vector<std::int64_t> last_end_;
};

}  // namespace alluvium::code
