#include "alluvium/udf/plugin_library.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "alluvium/error.h"
#include "udf/plugin_declaration_internal.h"
#include "udf/plugin_file_internal.h"

namespace alluvium {
namespace {

// Calls `visit` with each name that `functions` takes.
template <typename Visit>
void each_name(const FunctionSet& functions, const Visit& visit) {
  const auto with_aliases = [&](const auto& list) {
    for (const auto& function : list) {
      visit(function.name);
      for (const std::string& alias : function.aliases) visit(alias);
    }
  };
  with_aliases(functions.scalars);
  with_aliases(functions.aggregates);
  with_aliases(functions.windows);
  for (const TableFunction& function : functions.tables) visit(function.name);
  for (const FunctionAlias& alias : functions.aliases) visit(alias.name);
}

}  // namespace

Plugin load_plugin(const std::filesystem::path& folder, const PluginPin& pin) {
  const AlluviumPlugin& opened = open_plugin(folder, pin);
  // Read first: it checks what the names are.
  FunctionSet functions = read_functions(pin.name, opened);
  return {.pin = pin,
          .name = opened.name,
          .version = text_or_empty(opened.version),
          .functions = std::move(functions)};
}

std::vector<Plugin> load_plugins(const std::filesystem::path& folder,
                                 const std::vector<PluginPin>& pins, const FunctionSet& functions) {
  std::map<std::string, std::string> owners;
  each_name(functions, [&](const std::string& name) { owners.emplace(name, "the profile"); });
  std::vector<Plugin> out;
  for (const PluginPin& pin : pins) {
    Plugin& plugin = out.emplace_back(load_plugin(folder, pin));
    each_name(plugin.functions, [&](const std::string& name) {
      const auto [owner, is_new] = owners.emplace(name, fmt::format("plug-in `{}`", pin.name));
      if (is_new) return;
      refuse_plugin(
          pin.name, ErrorCode::AlreadyExists,
          fmt::format("its function `{}` has the name of one of {}; leave one of them out", name,
                      owner->second),
          {{"function", name}});
    });
  }
  return out;
}

}  // namespace alluvium
