#include "alluvium/session/runtime_profile.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/function_snapshot.h"
#include "frame/hash_internal.h"
#include "frame/type_json_internal.h"
#include "session/random_uuid_internal.h"
#include "session/session_internal.h"
#include "udf/function_check_internal.h"

namespace alluvium {
namespace {

[[noreturn]] void refuse(std::string_view field, std::string_view what) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("profile field `{}`: {}", field, what), false,
              {{"field", std::string(field)}});
}

void check_plugins(const RuntimeProfile& profile) {
  if (!profile.plugins.empty() && profile.plugin_folder.empty()) {
    refuse("plugin_folder", "not given; plug-ins are loaded from it alone");
  }
  std::set<std::string> files;
  for (const PluginPin& pin : profile.plugins) {
    if (!files.insert(pin.name).second) {
      refuse("plugins", fmt::format("`{}` is there twice", pin.name));
    }
  }
}

void check_snapshot(const RuntimeProfile& profile) {
  if (profile.function_snapshot.empty()) return;
  const std::string hash = snapshot(profile.functions).hash;
  if (hash == profile.function_snapshot) return;
  throw Error(ErrorCode::SchemaMismatch,
              fmt::format("the profile's functions have the snapshot {}, and {} is asked for; "
                          "`differences` of the two snapshots says what differs",
                          hash, profile.function_snapshot),
              false, {{"field", "function_snapshot"}});
}

void check_profile(const RuntimeProfile& profile) {
  // The engine allocates for these up front: a slip of some zeros must not eat the machine.
  constexpr std::size_t kMaxPartitions = 4096;
  constexpr std::size_t kMaxBatch = 1 << 22;
  if (profile.target_partitions > kMaxPartitions) {
    refuse("target_partitions", fmt::format("at most {}", kMaxPartitions));
  }
  if (profile.batch_size == 0 || profile.batch_size > kMaxBatch) {
    refuse("batch_size", fmt::format("between 1 and {} rows", kMaxBatch));
  }
  if (profile.query_timeout.count() < 0) refuse("query_timeout", "negative");
  if (profile.max_sql_bytes == 0) refuse("max_sql_bytes", "zero refuses every query");
  if (profile.time_zone.empty()) refuse("time_zone", "empty; give an offset such as +00:00");
  if (profile.default_catalog.empty()) refuse("default_catalog", "empty");
  if (profile.default_schema.empty()) refuse("default_schema", "empty");
  if (profile.default_schema == "information_schema") {
    refuse("default_schema", "information_schema is the engine's own");
  }
  for (const std::string& root : profile.allowed_roots) {
    if (root.empty()) refuse("allowed_roots", "an empty root; give a folder or a URL");
  }
  for (const auto& [name, value] : profile.settings) {
    if (!name.starts_with("datafusion.")) {
      refuse("settings", fmt::format("`{}` doesn't start with `datafusion.`", name));
    }
  }
  const delta::Policies& policies = profile.delta_policies;
  const auto positive = [](std::string_view field, const std::optional<std::int64_t>& value) {
    if (value && *value < 1) refuse(field, "must be 1 or more");
  };
  if (policies.mutation.max_attempts < 1) {
    refuse("delta_policies.mutation.max_attempts", "must be 1 or more");
  }
  if (policies.write.target_file_size == 0U) {
    refuse("delta_policies.write.target_file_size", "zero");
  }
  const delta::MaintenancePolicy& upkeep = policies.maintenance;
  positive("delta_policies.maintenance.checkpoint_after_commits", upkeep.checkpoint_after_commits);
  positive("delta_policies.maintenance.compact_after_commits", upkeep.compact_after_commits);
  positive("delta_policies.maintenance.compact_after_small_files",
           upkeep.compact_after_small_files);
  positive("delta_policies.maintenance.small_file_size", upkeep.small_file_size);
  check_functions(profile.functions);
  check_snapshot(profile);
  check_plugins(profile);
}

std::string absolute_root(const std::string& root) {
  if (root.find("://") != root.npos) return root;
  return std::filesystem::absolute(root).lexically_normal().string();
}

// Options of the log come over those of the data.
nlohmann::json store_options(const delta::StorePolicy& store) {
  delta::StorageOptions options = store.log_options;
  options.insert(store.options.begin(), store.options.end());
  return options;
}

std::string to_json_text(const RuntimeProfile& profile) {
  nlohmann::json roots = nullptr;
  if (profile.confine || !profile.allowed_roots.empty()) {
    roots = nlohmann::json::array();
    for (const std::string& root : profile.allowed_roots) roots.push_back(absolute_root(root));
  }
  nlohmann::json spill_folder = nullptr;
  if (!profile.spill_folder.empty()) {
    spill_folder = std::filesystem::absolute(profile.spill_folder).string();
  }
  auto settings = nlohmann::json::object();
  for (const auto& [name, value] : profile.settings) settings[name] = value;
  return to_document({{"information_schema", profile.enable_information_schema},
                      {"ident_normalization", profile.enable_ident_normalization},
                      {"url_table", profile.enable_url_table},
                      {"require_delta", profile.require_delta},
                      {"view_types", profile.enable_view_types},
                      {"dynamic_filters", profile.enable_dynamic_filters},
                      {"time_zone", profile.time_zone},
                      {"target_partitions", profile.target_partitions},
                      {"batch_size", profile.batch_size},
                      {"prefer_hash_join", profile.join_policy == JoinPolicy::PreferHash},
                      {"memory_limit", profile.memory_limit},
                      {"spill_folder", std::move(spill_folder)},
                      {"spill_limit", profile.spill_limit},
                      {"query_timeout_ms", profile.query_timeout.count()},
                      {"allowed_roots", std::move(roots)},
                      {"default_catalog", profile.default_catalog},
                      {"default_schema", profile.default_schema},
                      {"store_options", store_options(profile.delta_policies.store)},
                      {"settings", std::move(settings)}});
}

}  // namespace

RuntimeProfile RuntimeProfile::untrusted(std::vector<std::string> roots, std::uint64_t memory_limit,
                                         std::chrono::milliseconds query_timeout) {
  return RuntimeProfile{.memory_limit = memory_limit,
                        .query_timeout = query_timeout,
                        .allowed_roots = std::move(roots),
                        .confine = true,
                        .sql_policy = SqlPolicy::ReadOnly};
}

RuntimeProfile RuntimeProfile::trusted() { return RuntimeProfile{.sql_policy = SqlPolicy::Admin}; }

Session RuntimeProfile::open_session() const {
  check_profile(*this);
  auto state = std::make_shared<Session::State>();
  state->profile = *this;
  state->plugins = load_plugins(plugin_folder, plugins, functions);
  state->functions = functions;
  for (const Plugin& plugin : state->plugins) state->functions.add(plugin.functions);
  state->session = bridge::open_session(to_json_text(*this), state->functions);
  state->run_id = random_uuid();
  return Session(std::move(state));
}

std::string RuntimeProfile::hash() const {
  SequenceHash hash;
  hash.add(to_string());
  hash.add(snapshot(functions).hash);
  return hash.digest();
}

}  // namespace alluvium
