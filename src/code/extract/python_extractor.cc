#include "code/extract/python_extractor.h"

#include <algorithm>
#include <string>
#include <utility>

#include "code/extract/bracket_lines.h"
#include "code/extract/fact_walk.h"
#include "code/extract/reference_resolver.h"
#include "code/extract/symbol_scopes.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kMostBytes = 256 * 1024 * 1024;
constexpr std::size_t kMostSyntaxDiagnostics = 100;

void add_syntax_diagnostics(const SyntaxTree& tree, const SourceText& source, FileFacts& facts) {
  std::size_t count = 0;
  for (NodeIndex node : tree.errors()) {
    if (count++ == kMostSyntaxDiagnostics) break;
    const SyntaxNode& error = tree[node];
    facts.diagnostics.push_back({Severity::Error, "syntax-error",
                                 error.missing ? std::string_view("something is missing here")
                                               : std::string_view("this is not Python"),
                                 source.stored_range(error.begin, error.end)});
  }
  if (tree.too_deep() != kNoNode) {
    const SyntaxNode& node = tree[tree.too_deep()];
    facts.diagnostics.push_back({Severity::Warning, "nesting-too-deep",
                                 "the syntax is nested too deeply to be looked into",
                                 source.stored_range(node.begin, node.end)});
  }
}

/// Parses `text`. A text with errors is tried again with the lines in its brackets joined.
SyntaxTree::Outcome parse(std::string_view text, const ExtractLimits& limits, SyntaxTree& tree) {
  const SyntaxTree::Outcome outcome = tree.parse(text, limits.max_depth, limits.parse_timeout);
  if (outcome != SyntaxTree::Outcome::Parsed || tree.errors().empty()) return outcome;
  TextArena storage;
  SyntaxTree other;
  const SyntaxTree::Outcome again =
      other.parse(join_bracketed_lines(text, storage), limits.max_depth, limits.parse_timeout);
  if (again == SyntaxTree::Outcome::Parsed && other.errors().empty()) {
    other.set_source(text);
    tree = std::move(other);
  }
  return outcome;
}

}  // namespace

FileFacts extract_python(std::string_view bytes, const ExtractLimits& limits) {
  FileFacts facts;
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (bytes.size() > std::min(limits.max_bytes, kMostBytes)) {
    facts.parse_status = ParseStatus::Skipped;
    facts.diagnostics.push_back(
        {Severity::Error,
         "file-too-large",
         facts.storage.concat({"the file has ", std::to_string(bytes.size()),
                               " bytes, over the limit of ",
                               std::to_string(std::min(limits.max_bytes, kMostBytes))}),
         {0, size}});
    return facts;
  }

  const SourceText source = SourceText::decode(bytes, facts);
  SyntaxTree tree;
  if (parse(source.text(), limits, tree) == SyntaxTree::Outcome::TimedOut) {
    facts.parse_status = ParseStatus::Failed;
    facts.diagnostics.push_back(
        {Severity::Error, "parse-timeout", "parsing took longer than allowed", {0, size}});
    return facts;
  }
  add_syntax_diagnostics(tree, source, facts);
  const bool has_error =
      std::any_of(facts.diagnostics.begin(), facts.diagnostics.end(),
                  [](const DiagnosticFact& fact) { return fact.severity == Severity::Error; });
  if (has_error) facts.parse_status = ParseStatus::Recovered;

  NameTable names;
  ScopeTree scopes(names);
  SymbolTable symbols(names, scopes, facts.storage);
  Extraction extraction{source, tree, names, scopes, symbols, facts};
  FactWalk walk(extraction);
  walk.run();
  resolve_references(extraction, walk.ref_sites());
  walk.values().resolve();
  add_exports(extraction);
  add_symbols(extraction);
  return facts;
}

}  // namespace alluvium::code
