#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/functions/library.h"
#include "alluvium/udf/function_snapshot.h"
#include "cli/json_document.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/table_layout.h"
#include "cli/terminal.h"

namespace alluvium::cli {
namespace {

struct Options {
  std::string name;
  bool markdown = false;
};

std::string described(const FunctionEntry::Argument& argument) {
  std::string text = fmt::format("{}: {}", argument.name, argument.type);
  if (argument.constant) text += ", a constant";
  if (!argument.default_value.empty()) text += ", default " + argument.default_value;
  if (!argument.description.empty()) text += ". " + argument.description;
  if (!argument.examples.empty()) {
    text += fmt::format(" For instance {}.", fmt::join(argument.examples, ", "));
  }
  return text;
}

std::string returned(const FunctionEntry& entry) {
  if (entry.kind == "table") return "a table";
  return entry.returns + (entry.nullable ? "" : ", never null");
}

std::string as_list(FunctionSnapshot functions) {
  std::stable_sort(functions.entries.begin(), functions.entries.end(),
                   [](const FunctionEntry& a, const FunctionEntry& b) {
                     return a.documentation.category < b.documentation.category;
                   });
  std::vector<std::vector<TableCell>> rows;
  for (const FunctionEntry& entry : functions.entries) {
    rows.push_back({{entry.documentation.category},
                    {entry.syntax},
                    {entry.kind},
                    {entry.documentation.description}});
  }
  return TableLayout::draw({{"category"}, {"function"}, {"kind"}, {"what it gives"}}, rows,
                           terminal_of(STDOUT_FILENO));
}

std::string as_text(const FunctionEntry& entry) {
  std::string text =
      fmt::format("{}  ({})\n\n{}\n", entry.syntax, entry.kind, entry.documentation.description);
  for (const FunctionEntry::Argument& argument : entry.arguments) {
    text += "\n  " + described(argument);
  }
  if (!entry.arguments.empty()) text += '\n';
  text += fmt::format("\nReturns: {}\n", returned(entry));
  if (!entry.aliases.empty()) text += fmt::format("Also: {}\n", fmt::join(entry.aliases, ", "));
  if (!entry.documentation.example.empty()) {
    text += fmt::format("Example: {}\n", entry.documentation.example);
  }
  if (!entry.documentation.example_result.empty()) {
    text += fmt::format("Gives:   {}\n", entry.documentation.example_result);
  }
  return text;
}

JsonDocument as_json(const FunctionEntry& entry) {
  auto arguments = JsonDocument::array();
  for (const FunctionEntry::Argument& argument : entry.arguments) {
    arguments.push_back({{"name", argument.name},
                         {"type", argument.type},
                         {"default", argument.default_value},
                         {"constant", argument.constant},
                         {"description", argument.description}});
  }
  return {{"name", entry.name},
          {"kind", entry.kind},
          {"category", entry.documentation.category},
          {"syntax", entry.syntax},
          {"description", entry.documentation.description},
          {"arguments", std::move(arguments)},
          {"returns", entry.returns},
          {"nullable", entry.nullable},
          {"volatility", entry.volatility},
          {"aliases", entry.aliases},
          {"example", entry.documentation.example},
          {"example_result", entry.documentation.example_result}};
}

std::string as_markdown(const FunctionEntry& entry) {
  std::string text =
      fmt::format("### `{}`\n\n{}\n\n", entry.syntax, entry.documentation.description);
  for (const FunctionEntry::Argument& argument : entry.arguments) {
    text += fmt::format(
        "- `{}`: {}{}{}{}\n", argument.name, argument.type, argument.constant ? ", a constant" : "",
        argument.default_value.empty() ? ""
                                       : fmt::format(", by default `{}`", argument.default_value),
        argument.description.empty() ? "" : ". " + argument.description);
  }
  text += fmt::format("- returns: {}", returned(entry));
  if (!entry.aliases.empty()) {
    text += fmt::format("; also called `{}`", fmt::join(entry.aliases, "`, `"));
  }
  text += '\n';
  if (!entry.documentation.example.empty()) {
    text += fmt::format("\n```sql\n{}", entry.documentation.example);
    if (!entry.documentation.example_result.empty()) {
      text += fmt::format("  -- {}", entry.documentation.example_result);
    }
    text += "\n```\n";
  }
  return text + '\n';
}

std::string as_markdown(const FunctionSnapshot& functions) {
  std::map<std::string, std::string> categories;
  for (const FunctionEntry& entry : functions.entries) {
    categories[entry.documentation.category] += as_markdown(entry);
  }
  std::string text =
      "# Native functions\n\n"
      "What `function_library()` adds to the engine's functions. Written by\n"
      "`alluvium functions --markdown` from what the functions declare of themselves; the same is "
      "in\n"
      "`udf_registry()` and `udf_docs()`. Arguments can be given by name: `f(x => 1)`.\n\n";
  for (const auto& [category, entries] : categories) {
    text += fmt::format("## {}\n\n{}", category, entries);
  }
  text.pop_back();
  return text;
}

std::string show(const Program& program, const Options& options) {
  const FunctionSnapshot functions = snapshot(function_library());
  if (!options.name.empty()) {
    const FunctionEntry* const entry = functions.find(options.name);
    if (entry == nullptr) {
      throw Error(ErrorCode::NotFound,
                  fmt::format("there is no native function `{}`", options.name), false,
                  {{"hint",
                    "`alluvium functions` lists them; the engine's own are in "
                    "information_schema.routines"}});
    }
    return program.json ? indented_json(as_json(*entry)) : as_text(*entry);
  }
  if (options.markdown) return as_markdown(functions);
  if (!program.json) return as_list(functions);
  auto all = JsonDocument::array();
  for (const FunctionEntry& entry : functions.entries) all.push_back(as_json(entry));
  return indented_json(all);
}

}  // namespace

void add_functions(Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, "functions", "List the native functions, or tell what one does",
               [&program, options] { print(show(program, *options)); });
  verb->add_option("NAME", options->name, "A function")->type_name("");
  verb->add_flag("--markdown", options->markdown, "The whole reference as Markdown");
  verb->add_flag("--json", program.json, "As JSON, errors too");
}

}  // namespace alluvium::cli
