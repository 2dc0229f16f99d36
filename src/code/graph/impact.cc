#include "code/graph/impact.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "code/graph/dependency_graph.h"

namespace alluvium::code {
namespace {

constexpr std::string_view kRoots = R"sql(
SELECT n.node_id
FROM nodes n
JOIN files f ON f.file_id = n.file_id
WHERE n.kind <> 'parameter'
  AND (n.node_id = $name OR f.path = $name OR starts_with(f.path, $name || '/')
    OR (n.kind <> 'file' AND strpos('.' || n.name || '.', '.' || $name || '.') > 0
      AND strpos($name, '/') = 0))
ORDER BY n.node_id)sql";

constexpr std::string_view kEdges =
    "SELECT src, dst, kind, confidence FROM edges WHERE confidence >= $least AND kind <> 'imports'";

constexpr std::string_view kNodes = R"sql(
SELECT id, repo, kind, name, path, line, is_test,
  CASE WHEN is_test THEN path || '::' || replace(qualname, '.', '::') END AS test_id
FROM (
  SELECT
    n.node_id AS id, n.repo, n.kind, n.name, f.path, coalesce(d.line, 1) AS line, d.qualname,
    coalesce(d.kind IN ('function', 'method') AND d.name LIKE 'test%'
      AND regexp_like(f.path, '(^|/)(tests?/|tests\.py$|test_[^/]*$|[^/]*_test\.py$)'), false)
      AS is_test
  FROM nodes n
  JOIN files f ON f.file_id = n.file_id
  LEFT JOIN definitions d ON d.def_id = n.node_id
))sql";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

std::vector<DependencyGraph::Node> find_roots(const Session& session, std::string_view changed,
                                              DependencyGraph& graph, const Interrupt& interrupt) {
  std::vector<DependencyGraph::Node> roots;
  for (const std::string& name : lines_of(changed)) {
    const std::size_t before = roots.size();
    for (const RecordBatch& batch :
         session.sql(kRoots, {{"name", lit(name)}}, interrupt).collect(interrupt)) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        roots.push_back(graph.node(batch.column(0).bytes(row)));
      }
    }
    if (roots.size() == before) {
      throw Error(ErrorCode::NotFound,
                  "the lake has no definition, file or folder `" + name +
                      "`; definitions are named as in `SELECT qualified_name FROM definitions`, or "
                      "by whole parts of that",
                  false, {{"name", name}});
    }
  }
  return roots;
}

RecordBatch rows_of(const DependencyGraph& graph,
                    const std::vector<DependencyGraph::Reached>& reached) {
  RecordBatchBuilder builder({.fields = {{"node_id", utf8(), false},
                                         {"distance", int64(), false},
                                         {"confidence", float64(), false},
                                         {"via", utf8()},
                                         {"from_id", utf8()},
                                         {"root_id", utf8(), false}}});
  for (const DependencyGraph::Reached& each : reached) {
    builder.column(0).append(graph.id(each.node));
    builder.column(1).append(each.distance);
    builder.column(2).append(each.confidence);
    if (each.distance == 0) {
      builder.column(3).append_null();
      builder.column(4).append_null();
    } else {
      builder.column(3).append(each.via);
      builder.column(4).append(graph.id(each.from));
    }
    builder.column(5).append(graph.id(each.root));
  }
  return builder.finish();
}

DataFrame impact(const Session& session, std::span<const ColumnView> arguments,
                 const Interrupt& interrupt) {
  DependencyGraph graph;
  const std::vector<DependencyGraph::Node> roots =
      find_roots(session, arguments[0].bytes(0), graph, interrupt);
  RecordBatchReader edges =
      session.sql(kEdges, {{"least", lit(arguments[1].float64(0))}}, interrupt).stream(interrupt);
  while (const auto batch = edges.next()) graph.add_edges(*batch);
  const std::int64_t most =
      arguments[2].is_null(0) ? std::numeric_limits<std::int64_t>::max() : arguments[2].int64(0);
  const RecordBatch rows = rows_of(graph, graph.reached_from(roots, most));
  return session.read(RecordBatchReader::of(rows.schema(), {rows}))
      .join(session.sql(kNodes, {}, interrupt), JoinType::Inner, {"node_id"}, {"id"})
      .select({"repo", "node_id", "kind", "name", "path", "line", "distance", "confidence", "via",
               "from_id", "root_id", "is_test", "test_id"})
      .sort({col("distance").asc(), col("confidence").desc(), col("name").asc(),
             col("node_id").asc()});
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
