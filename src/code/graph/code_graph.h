#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"
#include "code/graph/dependency_graph.h"

namespace alluvium::code {

/// A row of the view `nodes` that is no parameter, and what walking needs of the tables behind it.
struct CodeNode {
  std::string_view repo;
  std::string_view kind;
  std::string_view name;  ///< As in `nodes`: a qualified name, or a file's path.
  std::string_view path;  ///< Of its file.
  std::int64_t line = 1;
  std::int64_t begin = 0;  ///< Of a definition: its bytes in the file.
  std::int64_t end = 0;
  std::string_view short_name;  ///< Without what is around it; empty for a file.
  DependencyGraph::Node file = DependencyGraph::kNone;
  DependencyGraph::Node parent = DependencyGraph::kNone;  ///< The definition around it.
  bool is_file = false;
  bool in_test_file = false;  ///< By the path.

  /// The definition around it, or its file.
  [[nodiscard]] DependencyGraph::Node around() const {
    return parent == DependencyGraph::kNone ? file : parent;
  }
};

/// The property graph of a lake's session, in memory: the nodes, and the edges that `impact`
/// follows, which are those of the view `edges` but imports and what leads to parameters, one for
/// each piece of evidence. Each
/// table is read once: the view reads `definitions` nine times and joins, which takes three times
/// as long.
///
/// Thread-safety: immutable.
class CodeGraph {
 public:
  using Node = DependencyGraph::Node;

  /// Reads the tables of `session`. Edges of less than `least_confidence` are left out. Errors: as
  /// `Session::sql`.
  static CodeGraph read(const Session& session, double least_confidence,
                        const Interrupt& interrupt);

  [[nodiscard]] const std::vector<CodeNode>& nodes() const { return nodes_; }
  [[nodiscard]] const DependencyGraph& dependencies() const { return dependencies_; }
  [[nodiscard]] std::string_view id(Node node) const { return dependencies_.id(node); }

 private:
  CodeGraph() = default;
  void add_files(const RecordBatch& batch);
  /// Returns the node of each row, or none.
  std::vector<Node> add_definitions(const RecordBatch& batch);
  void place_definitions(const RecordBatch& batch, const std::vector<Node>& nodes);
  CodeNode* add(std::string_view id);

  std::vector<RecordBatch> held_;  // whose text the nodes view
  std::vector<CodeNode> nodes_;
  DependencyGraph dependencies_;
};

}  // namespace alluvium::code
