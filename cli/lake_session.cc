#include "cli/lake_session.h"

#include "alluvium/functions/library.h"

namespace alluvium::cli {

Session open_lake_session(const code::Lake& lake, const Interrupt& interrupt,
                          const SessionOptions& options) {
  RuntimeProfile profile;
  profile.functions = function_library();
  profile.sql_policy = SqlPolicy::ReadOnly;
  profile.confine = true;
  profile.memory_limit = options.memory_limit;
  if (options.timeout) profile.query_timeout = *options.timeout;
  return lake.session(profile, interrupt);
}

}  // namespace alluvium::cli
