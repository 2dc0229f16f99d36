#pragma once

#include <map>
#include <string>
#include <string_view>

#include "alluvium/delta/provider.h"
#include "alluvium/frame/data_frame.h"

namespace alluvium::delta {

/// Answers one read-only query over Delta tables, for a caller who has no session: opens one that
/// can reach nothing but `tables`, which go by the map's names. The frame keeps the session.
/// Errors: those of `provider_from_session` and of `Session::sql`.
DataFrame query_delta_sql(std::string_view query,
                          const std::map<std::string, ProviderRequest>& tables,
                          const SqlParameters& parameters = {}, const Interrupt& interrupt = {});

}  // namespace alluvium::delta
