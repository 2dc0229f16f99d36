#include "cli/lake_session.h"

#include "alluvium/functions/library.h"

namespace alluvium::cli {

RuntimeProfile lake_profile(const SessionOptions& options) {
  RuntimeProfile profile;
  profile.functions = function_library();
  profile.sql_policy = SqlPolicy::ReadOnly;
  profile.confine = true;
  profile.memory_limit = options.memory_limit;
  if (options.timeout) profile.query_timeout = *options.timeout;
  return profile;
}

Session open_lake_session(const code::Lake& lake, const Interrupt& interrupt,
                          const SessionOptions& options) {
  return lake.session(lake_profile(options), interrupt);
}

}  // namespace alluvium::cli
