#include "code/graph/code_graph.h"

#include <future>

#include "code/graph/dependency_rules.h"

namespace alluvium::code {
namespace {

// Which rows of the larger tables count is asked while they are taken in: the engine would copy
// those that do.

constexpr std::string_view kFiles = R"sql(
SELECT repo, file_id, path,
  regexp_like(path, '(^|/)(tests?/|tests\.py$|test_[^/]*$|[^/]*_test\.py$)') AS is_test
FROM files)sql";

constexpr std::string_view kDefinitions = R"sql(
SELECT def_id, file_id, parent_def_id, kind, qualified_name, line, bstart, bend
FROM definitions)sql";

constexpr std::string_view kReferences = R"sql(
SELECT file_id, line, bstart, enclosing_def_id, def_id, confidence, resolution
FROM refs)sql";

constexpr std::string_view kCandidates = R"sql(
SELECT file_id, line, bstart, enclosing_def_id, def_id, confidence, resolution
FROM candidates
WHERE NOT is_chosen)sql";

constexpr std::string_view kCalls = R"sql(
SELECT file_id, caller_def_id, callee_def_id, confidence, resolution
FROM calls)sql";

constexpr std::string_view kRelations = R"sql(
SELECT def_id, related_def_id, kind, confidence
FROM relations)sql";

}  // namespace

CodeNode* CodeGraph::add(std::string_view id) {
  // An id twice is a broken promise of the table; the first row counts.
  if (dependencies_.add_node(id) < nodes_.size()) return nullptr;
  return &nodes_.emplace_back();
}

void CodeGraph::add_files(const RecordBatch& batch) {
  const ColumnView repo = batch.column(0);
  const ColumnView id = batch.column(1);
  const ColumnView path = batch.column(2);
  const ColumnView is_test = batch.column(3);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    CodeNode* const node = add(id.bytes(row));
    if (node == nullptr) continue;
    node->repo = repo.bytes(row);
    node->kind = "file";
    node->name = node->path = path.bytes(row);
    node->file = static_cast<Node>(nodes_.size() - 1);
    node->is_file = true;
    node->in_test_file = is_test.boolean(row);
  }
}

std::vector<CodeGraph::Node> CodeGraph::add_definitions(const RecordBatch& batch) {
  std::vector<Node> nodes;
  const ColumnView id = batch.column(0);
  const ColumnView file = batch.column(1);
  const ColumnView kind = batch.column(3);
  const ColumnView qualified_name = batch.column(4);
  const ColumnView line = batch.column(5);
  const ColumnView begin = batch.column(6);
  const ColumnView end = batch.column(7);
  DependencyGraph::Finder find_file(dependencies_);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    const Node of_file = find_file(file.bytes(row));
    CodeNode* const node = kind.bytes(row) == "parameter" ? nullptr : add(id.bytes(row));
    nodes.push_back(node == nullptr ? DependencyGraph::kNone
                                    : static_cast<Node>(node - nodes_.data()));
    if (node == nullptr || of_file == DependencyGraph::kNone) continue;
    node->repo = nodes_[of_file].repo;
    node->kind = kind.bytes(row);
    node->name = qualified_name.bytes(row);
    node->path = nodes_[of_file].path;
    node->line = line.int64(row);
    node->begin = begin.int64(row);
    node->end = end.int64(row);
    node->short_name = node->name.substr(node->name.rfind('.') + 1);
    node->file = of_file;
    node->in_test_file = nodes_[of_file].in_test_file;
  }
  return nodes;
}

void CodeGraph::place_definitions(const RecordBatch& batch, const std::vector<Node>& nodes) {
  const ColumnView parent = batch.column(2);
  DependencyGraph::Finder find_parent(dependencies_);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    const Node node = nodes[static_cast<std::size_t>(row)];
    if (node == DependencyGraph::kNone || parent.is_null(row)) continue;
    nodes_[node].parent = find_parent(parent.bytes(row));
  }
}

CodeGraph CodeGraph::read(const Session& session, double least_confidence,
                          const Interrupt& interrupt) {
  const auto read = [&](std::string_view query) {
    return session.sql(query, {}, interrupt).stream(interrupt);
  };
  // All at once: the engine reads ahead while the rows of another are taken in.
  RecordBatchReader files = read(kFiles);
  RecordBatchReader definitions = read(kDefinitions);
  RecordBatchReader references = read(kReferences);
  RecordBatchReader candidates = read(kCandidates);
  RecordBatchReader calls = read(kCalls);
  RecordBatchReader relations = read(kRelations);

  CodeGraph graph;
  graph.held_ = files.read_all();
  for (const RecordBatch& batch : graph.held_) graph.add_files(batch);
  const std::vector<RecordBatch> defined = definitions.read_all();
  std::vector<std::vector<Node>> nodes;
  for (const RecordBatch& batch : defined) nodes.push_back(graph.add_definitions(batch));
  // What is around a definition may come after it.
  for (std::size_t i = 0; i < defined.size(); ++i) graph.place_definitions(defined[i], nodes[i]);
  graph.held_.insert(graph.held_.end(), defined.begin(), defined.end());

  using Edges = DependencyRules::Edges;
  const DependencyRules rules(graph.nodes_, graph.dependencies_, least_confidence);
  // There are as many of them as of all others.
  std::future<Edges> finding = std::async(std::launch::async, [&] {
    Edges edges;
    while (const auto batch = references.next()) rules.add_references(*batch, edges);
    return edges;
  });
  Edges others;
  rules.add_definitions(others);
  while (const auto batch = candidates.next()) rules.add_references(*batch, others);
  while (const auto batch = calls.next()) rules.add_calls(*batch, others);
  while (const auto batch = relations.next()) rules.add_relations(*batch, others);
  const auto add = [&](const Edges& edges) {
    for (const DependencyGraph::Edge& edge : edges) graph.dependencies_.add_edge(edge);
  };
  add(others);
  add(finding.get());
  return graph;
}

}  // namespace alluvium::code
