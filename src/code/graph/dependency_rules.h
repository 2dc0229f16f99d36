#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/extract/flat_map.h"
#include "code/graph/dependency_graph.h"

namespace alluvium::code {

struct CodeNode;

/// What `edges.sql` says, of each piece of evidence: which kinds of edges the rows of the tables
/// make. The two say the same; `impact_test.cc` holds one to the other.
///
/// Thread-safety: one thread at a time.
class DependencyRules {
 public:
  using Node = DependencyGraph::Node;

  /// Adds edges between `nodes` to `graph`, in which they have their places as numbers. Both must
  /// outlive this.
  DependencyRules(const std::vector<CodeNode>& nodes, DependencyGraph& graph,
                  double least_confidence);

  /// What definitions alone say: contains, protocol, fixture, same_name.
  void add_definitions();
  /// The columns file_id, line, bstart, enclosing_def_id, def_id, confidence.
  void add_references(const RecordBatch& batch);
  /// The columns file_id, caller_def_id, callee_def_id, confidence.
  void add_calls(const RecordBatch& batch);
  /// The columns def_id, related_def_id, kind, confidence.
  void add_relations(const RecordBatch& batch);

 private:
  void add(Node src, Node dst, EdgeKind kind, double confidence);
  void add_of_variables(Node user, std::int64_t line, std::int64_t place, Node dst,
                        double confidence);
  void add_members(Node node);
  void add_fixtures();
  void add_same_names();
  /// The definition around it, or its file.
  [[nodiscard]] Node around(Node node) const;
  /// Of what is defined right in `around` (a definition or a file), that at a place of the file, or
  /// none. Code there that isn't of its body is of its head.
  [[nodiscard]] Node defined_at(Node around, std::int64_t place) const;

  const std::vector<CodeNode>& nodes_;
  DependencyGraph& graph_;
  double least_;
  /// Classes and functions by what is around them, then by place; from where in the list those in
  /// each node are.
  std::vector<Node> defined_;
  std::vector<std::size_t> first_defined_;
  /// Variables that begin on a line: the last one by file and line, plus one, and from each the one
  /// before it.
  FlatMap<Node> begun_on_line_;
  std::vector<Node> begun_before_;
  /// Variables by what is around them, then by place; from where in the list those in each node
  /// are; and where the last of those so far ends.
  std::vector<Node> variables_;
  std::vector<std::size_t> first_variable_;
  std::vector<std::int64_t> last_end_;
};

}  // namespace alluvium::code
