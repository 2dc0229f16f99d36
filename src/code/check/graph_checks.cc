#include "code/check/graph_checks.h"

#include <span>
#include <string>
#include <string_view>

#include "code/graph/graph_views.h"

namespace alluvium::code {
namespace {

TableCheck kind_check(const Dataset& view, std::span<const GraphKind> kinds) {
  const std::string id(view.key.front());
  std::string names;
  for (const GraphKind& kind : kinds) {
    names += (names.empty() ? "'" : ", '") + std::string(kind.name) + "'";
  }
  return {.kind = "kind",
          .meaning = "kind is none of " + names,
          .others = {},
          .query = "SELECT repo, " + id + ", kind FROM " + std::string(view.name) +
                   " WHERE kind NOT IN (" + names + ")",
          .shown = {"repo", id, "kind"}};
}

TableCheck property_check(const Dataset& view, std::string_view owner_kind,
                          std::span<const GraphKind> kinds) {
  const std::string id(view.key.front());
  std::string required;
  for (const GraphKind& kind : kinds) {
    for (const std::string_view key : kind.required) {
      required += (required.empty() ? "('" : ", ('") + std::string(kind.name) + "', '" +
                  std::string(key) + "')";
    }
  }
  return {.kind = "property",
          .meaning = "a property is missing that each of its kind has",
          .others = {"props"},
          .query = "SELECT t.repo, t." + id + ", t.kind, t.key FROM (SELECT owner_id, key FROM " +
                   "props WHERE owner_kind = '" + std::string(owner_kind) +
                   "') p RIGHT ANTI JOIN (SELECT v.repo, v." + id + ", v.kind, r.key FROM " +
                   std::string(view.name) + " v JOIN (VALUES " + required +
                   ") AS r(kind, key) ON r.kind = v.kind) t ON p.owner_id = t." + id +
                   " AND p.key = t.key",
          .shown = {"repo", id, "kind", "key"}};
}

TableCheck confidence_check() {
  return {.kind = "range",
          .meaning = "confidence is not from 0 to 1",
          .others = {},
          .query =
              "SELECT repo, edge_id, kind, confidence FROM edges WHERE NOT coalesce("
              "confidence BETWEEN 0 AND 1, false)",
          .shown = {"repo", "edge_id", "kind", "confidence"}};
}

}  // namespace

std::vector<TableCheck> graph_checks(const Dataset& view) {
  if (view.name == "nodes") {
    return {kind_check(view, node_kinds()), property_check(view, "node", node_kinds())};
  }
  if (view.name == "edges") {
    return {kind_check(view, edge_kinds()), property_check(view, "edge", edge_kinds()),
            confidence_check()};
  }
  return {};
}

}  // namespace alluvium::code
