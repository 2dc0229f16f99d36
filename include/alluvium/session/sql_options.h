#pragma once

#include <map>
#include <string>

#include "alluvium/frame/expr.h"

namespace alluvium {

/// Which kinds of SQL statement a query may be, subqueries included. The default allows all;
/// the session's policy still holds.
struct SqlOptions {
  bool allow_ddl = true;         ///< CREATE, DROP, ALTER.
  bool allow_dml = true;         ///< INSERT, UPDATE, DELETE, MERGE, COPY.
  bool allow_statements = true;  ///< SET, PREPARE, EXECUTE, transactions.

  [[nodiscard]] SqlOptions with_allow_ddl(bool allow) const;
  [[nodiscard]] SqlOptions with_allow_dml(bool allow) const;
  [[nodiscard]] SqlOptions with_allow_statements(bool allow) const;
  /// Queries only.
  static SqlOptions read_only();
};

/// What SQL may do in a session.
enum class SqlPolicy {
  ReadOnly,  ///< Queries only. For SQL that came from outside.
  Write,     ///< Queries and DML.
  Admin,     ///< Everything, still inside the allowed roots.
};

std::string_view to_string(SqlPolicy policy);
/// Errors: InvalidArgument for another name than `read_only`, `write`, `admin`.
SqlPolicy sql_policy_from_name(std::string_view name);

/// Values for the `$name` parameters of a query. Values are bound, never pasted into the text.
using SqlParameters = std::map<std::string, Expr>;

}  // namespace alluvium
