#include "code/graph/impact.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "code/graph/code_graph.h"
#include "code/graph/used_classes.h"

namespace alluvium::code {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

/// Whether `name` is one or more whole parts of the dotted name `of`.
bool is_part(std::string_view name, std::string_view of) {
  for (std::size_t at = of.find(name); at != std::string_view::npos; at = of.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || of[at - 1] == '.') && (end == of.size() || of[end] == '.')) return true;
  }
  return false;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::vector<DependencyGraph::Node> find_roots(const CodeGraph& graph, std::string_view changed) {
  using Node = DependencyGraph::Node;
  const std::vector<CodeNode>& nodes = graph.nodes();
  std::vector<Node> roots;
  for (const std::string& name : lines_of(changed)) {
    const auto before = static_cast<std::ptrdiff_t>(roots.size());
    const bool is_path = name.find('/') != std::string::npos;
    const Node of_id = graph.dependencies().find(name);
    for (Node node = 0; node < nodes.size(); ++node) {
      const CodeNode& each = nodes[node];
      if (node == of_id || each.path == name || is_below(each.path, name) ||
          (!each.is_file && !is_path && is_part(name, each.name))) {
        roots.push_back(node);
      }
    }
    if (std::ssize(roots) == before) {
      throw Error(ErrorCode::NotFound,
                  "the lake has no definition, file or folder `" + name +
                      "`; definitions are named as in `SELECT qualified_name FROM definitions`, or "
                      "by whole parts of that",
                  false, {{"name", name}});
    }
    // Of ways that are as short and as sure, that from the smallest id is told.
    std::sort(roots.begin() + before, roots.end(),
              [&](Node a, Node b) { return graph.id(a) < graph.id(b); });
  }
  return roots;
}

bool is_test(const CodeNode& node) {
  return node.in_test_file && (node.kind == "function" || node.kind == "method") &&
         node.short_name.starts_with("test");
}

/// As pytest takes it: the path, then the names on the way to it.
std::string test_id(const CodeGraph& graph, const CodeNode& test) {
  std::vector<std::string_view> names;
  for (const CodeNode* node = &test;; node = &graph.nodes()[node->parent]) {
    names.push_back(node->short_name);
    if (node->parent == DependencyGraph::kNone) break;
  }
  std::string id(test.path);
  for (const std::string_view name : std::views::reverse(names)) id.append("::").append(name);
  return id;
}

/// Takes out the tests that none of the classes on their ways are used by.
void keep_tests_that_use(const CodeGraph& graph, std::vector<DependencyGraph::Reached>& reached) {
  using Node = DependencyGraph::Node;
  const std::vector<CodeNode>& nodes = graph.nodes();
  std::vector<Node> roots;
  std::vector<Node> tests;
  for (const DependencyGraph::Reached& each : reached) {
    if (each.distance == 0) {
      roots.push_back(each.node);
    } else if (is_test(nodes[each.node])) {
      tests.push_back(each.node);
    }
  }
  if (tests.empty()) return;
  std::vector<Node> owners;
  owners.reserve(nodes.size());
  for (const CodeNode& node : nodes) {
    const bool is_member =
        node.parent != DependencyGraph::kNone && nodes[node.parent].kind == "class";
    owners.push_back(is_member ? node.parent : DependencyGraph::kNone);
  }
  std::vector<Node> kept = tests_that_use(graph.dependencies(), owners, tests, roots);
  std::ranges::sort(kept);
  std::erase_if(reached, [&](const DependencyGraph::Reached& each) {
    return each.distance > 0 && is_test(nodes[each.node]) &&
           !std::ranges::binary_search(kept, each.node);
  });
}

RecordBatch rows_of(const CodeGraph& graph, const std::vector<DependencyGraph::Reached>& reached) {
  RecordBatchBuilder builder({.fields = {{"repo", utf8(), false},
                                         {"node_id", utf8(), false},
                                         {"kind", utf8(), false},
                                         {"name", utf8(), false},
                                         {"path", utf8(), false},
                                         {"line", int64(), false},
                                         {"distance", int64(), false},
                                         {"confidence", float64(), false},
                                         {"via", utf8()},
                                         {"from_id", utf8()},
                                         {"root_id", utf8(), false},
                                         {"is_test", boolean(), false},
                                         {"test_id", utf8()}}});
  for (const DependencyGraph::Reached& each : reached) {
    const CodeNode& node = graph.nodes()[each.node];
    builder.column(0).append(node.repo);
    builder.column(1).append(graph.id(each.node));
    builder.column(2).append(node.kind);
    builder.column(3).append(node.name);
    builder.column(4).append(node.path);
    builder.column(5).append(node.line);
    builder.column(6).append(each.distance);
    builder.column(7).append(each.confidence);
    if (each.distance == 0) {
      builder.column(8).append_null();
      builder.column(9).append_null();
    } else {
      builder.column(8).append(name_of(each.via));
      builder.column(9).append(graph.id(each.from));
    }
    builder.column(10).append(graph.id(each.root));
    builder.column(11).append(is_test(node));
    if (is_test(node)) {
      builder.column(12).append(test_id(graph, node));
    } else {
      builder.column(12).append_null();
    }
  }
  return builder.finish();
}

DataFrame impact(const Session& session, std::span<const ColumnView> arguments,
                 const Interrupt& interrupt) {
  const CodeGraph graph = CodeGraph::read(session, arguments[1].float64(0), interrupt);
  const std::int64_t most =
      arguments[2].is_null(0) ? std::numeric_limits<std::int64_t>::max() : arguments[2].int64(0);
  std::vector<DependencyGraph::Reached> reached =
      graph.dependencies().reached_from(find_roots(graph, arguments[0].bytes(0)), most);
  keep_tests_that_use(graph, reached);
  std::ranges::sort(reached, {}, [&](const DependencyGraph::Reached& each) {
    return std::tuple(each.distance, -each.confidence, graph.nodes()[each.node].name,
                      graph.id(each.node));
  });
  const RecordBatch rows = rows_of(graph, reached);
  return session.read(RecordBatchReader::of(rows.schema(), {rows}));
}

}  // namespace

TableFunction impact_function() {
  return {.name = "impact",
          .parameters = {{.name = "changed",
                          .type = utf8(),
                          .description = "What changed, one a line: definitions, files, folders.",
                          .constant = true},
                         {.name = "min_confidence",
                          .type = float64(),
                          .description = "Edges of less are not followed.",
                          .default_value = lit(0.5),
                          .constant = true},
                         {.name = "max_distance",
                          .type = int64(),
                          .description = "Edges to follow; null for all.",
                          .default_value = lit_null(int64()),
                          .constant = true}},
          .plan = impact,
          .documentation = {.category = "code",
                            .description = "What a change reaches, nearest first."}};
}

}  // namespace alluvium::code
