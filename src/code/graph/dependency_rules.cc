#include "code/graph/dependency_rules.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "code/graph/code_graph.h"

namespace alluvium::code {
namespace {

/// Names that the language calls by themselves, such as `__iter__`.
bool is_of_the_language(std::string_view name) {
  return name.size() >= 4 && name.starts_with("__") && name.ends_with("__");
}

EdgeKind kind_of_relation(std::string_view kind) {
  if (kind == "base") return EdgeKind::Inherits;
  if (kind == "override") return EdgeKind::OverriddenBy;
  if (kind == "decorator" || kind == "decorator_argument") return EdgeKind::DecoratedBy;
  if (kind == "set_up") return EdgeKind::SetUpBy;
  if (kind == "fixture") return EdgeKind::Fixture;
  return EdgeKind::Constructs;
}

std::uint64_t place(NameId file, std::int64_t line) {
  return std::uint64_t{file} << 32 | static_cast<std::uint32_t>(line);
}

}  // namespace

DependencyRules::DependencyRules(const std::vector<CodeNode>& nodes, DependencyGraph& graph,
                                 double least_confidence)
    : nodes_(nodes),
      graph_(graph),
      least_(least_confidence),
      first_defined_(nodes.size() + 1),
      begun_before_(nodes.size()),
      first_variable_(nodes.size() + 1) {
  for (Node node = 0; node < nodes_.size(); ++node) {
    const CodeNode& each = nodes_[node];
    if (each.kind == "class" || each.kind == "function" || each.kind == "method") {
      defined_.push_back(node);
      ++first_defined_[around(node) + 1];
    } else if (each.kind == "variable") {
      Node& last = begun_on_line_[place(each.file, each.line)];
      begun_before_[node] = std::exchange(last, node + 1);
      variables_.push_back(node);
      ++first_variable_[around(node) + 1];
    }
  }
  const auto order = [&](Node node) { return std::pair(around(node), nodes_[node].begin); };
  std::partial_sum(first_defined_.begin(), first_defined_.end(), first_defined_.begin());
  std::ranges::sort(defined_, {}, order);
  std::partial_sum(first_variable_.begin(), first_variable_.end(), first_variable_.begin());
  std::ranges::sort(variables_, {}, order);
  for (const Node node : variables_) {
    const bool is_first = last_end_.size() == first_variable_[around(node)];
    last_end_.push_back(is_first ? nodes_[node].end : std::max(last_end_.back(), nodes_[node].end));
  }
}

DependencyRules::Node DependencyRules::around(Node node) const {
  const Node parent = nodes_[node].parent;
  return parent == DependencyGraph::kNone ? nodes_[node].file : parent;
}

DependencyRules::Node DependencyRules::defined_at(Node around, std::int64_t place) const {
  if (around == DependencyGraph::kNone) return DependencyGraph::kNone;
  const std::span<const Node> inside(defined_.begin() + std::ptrdiff_t(first_defined_[around]),
                                     defined_.begin() + std::ptrdiff_t(first_defined_[around + 1]));
  const auto after =
      std::ranges::upper_bound(inside, place, {}, [&](Node node) { return nodes_[node].begin; });
  if (after == inside.begin() || nodes_[*(after - 1)].end <= place) return DependencyGraph::kNone;
  return *(after - 1);
}

void DependencyRules::add(Node src, Node dst, EdgeKind kind, double confidence) {
  if (confidence >= least_ && src != dst) graph_.add_edge(src, dst, kind, confidence);
}

/// Of the variables in `user`, those that begin on an earlier line and whose assignment goes on to
/// the place.
void DependencyRules::add_of_variables(Node user, std::int64_t line, std::int64_t place, Node dst,
                                       double confidence) {
  std::size_t after = static_cast<std::size_t>(
      std::upper_bound(variables_.begin() + std::ptrdiff_t(first_variable_[user]),
                       variables_.begin() + std::ptrdiff_t(first_variable_[user + 1]), place,
                       [&](std::int64_t at, Node node) { return at < nodes_[node].begin; }) -
      variables_.begin());
  while (after-- > first_variable_[user] && last_end_[after] > place) {
    const CodeNode& variable = nodes_[variables_[after]];
    if (variable.end > place && variable.line != line) {
      add(variables_[after], dst, EdgeKind::References, confidence);
    }
  }
}

void DependencyRules::add_members(Node node) {
  const CodeNode& member = nodes_[node];
  if (member.parent == DependencyGraph::kNone) return;
  const std::string_view around = nodes_[member.parent].kind;
  if ((around == "function" || around == "method") &&
      (member.kind == "function" || member.kind == "class")) {
    add(member.parent, node, EdgeKind::Contains, 1);
  } else if (around == "class" && member.kind == "method" &&
             is_of_the_language(member.short_name)) {
    add(member.parent, node, EdgeKind::Protocol, 0.6);
  }
}

void DependencyRules::add_fixtures() {
  std::unordered_map<std::string_view, std::vector<Node>> fixtures;
  for (Node node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].is_fixture) fixtures[nodes_[node].short_name].push_back(node);
  }
  if (fixtures.empty()) return;
  for (const CodeNode& parameter : nodes_) {
    if (parameter.kind != "parameter" || parameter.parent == DependencyGraph::kNone) continue;
    const auto found = fixtures.find(parameter.short_name);
    if (found == fixtures.end()) continue;
    const CodeNode& owner = nodes_[parameter.parent];
    if (!owner.is_fixture && !owner.short_name.starts_with("test")) continue;
    for (const Node fixture : found->second) {
      if (nodes_[fixture].kind == "function" && nodes_[fixture].repo == parameter.repo) {
        add(parameter.parent, fixture, EdgeKind::Fixture, 0.9);
      }
    }
  }
}

