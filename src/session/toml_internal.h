#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "alluvium/error.h"

namespace alluvium {

/// Text as one of TOML's basic strings; control characters escaped.
std::string toml_string(std::string_view text);
/// A number as TOML has it: its integers are signed, so what lies above goes as text.
std::string toml_number(std::uint64_t value);

/// Reads one table, and says where in the file a value is wrong. A key that isn't there leaves its
/// field as it is.
class TomlReader {
 public:
  TomlReader(const toml::table& table, std::string file) : table_(table), file_(std::move(file)) {}

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

  template <typename T>
  void read(std::string_view key, std::optional<T>& out) const {
    if (table_.get(key) == nullptr) return;
    T value{};
    read(key, value);
    out = std::move(value);
  }
  template <std::signed_integral T>
  void read(std::string_view key, T& out) const {
    if (const toml::node* node = table_.get(key)) {
      const std::uint64_t value = size(key, *node);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) {
        refuse(key, *node, "is too large");
      }
      out = static_cast<T>(value);
    }
  }
  void read(std::string_view key, double& out) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const std::optional<double> value = node->value<double>();
    if (!value) refuse(key, *node, "must be a number");
    out = *value;
  }
  void read(std::string_view key, std::map<std::string, bool>& out) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) refuse(key, *node, "must be a table of true and false");
    out.clear();
    for (const auto& [name, value] : *table) out.emplace(name.str(), boolean(name.str(), value));
  }
  /// Calls `read_fields` with the reader of the table `key`, if there is one.
  template <typename ReadFields>
  void read_table(std::string_view key, const ReadFields& read_fields) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    if (node->as_table() == nullptr) refuse(key, *node, "must be a table");
    read_fields(TomlReader(*node->as_table(), file_));
  }

  /// Calls `read_fields` with the reader of each table of the array of tables `key`.
  template <typename ReadFields>
  void read_tables(std::string_view key, const ReadFields& read_fields) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    if (!node->is_array_of_tables() && !(node->is_array() && node->as_array()->empty())) {
      refuse(key, *node, "must be an array of tables");
    }
    for (const toml::node& item : *node->as_array())
      read_fields(TomlReader(*item.as_table(), file_));
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

}  // namespace alluvium
