#include "code/scip/scip_language.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alluvium::code {
namespace {

/// Extensions that are no name of their language; languages are spelled as SCIP's, in lower case.
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> kLanguages = {{
    {"bash", "shellscript"}, {"cc", "cpp"},         {"cjs", "javascript"},
    {"clj", "clojure"},      {"cs", "csharp"},      {"cts", "typescript"},
    {"cxx", "cpp"},          {"erl", "erlang"},     {"ex", "elixir"},
    {"exs", "elixir"},       {"fs", "fsharp"},      {"h", "c"},
    {"hh", "cpp"},           {"hpp", "cpp"},        {"hs", "haskell"},
    {"jl", "julia"},         {"js", "javascript"},  {"jsx", "javascriptreact"},
    {"kt", "kotlin"},        {"kts", "kotlin"},     {"md", "markdown"},
    {"mjs", "javascript"},   {"ml", "ocaml"},       {"mts", "typescript"},
    {"pl", "perl"},          {"proto", "protobuf"}, {"py", "python"},
    {"pyi", "python"},       {"rb", "ruby"},        {"rs", "rust"},
    {"sh", "shellscript"},   {"ts", "typescript"},  {"tsx", "typescriptreact"},
    {"yml", "yaml"},
}};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::string scip_language(std::string_view declared, std::string_view path) {
  if (!declared.empty()) return lower(declared);
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return "unknown";
  const std::string extension = lower(name.substr(dot + 1));
  const auto* const found =
      std::find_if(kLanguages.begin(), kLanguages.end(),
                   [&](const auto& language) { return language.first == extension; });
  return found == kLanguages.end() ? extension : std::string(found->second);
}

}  // namespace alluvium::code
