#include "code/graph/used_classes.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <deque>
#include <numeric>
#include <unordered_map>
#include <vector>

namespace alluvium::code {
namespace {

using Node = DependencyGraph::Node;

constexpr std::size_t kAtOnce = 256;
using Tests = std::bitset<kAtOnce>;

/// What depends on what, to be followed from what depends.
class Dependencies {
 public:
  struct Target {
    Node node;
    Node needed_class;  // for the edge to count, or none
  };

  Dependencies(const DependencyGraph& graph, std::span<const Node> owners)
      : first_(owners.size() + 1), first_needing_(owners.size() + 1) {
    const auto needed = [&](Node to, EdgeCondition condition) {
      return condition == EdgeCondition::Object ? owners[to] : DependencyGraph::kNone;
    };
    std::size_t needing = 0;
    graph.for_each_edge([&](Node from, Node to, EdgeKind kind, EdgeCondition condition) {
      if (kind == EdgeKind::Inherits) bases_[from].push_back(to);
      ++first_[from + 1];
      if (needed(to, condition) == DependencyGraph::kNone) return;
      ++first_needing_[needed(to, condition) + 1];
      ++needing;
    });
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    std::partial_sum(first_needing_.begin(), first_needing_.end(), first_needing_.begin());
    targets_.resize(first_.back());
    needing_.resize(needing);
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    std::vector<std::size_t> next_needing(first_needing_.begin(), first_needing_.end() - 1);
    graph.for_each_edge([&](Node from, Node to, EdgeKind, EdgeCondition condition) {
      targets_[next[from]++] = {to, needed(to, condition)};
      if (needed(to, condition) != DependencyGraph::kNone) {
        needing_[next_needing[needed(to, condition)]++] = from;
      }
    });
  }

  [[nodiscard]] std::span<const Target> of(Node node) const {
    return std::span(targets_).subspan(first_[node], first_[node + 1] - first_[node]);
  }
  [[nodiscard]] std::span<const Node> bases(Node of_class) const {
    const auto found = bases_.find(of_class);
    return found == bases_.end() ? std::span<const Node>() : found->second;
  }
  /// What has targets that need the class.
  [[nodiscard]] std::span<const Node> needing(Node of_class) const {
    return std::span(needing_).subspan(first_needing_[of_class],
                                       first_needing_[of_class + 1] - first_needing_[of_class]);
  }

 private:
  std::vector<std::size_t> first_;          // in targets_, by node
  std::vector<std::size_t> first_needing_;  // in needing_, by node
  std::vector<Target> targets_;
  std::vector<Node> needing_;
  std::unordered_map<Node, std::vector<Node>> bases_;
};

/// Which of some tests use each node.
class Uses {
 public:
  Uses(const Dependencies& dependencies, std::size_t nodes)
      : dependencies_(dependencies), tests_(nodes), is_due_(nodes) {}

  void follow(std::span<const Node> tests, std::span<const Node> owners) {
    std::ranges::fill(tests_, Tests());
    own_.clear();
    for (std::size_t i = 0; i < tests.size(); ++i) {
      add(tests[i], Tests().set(i));
      for (Node of = owners[tests[i]]; of != DependencyGraph::kNone; of = owners[of]) {
        note_own(of, i);
      }
    }
    while (!due_.empty()) {
      const Node node = due_.front();
      due_.pop_front();
      is_due_[node] = false;
      pass_on(node);
      for (const Node waiting : dependencies_.needing(node)) pass_on(waiting);
    }
  }
  [[nodiscard]] const Tests& of(Node node) const { return tests_[node]; }

 private:
  void add(Node node, const Tests& more) {
    if ((more & ~tests_[node]).none()) return;
    tests_[node] |= more;
    if (is_due_[node]) return;
    is_due_[node] = true;
    due_.push_back(node);
  }

  void note_own(Node of_class, std::size_t test) {
    std::vector<Node> due = {of_class};
    while (!due.empty()) {
      Tests& own = own_[due.back()];
      const std::span<const Node> bases = dependencies_.bases(due.back());
      due.pop_back();
      if (!own[test]) due.insert(due.end(), bases.begin(), bases.end());
      own.set(test);
    }
  }

  /// The tests that have an object of the class.
  [[nodiscard]] Tests having(Node of_class) const {
    const auto own = own_.find(of_class);
    return own == own_.end() ? tests_[of_class] : tests_[of_class] | own->second;
  }

  void pass_on(Node node) {
    const Tests all = tests_[node];
    for (const auto& [target, needed_class] : dependencies_.of(node)) {
      add(target, needed_class == DependencyGraph::kNone ? all : all & having(needed_class));
    }
  }

  const Dependencies& dependencies_;
  std::vector<Tests> tests_;             // by node
  std::unordered_map<Node, Tests> own_;  // by class: the tests that are its methods
  std::vector<bool> is_due_;
  std::deque<Node> due_;
};

/// What reaches `roots` without taking one method for another: whatever it uses, it does that.
std::vector<bool> surely_reaching(const DependencyGraph& graph, std::size_t nodes,
                                  std::span<const Node> roots) {
  std::vector<bool> reaches(nodes);
  std::vector<Node> due;
  const auto add = [&](Node node) {
    if (reaches[node]) return;
    reaches[node] = true;
    due.push_back(node);
  };
  for (const Node root : roots) add(root);
  while (!due.empty()) {
    const Node node = due.back();
    due.pop_back();
    graph.for_each_dependent(node, [&](Node dependent, EdgeKind, EdgeCondition condition) {
      if (condition == EdgeCondition::None) add(dependent);
    });
  }
  return reaches;
}

}  // namespace

std::vector<Node> tests_that_use(const DependencyGraph& graph, std::span<const Node> owners,
                                 std::span<const Node> tests, std::span<const Node> roots) {
  const std::vector<bool> reaches = surely_reaching(graph, owners.size(), roots);
  std::vector<Node> found;
  std::vector<Node> in_doubt;
  for (const Node test : tests) (reaches[test] ? found : in_doubt).push_back(test);
  if (in_doubt.empty()) return found;
  const Dependencies dependencies(graph, owners);
  Uses uses(dependencies, owners.size());
  for (std::size_t begin = 0; begin < in_doubt.size(); begin += kAtOnce) {
    const std::span<const Node> some =
        std::span(in_doubt).subspan(begin, std::min(kAtOnce, in_doubt.size() - begin));
    uses.follow(some, owners);
    Tests of_roots;
    for (const Node root : roots) of_roots |= uses.of(root);
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (of_roots[i]) found.push_back(some[i]);
    }
  }
  return found;
}

}  // namespace alluvium::code
