#include "alluvium/session/sql_options.h"

#include <fmt/format.h>

#include "alluvium/error.h"

namespace alluvium {

SqlOptions SqlOptions::with_allow_ddl(bool allow) const {
  SqlOptions changed = *this;
  changed.allow_ddl = allow;
  return changed;
}

SqlOptions SqlOptions::with_allow_dml(bool allow) const {
  SqlOptions changed = *this;
  changed.allow_dml = allow;
  return changed;
}

SqlOptions SqlOptions::with_allow_statements(bool allow) const {
  SqlOptions changed = *this;
  changed.allow_statements = allow;
  return changed;
}

SqlOptions SqlOptions::read_only() {
  return {.allow_ddl = false, .allow_dml = false, .allow_statements = false};
}

std::string_view to_string(SqlPolicy policy) {
  switch (policy) {
    case SqlPolicy::ReadOnly:
      return "read_only";
    case SqlPolicy::Write:
      return "write";
    case SqlPolicy::Admin:
      return "admin";
  }
  return "read_only";
}

SqlPolicy sql_policy_from_name(std::string_view name) {
  for (const SqlPolicy policy : {SqlPolicy::ReadOnly, SqlPolicy::Write, SqlPolicy::Admin}) {
    if (to_string(policy) == name) return policy;
  }
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("no SQL policy `{}`; there are read_only, write and admin", name));
}

}  // namespace alluvium
