#include "code/graph/dependency_rules.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
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
  if (kind == "pick" || kind == "hook") return EdgeKind::Picks;
  return EdgeKind::Constructs;
}

/// Of an object that nothing is known of but the name that it is asked for.
EdgeCondition condition_of(std::string_view resolution) {
  return resolution == "name_only" ? EdgeCondition::Object : EdgeCondition::None;
}

std::uint64_t place(NameId file, std::int64_t line) {
  return std::uint64_t{file} << 32 | static_cast<std::uint32_t>(line);
}

}  // namespace

DependencyRules::DependencyRules(const std::vector<CodeNode>& nodes, const DependencyGraph& graph,
                                 double least_confidence)
    : nodes_(nodes), graph_(graph), least_(least_confidence), begun_before_(nodes.size()) {
  std::vector<Node> defined;
  std::vector<Node> variables;
  for (Node node = 0; node < nodes_.size(); ++node) {
    const CodeNode& each = nodes_[node];
    if (each.kind == "class" || each.kind == "function" || each.kind == "method") {
      defined.push_back(node);
    } else if (each.kind == "variable") {
      Node& last = begun_on_line_[place(each.file, each.line)];
      begun_before_[node] = std::exchange(last, node + 1);
      variables.push_back(node);
    }
  }
  defined_ = NodesInside(nodes_, defined);
  variables_ = NodesInside(nodes_, variables);
  for (const Node node : variables_.all()) {
    const bool is_first = last_end_.size() == variables_.first(nodes_[node].around());
    last_end_.push_back(is_first ? nodes_[node].end : std::max(last_end_.back(), nodes_[node].end));
  }
}

DependencyRules::Node DependencyRules::defined_at(Node around, std::int64_t place) const {
  if (around == DependencyGraph::kNone) return DependencyGraph::kNone;
  const std::span<const Node> inside = defined_.of(around);
  const auto after =
      std::ranges::upper_bound(inside, place, {}, [&](Node node) { return nodes_[node].begin; });
  if (after == inside.begin() || nodes_[*(after - 1)].end <= place) return DependencyGraph::kNone;
  return *(after - 1);
}

void DependencyRules::add(const DependencyGraph::Edge& edge, Edges& into) const {
  if (edge.confidence >= least_ && edge.src != edge.dst) into.push_back(edge);
}

/// Of the variables in `user`, those that begin on an earlier line and whose assignment goes on to
/// the place.
void DependencyRules::add_of_variables(Node user, std::int64_t line, std::int64_t place,
                                       DependencyGraph::Edge edge, Edges& into) const {
  if (user == DependencyGraph::kNone) return;
  const std::span<const Node> inside = variables_.of(user);
  auto after =
      std::ranges::upper_bound(inside, place, {}, [&](Node node) { return nodes_[node].begin; }) -
      inside.begin();
  const std::int64_t* const last_end = last_end_.data() + variables_.first(user);
  for (; after > 0 && last_end[after - 1] > place; --after) {
    const Node node = inside[static_cast<std::size_t>(after - 1)];
    if (nodes_[node].end > place && nodes_[node].line != line) {
      edge.src = node;
      add(edge, into);
    }
  }
}

void DependencyRules::add_members(Node node, Edges& into) const {
  const CodeNode& member = nodes_[node];
  if (member.parent == DependencyGraph::kNone) return;
  const std::string_view around = nodes_[member.parent].kind;
  if ((around == "function" || around == "method") &&
      (member.kind == "function" || member.kind == "class")) {
    add({.src = member.parent, .dst = node, .kind = EdgeKind::Contains}, into);
  } else if (around == "class" && member.kind == "method" &&
             is_of_the_language(member.short_name)) {
    add({.src = member.parent, .dst = node, .kind = EdgeKind::Protocol, .confidence = 0.6}, into);
  }
}

