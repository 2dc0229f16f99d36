#pragma once

#include <span>
#include <vector>

#include "code/graph/dependency_graph.h"

namespace alluvium::code {

/// Of `tests`, those that run something of `roots` as far as the classes tell that they use: an
/// edge whose condition is an object counts only for a test that reaches the class of what it leads
/// to, or one derived from that.
///
/// `owners` has the class of each node that is a member of one. The edges are followed from all
/// tests at once, some hundred at a time.
std::vector<DependencyGraph::Node> tests_that_use(const DependencyGraph& graph,
                                                  std::span<const DependencyGraph::Node> owners,
                                                  std::span<const DependencyGraph::Node> tests,
                                                  std::span<const DependencyGraph::Node> roots);

}  // namespace alluvium::code
