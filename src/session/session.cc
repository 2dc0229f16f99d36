#include "alluvium/session/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/error.h"
#include "frame/arrow_stream_internal.h"
#include "frame/expr_internal.h"
#include "session/session_internal.h"
#include "session/table_calls_internal.h"
#include "session/table_change_internal.h"

namespace alluvium {
namespace {

// What both the profile's policy and the call's options allow.
std::string permissions(SqlPolicy policy, const SqlOptions& options) {
  const bool admin = policy == SqlPolicy::Admin;
  const bool dml = admin || policy == SqlPolicy::Write;
  return nlohmann::json{{"ddl", admin && options.allow_ddl},
                        {"dml", dml && options.allow_dml},
                        {"statements", admin && options.allow_statements}}
      .dump();
}

}  // namespace

DataFrame Session::sql(std::string_view query, const SqlOptions& options,
                       const SqlParameters& parameters, const Interrupt& interrupt) const {
  const RuntimeProfile& profile = state_->profile;
  // Checked here too, before the text is copied anywhere.
  if (query.size() > profile.max_sql_bytes) {
    throw Error(ErrorCode::ResourceExhausted,
                fmt::format("the SQL text has {} bytes; the profile's max_sql_bytes is {}",
                            query.size(), profile.max_sql_bytes));
  }
  const PlanningPass pass = [state = state_, query = std::string(query),
                             allowed = permissions(profile.sql_policy, options),
                             values = encode_parameters(parameters)](bridge::ResolvedCalls& calls,
                                                                     const Interrupt& until) {
    return bridge::sql(*state->session, query, allowed, values, calls, until);
  };
  const PlanStatement plan = [&](const Interrupt& until) {
    return plan_with_table_functions(*this, pass, until);
  };
  bridge::PlannedStatement planned = plan(interrupt);
  if (planned.changed_functions) {
    const std::scoped_lock lock(state_->mutex);
    state_->function_hashes.reset();
  }
  if (!planned.change.empty()) return run_table_change(*this, plan, planned.change, interrupt);
  return DataFrame(std::move(planned.frame));
}

DataFrame Session::sql(std::string_view query, const SqlParameters& parameters,
                       const Interrupt& interrupt) const {
  return sql(query, SqlOptions{}, parameters, interrupt);
}

DataFrame Session::table(std::string_view name) const {
  return DataFrame(bridge::table(*state_->session, name));
}

bool Session::has_table(std::string_view name) const {
  return bridge::has_table(*state_->session, name);
}

DataFrame Session::read(const TableProvider& provider) const {
  return DataFrame(bridge::read(*state_->session, *provider.handle()));
}

DataFrame Session::read(RecordBatchReader rows) const {
  StreamExports stream;
  stream.add(std::move(rows));
  return DataFrame(bridge::read_stream(*state_->session, stream.front()));
}

DataFrame Session::read_ipc(std::span<const std::byte> bytes) const {
  return DataFrame(bridge::read_ipc(*state_->session, bytes));
}

const RuntimeProfile& Session::profile() const { return state_->profile; }

const FunctionSet& Session::functions() const { return state_->functions; }

const std::vector<Plugin>& Session::plugins() const { return state_->plugins; }

Session::Memory Session::memory() const {
  const bridge::MemoryUse use = bridge::memory(*state_->session);
  return {.reserved = use.reserved, .peak = use.peak};
}

void shutdown(std::chrono::milliseconds patience) {
  bridge::shutdown(static_cast<std::uint64_t>(std::max<std::int64_t>(patience.count(), 0)));
}

}  // namespace alluvium
