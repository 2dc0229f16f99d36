#include "code/environment/distribution_metadata.h"

#include <algorithm>
#include <array>

#include "code/repository/source_path.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestName = 500;
constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) - begin + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_header(std::string_view line, std::string_view header) {
  return line.size() > header.size() && line[header.size()] == ':' &&
         std::equal(header.begin(), header.end(), line.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Takes the next line off `text`.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The first of the values in `line`, which may be in quotes.
std::string first_value(std::string_view line) {
  if (!line.starts_with('"')) return std::string(line.substr(0, line.find(',')));
  std::string value;
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line[at] == '"') {
      if (at + 1 == line.size() || line[at + 1] != '"') break;
      ++at;
    }
    value.push_back(line[at]);
  }
  return value;
}

/// The part of a file's name that it is imported by; empty when it is no module.
std::string_view module_name(std::string_view file) {
  constexpr std::array<std::string_view, 3> kModules = {".py", ".so", ".pyd"};
  const bool is_module = std::ranges::any_of(
      kModules, [&](std::string_view extension) { return file.ends_with(extension); });
  if (!is_module) return {};
  const std::string_view stem = file.substr(0, file.find('.'));
  // Tags come before the extension of compiled modules only.
  return file.ends_with(".py") && stem.size() + 3 != file.size() ? std::string_view() : stem;
}

}  // namespace

std::optional<DistributionName> parse_core_metadata(std::string_view text) {
  DistributionName found;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (trimmed(line).empty()) break;  // The description follows.
    if (found.name.empty() && is_header(line, "Name")) found.name = trimmed(line.substr(5));
    if (found.version.empty() && is_header(line, "Version")) {
      found.version = trimmed(line.substr(8));
    }
  }
  const auto is_good = [](const std::string& value) {
    return !value.empty() && value.size() <= kLongestName && is_utf8(value);
  };
  if (!is_good(found.name) || !is_good(found.version)) return std::nullopt;
  return found;
}

std::set<std::string> parse_top_level(std::string_view text) {
  std::set<std::string> names;
  while (true) {
    text = trimmed(text);
    if (text.empty()) return names;
    const std::size_t end = std::min(text.find_first_of(kWhiteSpace), text.size());
    names.emplace(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::vector<std::string> parse_record(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    if (std::string path = first_value(next_line(text)); !path.empty()) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

std::vector<std::string> parse_installed_files(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.starts_with("../")) paths.emplace_back(line.substr(3));
  }
  return paths;
}

std::optional<std::string> module_at(std::string_view path) {
  std::string module;
  while (true) {
    const std::size_t slash = path.find('/');
    const bool is_file = slash == std::string_view::npos;
    const std::string_view part = is_file ? module_name(path) : path.substr(0, slash);
    if (part.empty() || part.find('.') != std::string_view::npos || part == "__pycache__") {
      return std::nullopt;
    }
    if (!is_file || part != "__init__") {
      if (!module.empty()) module.push_back('.');
      module.append(part);
    }
    if (is_file) break;
    path.remove_prefix(slash + 1);
  }
  if (module.empty()) return std::nullopt;
  return module;
}

std::set<std::string> top_level_of(const std::vector<std::string>& paths) {
  std::set<std::string> names;
  for (const std::string_view path : paths) {
    const std::size_t slash = path.find('/');
    const std::string_view name =
        slash == std::string_view::npos ? module_name(path) : path.substr(0, slash);
    if (name.empty() || name.find('.') != std::string_view::npos || name == "__pycache__") continue;
    names.emplace(name);
  }
  return names;
}

std::string normalized_name(std::string_view name) {
  std::string normalized;
  for (const char c : name) {
    const bool separates = c == '-' || c == '_' || c == '.';
    if (!separates) {
      normalized.push_back(lower(c));
    } else if (!normalized.ends_with('-')) {
      normalized.push_back('-');
    }
  }
  return normalized;
}

}  // namespace alluvium::code