void DependencyRules::add_same_names(Edges& into) const {
  NameTable names;
  FlatMap<Node> last;  // by what is around and name, plus one
  std::vector<NameId> name_of(nodes_.size());
  const auto place_of = [&](Node node) { return place(nodes_[node].around(), name_of[node]); };
  for (Node node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].is_file) continue;
    name_of[node] = names.intern(nodes_[node].short_name);
    Node& known = last[place_of(node)];
    if (known == 0 || nodes_[known - 1].begin < nodes_[node].begin) known = node + 1;
  }
  for (const Node node : defined_.all()) {
    const Node other = *last.find(place_of(node)) - 1;
    if (nodes_[node].begin >= nodes_[other].begin) continue;
    add({.src = other, .dst = node, .kind = EdgeKind::SameName, .confidence = 0.6}, into);
  }
}

void DependencyRules::add_definitions(Edges& into) const {
  for (Node node = 0; node < nodes_.size(); ++node) add_members(node, into);
  add_same_names(into);
}

void DependencyRules::add_references(const RecordBatch& batch, Edges& into) const {
  const ColumnView file = batch.column(0);
  const ColumnView line = batch.column(1);
  const ColumnView begin = batch.column(2);
  const ColumnView enclosing = batch.column(3);
  const ColumnView target = batch.column(4);
  const ColumnView confidence = batch.column(5);
  const ColumnView resolution = batch.column(6);
  DependencyGraph::Finder find_file(graph_);
  DependencyGraph::Finder find_enclosing(graph_);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    DependencyGraph::Edge edge{.kind = EdgeKind::References, .confidence = confidence.float64(row)};
    if (edge.confidence < least_ || target.is_null(row)) continue;
    edge.dst = graph_.find(target.bytes(row));
    if (edge.dst == DependencyGraph::kNone) continue;  // a parameter
    edge.condition = condition_of(resolution.bytes(row));
    const Node in = find_file(file.bytes(row));
    const Node around =
        enclosing.is_null(row) ? DependencyGraph::kNone : find_enclosing(enclosing.bytes(row));
    const Node user = around == DependencyGraph::kNone ? in : around;
    const Node of_head = defined_at(user, begin.int64(row));
    edge.src = of_head == DependencyGraph::kNone ? user : of_head;
    add(edge, into);
    const Node* const begun = begun_on_line_.find(place(in, line.int64(row)));
    for (Node at = begun == nullptr ? 0 : *begun; at != 0; at = begun_before_[at - 1]) {
      if (nodes_[at - 1].parent != around) continue;
      edge.src = at - 1;
      add(edge, into);
    }
    add_of_variables(user, line.int64(row), begin.int64(row), edge, into);
  }
}

void DependencyRules::add_calls(const RecordBatch& batch, Edges& into) const {
  const ColumnView file = batch.column(0);
  const ColumnView caller = batch.column(1);
  const ColumnView callee = batch.column(2);
  const ColumnView confidence = batch.column(3);
  const ColumnView resolution = batch.column(4);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    if (callee.is_null(row)) continue;
    add({.src = graph_.find(caller.is_null(row) ? file.bytes(row) : caller.bytes(row)),
         .dst = graph_.find(callee.bytes(row)),
         .kind = EdgeKind::Calls,
         .confidence = confidence.float64(row),
         .condition = condition_of(resolution.bytes(row))},
        into);
  }
}

void DependencyRules::add_relations(const RecordBatch& batch, Edges& into) const {
  const ColumnView owner = batch.column(0);
  const ColumnView related = batch.column(1);
  const ColumnView kind = batch.column(2);
  const ColumnView confidence = batch.column(3);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    const EdgeKind of_edge = kind_of_relation(kind.bytes(row));
    const bool is_of_object = of_edge == EdgeKind::OverriddenBy || of_edge == EdgeKind::Picks;
    add({.src = graph_.find(owner.bytes(row)),
         .dst = graph_.find(related.bytes(row)),
         .kind = of_edge,
         .confidence = confidence.float64(row),
         .condition = is_of_object ? EdgeCondition::Object : EdgeCondition::None},
        into);
  }
}

}  // namespace alluvium::code
