#pragma once

#include <span>
#include <vector>

#include "code/graph/dependency_graph.h"

namespace alluvium::code {

/// Of `tests`, those that run something of `roots` as far as the classes tell that they use: a
/// method is called in the place of one that it overrides, or taken by a name that is made, only on
/// an object of its class, so what reaches it in this way has to reach its class, or one derived
/// from that, too.
///
/// `owners` has the class of each node that is a member of one. The edges are followed from all
/// tests at once, some hundred at a time.
std::vector<DependencyGraph::Node> tests_that_use(const DependencyGraph& graph,
                                                  std::span<const DependencyGraph::Node> owners,
                                                  std::span<const DependencyGraph::Node> tests,
                                                  std::span<const DependencyGraph::Node> roots);

}  // namespace alluvium::code
