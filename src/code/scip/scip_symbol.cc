#include "code/scip/scip_symbol.h"

#include <algorithm>
#include <cstddef>

namespace alluvium::code {
namespace {

constexpr std::string_view kLocalPrefix = "local ";

bool is_simple(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '$';
}

/// Reads a symbol from its start.
class SymbolReader {
 public:
  explicit SymbolReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Takes a part that a space ends; two spaces stand for one that is part of it.
  bool take_part(std::string& part) { return take_escaped(' ', part); }

  bool take_name(std::string& name) {
    if (take('`')) return take_escaped('`', name);
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_simple);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    name.assign(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return length > 0;
  }

  /// Takes one descriptor.
  bool take_descriptor(ScipSymbol& symbol) {
    if (take('[')) {
      symbol.kind = "type_parameter";
      return take_name(symbol.name) && take(']');
    }
    if (take('(')) {
      symbol.kind = "parameter";
      return take_name(symbol.name) && take(')');
    }
    if (!take_name(symbol.name) || rest_.empty()) return false;
    const char suffix = rest_.front();
    rest_.remove_prefix(1);
    switch (suffix) {
      case '/':
        symbol.kind = "namespace";
        return true;
      case '#':
        symbol.kind = "type";
        return true;
      case '.':
        symbol.kind = "term";
        return true;
      case ':':
        symbol.kind = "meta";
        return true;
      case '!':
        symbol.kind = "macro";
        return true;
      case '(': {
        symbol.kind = "method";
        std::string disambiguator;
        take_name(disambiguator);
        return take(')') && take('.');
      }
      default:
        return false;
    }
  }

 private:
  /// Takes text up to a `mark`, which is no part of it; two marks are one that is.
  bool take_escaped(char mark, std::string& text) {
    text.clear();
    while (true) {
      const std::size_t at = rest_.find(mark);
      if (at == std::string_view::npos) return false;
      text.append(rest_.substr(0, at));
      rest_.remove_prefix(at + 1);
      if (!take(mark)) return true;
      text.push_back(mark);
    }
  }

  std::string_view rest_;
};

void replace_placeholder(std::string& part) {
  if (part == ".") part.clear();
}

}  // namespace

bool ScipSymbol::is_spelled() const {
  if (kind == "namespace" || kind == "meta" || name.empty()) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (is_simple(c) && c != '+' && c != '-') || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::optional<ScipSymbol> parse_scip_symbol(std::string_view text) {
  ScipSymbol symbol;
  if (text.starts_with(kLocalPrefix)) {
    symbol.is_local = true;
    symbol.kind = "local";
    return symbol;
  }
  SymbolReader reader(text);
  std::string part;
  if (!reader.take_part(part) || part.empty() || !reader.take_part(part) ||
      !reader.take_part(symbol.package) || !reader.take_part(symbol.package_version)) {
    return std::nullopt;
  }
  replace_placeholder(symbol.package);
  replace_placeholder(symbol.package_version);
  do {
    if (!reader.take_descriptor(symbol)) return std::nullopt;
  } while (!reader.at_end());
  return symbol;
}

}  // namespace alluvium::code
