// Prints the facts of Python files as JSON, a line a file, for compare.py; with `--scopes`, scopes
// and bindings, for compare_symtable.py. With `--bench`, compares the time of extraction with that
// of tree-sitter's parser alone.
//
// Usage: dump_facts [--scopes | --bench] < list-of-paths

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "code/extract/python_extractor.h"
#include "code/extract/tree_sitter_internal.h"

namespace {

using alluvium::code::FactIndex;
using alluvium::code::FileFacts;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class JsonLine {
 public:
  void text(std::string_view value) {
    separate();
    out_ += '"';
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte < 0x20) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", byte);
        out_ += escape;
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }
  void optional_text(const std::optional<std::string_view>& value) {
    if (value) {
      text(*value);
    } else {
      raw("null");
    }
  }
  void number(std::int64_t value) { raw(std::to_string(value)); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void index(FactIndex value) {
    if (value == alluvium::code::kNoFact) {
      raw("null");
    } else {
      number(value);
    }
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void key(std::string_view name) {
    text(name);
    out_ += ':';
    first_ = true;
  }
  [[nodiscard]] const std::string& str() const { return out_; }

 private:
  void raw(std::string_view value) {
    separate();
    out_ += value;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  std::string out_;
  bool first_ = true;
};

void print(const std::string& path, const FileFacts& facts) {
  using alluvium::code::to_string;
  JsonLine json;
  json.open('{');
  json.key("path");
  json.text(path);
  json.key("encoding");
  json.text(facts.encoding);
  json.key("line_count");
  json.number(facts.line_count);
  json.key("status");
  json.text(to_string(facts.parse_status));
  json.key("docstring");
  json.optional_text(facts.docstring);
  json.key("definitions");
  json.open('[');
  for (const auto& fact : facts.definitions) {
    json.open('[');
    json.text(to_string(fact.kind));
    json.text(fact.name);
    json.text(fact.qualname);
    json.index(fact.parent);
    json.number(fact.ordinal);
    json.number(fact.range.begin);
    json.number(fact.range.end);
    json.number(fact.line);
    json.number(fact.column);
    json.optional_text(fact.docstring);
    json.optional_text(fact.signature);
    json.boolean(fact.is_async);
    json.number(static_cast<std::int64_t>(fact.decorators.size()));
    json.close(']');
  }
  json.close(']');
  json.key("imports");
  json.open('[');
  for (const auto& fact : facts.imports) {
    json.open('[');
    json.optional_text(fact.module);
    json.text(fact.name);
    json.optional_text(fact.alias);
    json.number(fact.level);
    json.boolean(fact.is_star);
    json.number(fact.range.begin);
    json.number(fact.range.end);
    json.number(fact.line);
    json.number(fact.statement_line);
    json.boolean(fact.is_from);
    json.index(fact.scope_definition);
    json.close(']');
  }
  json.close(']');
  json.key("refs");
  json.open('[');
  for (const auto& fact : facts.refs) {
    json.open('[');
    json.text(fact.name);
    json.text(to_string(fact.kind));
    json.text(to_string(fact.context));
    json.number(fact.range.begin);
    json.number(fact.range.end);
    json.number(fact.line);
    json.text(to_string(fact.resolution));
    json.optional_text(fact.qualifier);
    json.index(fact.enclosing);
    json.index(fact.target_definition);
    json.index(fact.target_import);
    json.close(']');
  }
  json.close(']');
  json.key("calls");
  json.open('[');
  for (const auto& fact : facts.calls) {
    json.open('[');
    json.number(fact.range.begin);
    json.number(fact.range.end);
    json.number(fact.line);
    json.number(fact.arg_count);
    json.text(fact.callee_text);
    json.index(fact.callee_ref);
    json.index(fact.caller);
    json.open('[');
    for (std::int64_t i = 0; i < fact.arg_count; ++i) {
      const auto& argument = facts.arguments[static_cast<std::size_t>(fact.first_argument + i)];
      json.open('[');
      json.text(to_string(argument.kind));
      json.optional_text(argument.keyword);
      json.text(argument.text);
      json.number(argument.range.begin);
      json.number(argument.range.end);
      json.close(']');
    }
    json.close(']');
    json.close(']');
  }
  json.close(']');
  json.key("type_exprs");
  json.open('[');
  for (const auto& fact : facts.type_exprs) {
    json.open('[');
    json.text(to_string(fact.role));
    json.text(fact.target);
    json.text(fact.text);
    json.number(fact.range.begin);
    json.number(fact.range.end);
    json.number(fact.line);
    json.boolean(fact.is_string);
    json.index(fact.definition);
    json.index(fact.enclosing);
    json.close(']');
  }
  json.close(']');
  json.key("all_names");
  if (facts.all_names) {
    json.open('[');
    for (const auto& name : *facts.all_names) json.text(name);
    json.close(']');
  } else {
    json.optional_text(std::nullopt);
  }
  json.key("exports");
  json.open('[');
  for (const auto& fact : facts.exports) json.text(fact.name);
  json.close(']');
  json.key("diagnostics");
  json.open('[');
  for (const auto& fact : facts.diagnostics) json.text(fact.code);
  json.close(']');
  json.close('}');
  std::puts(json.str().c_str());
}

void print_scopes(const FileFacts& facts) {
  using alluvium::code::to_string;
  JsonLine json;
  json.open('{');
  json.key("scopes");
  json.open('[');
  for (const auto& fact : facts.scopes) {
    json.open('[');
    json.text(to_string(fact.kind));
    json.text(fact.name);
    json.index(fact.parent);
    json.number(fact.line);
    json.close(']');
  }
  json.close(']');
  json.key("bindings");
  json.open('[');
  for (const auto& fact : facts.bindings) {
    json.open('[');
    json.index(fact.scope);
    json.text(fact.name);
    json.text(to_string(fact.name_scope));
    json.number(fact.flags);
    json.close(']');
  }
  json.close(']');
  json.close('}');
  std::puts(json.str().c_str());
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void bench(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::size_t bytes = 0;
  for (const std::string& path : paths) bytes += files.emplace_back(read_file(path)).size();
  for (int round = 0; round < 3; ++round) {
    const double begin = cpu_seconds();
    const alluvium::code::TreeSitterParser parser(ts_parser_new());
    ts_parser_set_language(parser.get(), tree_sitter_python());
    for (const std::string& file : files) {
      const alluvium::code::TreeSitterTree tree(ts_parser_parse_string(
          parser.get(), nullptr, file.data(), static_cast<std::uint32_t>(file.size())));
    }
    const double parsed = cpu_seconds();
    std::size_t rows = 0;
    for (const std::string& file : files) {
      const FileFacts facts = alluvium::code::extract_python(file, {});
      rows +=
          facts.definitions.size() + facts.imports.size() + facts.refs.size() + facts.calls.size();
    }
    const double extracted = cpu_seconds();
    std::printf("%zu files, %.1f MB, %zu rows: parse %.2f s, extract %.2f s, ratio %.2f\n",
                files.size(), static_cast<double>(bytes) / 1e6, rows, parsed - begin,
                extracted - parsed, (extracted - parsed) / (parsed - begin));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths;
  for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
  if (argc > 1 && std::strcmp(argv[1], "--bench") == 0) {
    bench(paths);
    return 0;
  }
  const bool scopes = argc > 1 && std::strcmp(argv[1], "--scopes") == 0;
  for (const std::string& path : paths) {
    const std::string bytes = read_file(path);
    const FileFacts facts = alluvium::code::extract_python(bytes, {});
    if (scopes) {
      print_scopes(facts);
    } else {
      print(path, facts);
    }
  }
  return 0;
}