void DependencyRules::add_same_names() {
  struct Place {
    Node around;
    std::string_view name;
    bool operator==(const Place&) const = default;
  };
  const auto hash = [](const Place& place) {
    return std::hash<std::string_view>()(place.name) ^ (std::size_t{place.around} << 20);
  };
  std::unordered_map<Place, Node, decltype(hash)> last(nodes_.size(), hash);
  const auto place_of = [&](Node node) { return Place{around(node), nodes_[node].short_name}; };
  for (Node node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].is_file || nodes_[node].kind == "parameter") continue;
    const auto [known, is_first] = last.emplace(place_of(node), node);
    if (!is_first && nodes_[known->second].begin < nodes_[node].begin) known->second = node;
  }
  for (const Node node : defined_) {
    const Node other = last.find(place_of(node))->second;
    if (nodes_[node].begin < nodes_[other].begin) add(other, node, EdgeKind::SameName, 0.6);
  }
}

void DependencyRules::add_definitions() {
  for (Node node = 0; node < nodes_.size(); ++node) add_members(node);
  add_fixtures();
  add_same_names();
}

void DependencyRules::add_references(const RecordBatch& batch) {
  const ColumnView file = batch.column(0);
  const ColumnView line = batch.column(1);
  const ColumnView begin = batch.column(2);
  const ColumnView enclosing = batch.column(3);
  const ColumnView target = batch.column(4);
  const ColumnView confidence = batch.column(5);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    const Node in = graph_.find(file.bytes(row));
    const Node dst = graph_.find(target.bytes(row));
    const Node around =
        enclosing.is_null(row) ? DependencyGraph::kNone : graph_.find(enclosing.bytes(row));
    const double sure = confidence.float64(row);
    const Node user = around == DependencyGraph::kNone ? in : around;
    const Node of_head = defined_at(user, begin.int64(row));
    add(of_head == DependencyGraph::kNone ? user : of_head, dst, EdgeKind::References, sure);
    const Node* const begun = begun_on_line_.find(place(in, line.int64(row)));
    for (Node at = begun == nullptr ? 0 : *begun; at != 0; at = begun_before_[at - 1]) {
      if (nodes_[at - 1].parent == around) add(at - 1, dst, EdgeKind::References, sure);
    }
    add_of_variables(user, line.int64(row), begin.int64(row), dst, sure);
  }
}

void DependencyRules::add_calls(const RecordBatch& batch) {
  const ColumnView file = batch.column(0);
  const ColumnView caller = batch.column(1);
  const ColumnView callee = batch.column(2);
  const ColumnView confidence = batch.column(3);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    add(graph_.find(caller.is_null(row) ? file.bytes(row) : caller.bytes(row)),
        graph_.find(callee.bytes(row)), EdgeKind::Calls, confidence.float64(row));
  }
}

void DependencyRules::add_relations(const RecordBatch& batch) {
  const ColumnView owner = batch.column(0);
  const ColumnView related = batch.column(1);
  const ColumnView kind = batch.column(2);
  const ColumnView confidence = batch.column(3);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    add(graph_.find(owner.bytes(row)), graph_.find(related.bytes(row)),
        kind_of_relation(kind.bytes(row)), confidence.float64(row));
  }
}

}  // namespace alluvium::code
