#include "code/diff/row_changes.h"

#include <algorithm>

namespace alluvium::code {
namespace {

std::string identifier(std::string_view column) { return "\"" + std::string(column) + "\""; }

std::string list_of(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + identifier(column);
  return list;
}

/// That a row of `t` has the key of a row of `other`. Nulls are equal here; columns of keys that
/// may be null are ids, none of which is empty.
std::string same_key(const Dataset& dataset) {
  std::string condition = "t.repo = other.repo";
  for (const std::string_view key : dataset.key) {
    const std::string column = identifier(key);
    const auto declared = std::ranges::find(dataset.columns, key, &Column::name);
    condition += declared->nullable
                     ? " AND coalesce(t." + column + ", '') = coalesce(other." + column + ", '')"
                     : " AND t." + column + " = other." + column;
  }
  return condition;
}

/// The rows of `schema` that `other` lacks.
std::string only_in(const std::string& schema, const std::string& other, const std::string& change,
                    const Dataset& dataset, const std::string& columns) {
  const std::string table = "." + identifier(dataset.name);
  const std::string select = "SELECT '" + change + "' AS change, " + columns + " FROM ";
  if (dataset.key.empty()) {
    return select + "(SELECT " + columns + " FROM " + schema + table + " EXCEPT SELECT " + columns +
           " FROM " + other + table + ")";
  }
  return select + schema + table + " t LEFT ANTI JOIN " + other + table + " other ON " +
         same_key(dataset);
}

}  // namespace

std::string row_changes_query(const Dataset& dataset, const std::vector<std::string>& columns) {
  const std::string list = list_of(columns);
  return only_in("before", "after", "removed", dataset, list) + " UNION ALL " +
         only_in("after", "before", "added", dataset, list);
}

std::string change_counts_query(const std::vector<std::string>& tables) {
  std::string query =
      "SELECT '' AS repo, '' AS \"table\", CAST(0 AS BIGINT) AS added, CAST(0 AS BIGINT) AS "
      "removed "
      "WHERE false";
  for (const std::string& table : tables) {
    query += " UNION ALL SELECT repo, '" + table +
             "', count(*) FILTER (WHERE change = 'added'), "
             "count(*) FILTER (WHERE change = 'removed') FROM changes." +
             identifier(table) + " GROUP BY repo";
  }
  return query;
}

}  // namespace alluvium::code
