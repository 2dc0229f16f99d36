#include "alluvium/observe/caches.h"

#include "session/session_internal.h"

namespace alluvium::observe {

DataFrame list_files_cache(const Session& session) {
  return DataFrame(bridge::cache_entries(*session.state()->session, "list_files"));
}

DataFrame metadata_cache(const Session& session) {
  return DataFrame(bridge::cache_entries(*session.state()->session, "metadata"));
}

DataFrame statistics_cache(const Session& session) {
  return DataFrame(bridge::cache_entries(*session.state()->session, "statistics"));
}

}  // namespace alluvium::observe
