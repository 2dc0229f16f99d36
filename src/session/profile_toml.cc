#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include <toml++/toml.h>

#include "alluvium/error.h"
#include "alluvium/session/runtime_profile.h"

namespace alluvium {
namespace {

constexpr std::uint64_t kMaxToml = std::numeric_limits<std::int64_t>::max();

// TOML's basic strings; control characters escaped.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out += '"';
}

// TOML's integers are signed: what lies above goes as text.
std::string number(std::uint64_t value) {
  return value <= kMaxToml ? std::to_string(value) : toml_string(std::to_string(value));
}

std::string_view name_of(JoinPolicy policy) {
  return policy == JoinPolicy::PreferHash ? "prefer_hash" : "prefer_sort_merge";
}

// Reads one table, and says where in the file a value is wrong.
class Reader {
 public:
  Reader(const toml::table& table, std::string file) : table_(table), file_(std::move(file)) {}

  [[noreturn]] void refuse(std::string_view key, const toml::node& node,
                           std::string_view what) const {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{}:{}: `{}` {}", file_, node.source().begin.line, key, what), false,
                {{"field", std::string(key)}, {"line", std::to_string(node.source().begin.line)}});
  }

  void read(std::string_view key, bool& out) const {
    if (const toml::node* node = table_.get(key)) out = boolean(key, *node);
  }
  void read(std::string_view key, std::string& out) const {
    if (const toml::node* node = table_.get(key)) out = text(key, *node);
  }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  void read(std::string_view key, T& out) const {
    if (const toml::node* node = table_.get(key)) out = size(key, *node);
  }
  void read(std::string_view key, std::vector<std::string>& out) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) refuse(key, *node, "must be an array of strings");
    out.clear();
    for (const toml::node& item : *array) out.push_back(text(key, item));
  }
  void read(std::string_view key, std::map<std::string, std::string>& out) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) refuse(key, *node, "must be a table of strings");
    out.clear();
    for (const auto& [name, value] : *table) out.emplace(name.str(), text(name.str(), value));
  }
  template <typename T, typename Parse>
  void read_named(std::string_view key, T& out, const Parse& parse) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    try {
      out = parse(text(key, *node));
    } catch (const Error& error) {
      refuse(key, *node, error.message());
    }
  }

  void refuse_others(const std::vector<std::string_view>& known) const {
    for (const auto& [key, node] : table_) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      refuse(key.str(), node,
             key.str() == "functions" ? "can't be given in a file; set it in the program"
                                      : "is no field of a profile");
    }
  }

 private:
  [[nodiscard]] bool boolean(std::string_view key, const toml::node& node) const {
    if (!node.is_boolean()) refuse(key, node, "must be true or false");
    return node.as_boolean()->get();
  }
  [[nodiscard]] std::string text(std::string_view key, const toml::node& node) const {
    if (!node.is_string()) refuse(key, node, "must be a string");
    return node.as_string()->get();
  }
  [[nodiscard]] std::uint64_t size(std::string_view key, const toml::node& node) const {
    if (node.is_integer() && node.as_integer()->get() >= 0) {
      return static_cast<std::uint64_t>(node.as_integer()->get());
    }
    if (node.is_string()) {
      const std::string digits = node.as_string()->get();
      std::uint64_t value = 0;
      const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (code == std::errc{} && end == digits.data() + digits.size()) return value;
    }
    refuse(key, node, "must be a whole number, zero or more");
  }

  const toml::table& table_;
  std::string file_;
};

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
  const Reader reader(table, path.string());
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
                        "settings"});
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
  line("target_partitions", number(target_partitions));
  line("batch_size", number(batch_size));
  line("join_policy", toml_string(name_of(join_policy)));
  line("memory_limit", number(memory_limit));
  line("spill_folder", toml_string(spill_folder.string()));
  line("spill_limit", number(spill_limit));
  line("query_timeout", fmt::format("{}", query_timeout.count()));
  line("max_sql_bytes", number(max_sql_bytes));
  std::string roots;
  for (const std::string& root : allowed_roots) {
    roots += (roots.empty() ? "" : ", ") + toml_string(root);
  }
  line("allowed_roots", "[" + roots + "]");
  flag("confine", confine);
  line("sql_policy", toml_string(alluvium::to_string(sql_policy)));
  line("default_catalog", toml_string(default_catalog));
  line("default_schema", toml_string(default_schema));
  for (const ScalarFunction& function : functions) {
    // A comment: the code behind a function can't be read back.
    out += fmt::format("# function: {}\n", toml_string(function.name));
  }
  if (!settings.empty()) out += "\n[settings]\n";
  for (const auto& [name, value] : settings) line(toml_string(name), toml_string(value));
  return out;
}

}  // namespace alluvium
