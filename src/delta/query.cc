#include "alluvium/delta/query.h"

#include "bridge/handles.h"
#include "session/session_internal.h"

namespace alluvium::delta {

DataFrame query_delta_sql(std::string_view query,
                          const std::map<std::string, ProviderRequest>& tables,
                          const SqlParameters& parameters, const Interrupt& interrupt) {
  RuntimeProfile profile;
  profile.confine = true;
  for (const auto& [name, request] : tables) profile.allowed_roots.push_back(request.table_uri);
  const Session session = profile.open_session();
  for (const auto& [name, request] : tables) {
    const ProviderBundle table = provider_from_session(session, request, interrupt);
    bridge::register_provider(*session.state()->session, name, *table.provider.handle());
  }
  return session.sql(query, SqlOptions::read_only(), parameters, interrupt);
}

}  // namespace alluvium::delta
