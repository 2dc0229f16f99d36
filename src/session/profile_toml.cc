#include <fmt/format.h>

#include <utility>

#include <toml++/toml.h>

#include "alluvium/error.h"
#include "alluvium/session/runtime_profile.h"
#include "session/delta_policy_toml_internal.h"
#include "session/toml_internal.h"

namespace alluvium {
namespace {

std::string_view name_of(JoinPolicy policy) {
  return policy == JoinPolicy::PreferHash ? "prefer_hash" : "prefer_sort_merge";
}

JoinPolicy join_policy_from_name(std::string_view name) {
  for (const JoinPolicy policy : {JoinPolicy::PreferHash, JoinPolicy::PreferSortMerge}) {
    if (name_of(policy) == name) return policy;
  }
  throw Error(ErrorCode::InvalidArgument, "must be prefer_hash or prefer_sort_merge");
}

toml::table parse_file(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorCode::NotFound, fmt::format("no profile at `{}`", path.string()));
  }
  try {
    return toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description()),
        false, {{"line", std::to_string(error.source().begin.line)}});
  }
}

}  // namespace

RuntimeProfile RuntimeProfile::load(const std::filesystem::path& path) {
  const toml::table table = parse_file(path);
  const TomlReader reader(table, path.string());
  reader.refuse_others({"enable_information_schema",
                        "enable_ident_normalization",
                        "enable_url_table",
                        "require_delta",
                        "enable_view_types",
                        "enable_dynamic_filters",
                        "time_zone",
                        "target_partitions",
                        "batch_size",
                        "join_policy",
                        "memory_limit",
                        "spill_folder",
                        "spill_limit",
                        "query_timeout",
                        "max_sql_bytes",
                        "allowed_roots",
                        "confine",
                        "sql_policy",
                        "default_catalog",
                        "default_schema",
                        "settings",
                        "delta",
                        "plugin_folder",
                        "plugins"});
  RuntimeProfile profile;
  reader.read("enable_information_schema", profile.enable_information_schema);
  reader.read("enable_ident_normalization", profile.enable_ident_normalization);
  reader.read("enable_url_table", profile.enable_url_table);
  reader.read("require_delta", profile.require_delta);
  reader.read("enable_view_types", profile.enable_view_types);
  reader.read("enable_dynamic_filters", profile.enable_dynamic_filters);
  reader.read("time_zone", profile.time_zone);
  reader.read("target_partitions", profile.target_partitions);
  reader.read("batch_size", profile.batch_size);
  reader.read_named("join_policy", profile.join_policy, join_policy_from_name);
  reader.read("memory_limit", profile.memory_limit);
  std::string spill_folder;
  reader.read("spill_folder", spill_folder);
  profile.spill_folder = spill_folder;
  reader.read("spill_limit", profile.spill_limit);
  std::uint64_t timeout = 0;
  reader.read("query_timeout", timeout);
  profile.query_timeout = std::chrono::milliseconds(static_cast<std::int64_t>(timeout));
  reader.read("max_sql_bytes", profile.max_sql_bytes);
  reader.read("allowed_roots", profile.allowed_roots);
  reader.read("confine", profile.confine);
  reader.read_named("sql_policy", profile.sql_policy, sql_policy_from_name);
  reader.read("default_catalog", profile.default_catalog);
  reader.read("default_schema", profile.default_schema);
  reader.read("settings", profile.settings);
  reader.read_table("delta", [&](const TomlReader& policies) {
    read_policies(policies, profile.delta_policies);
  });
  std::string plugin_folder;
  reader.read("plugin_folder", plugin_folder);
  profile.plugin_folder = plugin_folder;
  reader.read_tables("plugins", [&](const TomlReader& plugin) {
    plugin.refuse_others({"name", "hash"});
    PluginPin& pin = profile.plugins.emplace_back();
    plugin.read("name", pin.name);
    plugin.read("hash", pin.hash);
  });
  return profile;
}

std::string RuntimeProfile::to_string() const {
  std::string out;
  const auto line = [&](std::string_view key, std::string_view value) {
    out += fmt::format("{} = {}\n", key, value);
  };
  const auto flag = [&](std::string_view key, bool value) { line(key, value ? "true" : "false"); };
  flag("enable_information_schema", enable_information_schema);
  flag("enable_ident_normalization", enable_ident_normalization);
  flag("enable_url_table", enable_url_table);
  flag("require_delta", require_delta);
  flag("enable_view_types", enable_view_types);
  flag("enable_dynamic_filters", enable_dynamic_filters);
  line("time_zone", toml_string(time_zone));
  line("target_partitions", toml_number(target_partitions));
  line("batch_size", toml_number(batch_size));
  line("join_policy", toml_string(name_of(join_policy)));
  line("memory_limit", toml_number(memory_limit));
  line("spill_folder", toml_string(spill_folder.string()));
  line("spill_limit", toml_number(spill_limit));
  line("query_timeout", fmt::format("{}", query_timeout.count()));
  line("max_sql_bytes", toml_number(max_sql_bytes));
  std::string roots;
  for (const std::string& root : allowed_roots) {
    roots += (roots.empty() ? "" : ", ") + toml_string(root);
  }
  line("allowed_roots", "[" + roots + "]");
  flag("confine", confine);
  line("sql_policy", toml_string(alluvium::to_string(sql_policy)));
  line("default_catalog", toml_string(default_catalog));
  line("default_schema", toml_string(default_schema));
  line("plugin_folder", toml_string(plugin_folder.string()));
  for (const ScalarFunction& function : functions.scalars) {
    // A comment: the code behind a function can't be read back.
    out += fmt::format("# function: {}\n", toml_string(function.name));
  }
  if (!settings.empty()) out += "\n[settings]\n";
  for (const auto& [name, value] : settings) line(toml_string(name), toml_string(value));
  for (const PluginPin& plugin : plugins) {
    out += "\n[[plugins]]\n";
    line("name", toml_string(plugin.name));
    line("hash", toml_string(plugin.hash));
  }
  return out + policies_toml(delta_policies);
}

}  // namespace alluvium
