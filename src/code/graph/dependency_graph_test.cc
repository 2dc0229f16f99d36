#include "code/graph/dependency_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace alluvium::code {
namespace {

using ::testing::ElementsAre;

struct Edge {
  const char* src;
  const char* dst;
  double confidence = 1;
};

DependencyGraph graph_of(const std::vector<Edge>& edges) {
  DependencyGraph graph;
  for (const Edge& edge : edges) {
    const DependencyGraph::Node src = graph.add_node(edge.src);
    graph.add_edge({.src = src,
                    .dst = graph.add_node(edge.dst),
                    .kind = EdgeKind::Calls,
                    .confidence = edge.confidence});
  }
  return graph;
}

// `node distance confidence <before`, of each distance by id.
std::vector<std::string> reached(DependencyGraph& graph, const std::vector<std::string>& roots,
                                 std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
  std::vector<DependencyGraph::Node> nodes;
  for (const std::string& root : roots) nodes.push_back(graph.add_node(root));
  std::vector<DependencyGraph::Reached> found = graph.reached_from(nodes, most);
  std::ranges::stable_sort(found, {}, [&](const DependencyGraph::Reached& each) {
    return std::pair(each.distance, each.distance == 0 ? "" : graph.id(each.node));
  });
  std::vector<std::string> lines;
  for (const auto& each : found) {
    std::string line = std::string(graph.id(each.node)) + " " + std::to_string(each.distance) +
                       " " + std::to_string(each.confidence).substr(0, 3);
    if (each.distance > 0) line += " <" + std::string(graph.id(each.from));
    lines.push_back(line);
  }
  return lines;
}

TEST(DependencyGraph, GoesAgainstTheEdgesNearestFirst) {
  DependencyGraph graph = graph_of({{"b", "a"}, {"c", "b"}, {"d", "x"}, {"e", "a"}});
  EXPECT_THAT(reached(graph, {"a"}),
              ElementsAre("a 0 1.0", "b 1 1.0 <a", "e 1 1.0 <a", "c 2 1.0 <b"));
  EXPECT_THAT(reached(graph, {"a"}, 1), ElementsAre("a 0 1.0", "b 1 1.0 <a", "e 1 1.0 <a"));
}

TEST(DependencyGraph, EndsOnCycles) {
  DependencyGraph graph = graph_of({{"a", "b"}, {"b", "a"}, {"a", "a"}});
  EXPECT_THAT(reached(graph, {"a"}), ElementsAre("a 0 1.0", "b 1 1.0 <a"));
}

TEST(DependencyGraph, TakesTheSurestOfTheShortestWays) {
  DependencyGraph graph = graph_of(
      {{"b", "a", 0.5}, {"c", "a", 0.9}, {"d", "b"}, {"d", "c"}, {"e", "d", 0.8}, {"f", "b"}});
  EXPECT_THAT(reached(graph, {"a"}), ElementsAre("a 0 1.0", "b 1 0.5 <a", "c 1 0.9 <a",
                                                 "d 2 0.9 <c", "f 2 0.5 <b", "e 3 0.8 <d"));
}

TEST(DependencyGraph, BreaksTiesById) {
  DependencyGraph graph = graph_of({{"z", "a"}, {"y", "a"}, {"d", "z"}, {"d", "y"}});
  EXPECT_THAT(reached(graph, {"a"}),
              ElementsAre("a 0 1.0", "y 1 1.0 <a", "z 1 1.0 <a", "d 2 1.0 <y"));
}

TEST(DependencyGraph, KnowsWhichChangeItWas) {
  DependencyGraph graph = graph_of({{"b", "a"}, {"d", "c"}});
  EXPECT_THAT(reached(graph, {"c", "a", "c", "unknown"}),
              ElementsAre("c 0 1.0", "a 0 1.0", "unknown 0 1.0", "b 1 1.0 <a", "d 1 1.0 <c"));
}

}  // namespace
}  // namespace alluvium::code
