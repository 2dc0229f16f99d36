#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"
#include "cli/program.h"
#include "cli/shell_word.h"

namespace alluvium::cli {
namespace {

// What the scripts need to know of an option, read off the command line's own declaration.
struct CompletedOption {
  std::string name;  ///< With its dashes; empty for a positional.
  std::string description;
  enum class Value { None, Any, Folder, File, Choice } value = Value::None;
  std::string choices;  ///< Separated by blanks.
};

struct CompletedVerb {
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;
};

CompletedOption read_option(const CLI::Option& option) {
  CompletedOption result;
  if (!option.get_positional()) {
    result.name = "--" + option.get_lnames().front();
  }
  result.description = option.get_description();
  const std::string type = option.get_type_name();
  if (option.get_expected_max() == 0 || option.get_type_size_max() == 0) return result;
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open != std::string::npos && close != std::string::npos) {
    result.value = CompletedOption::Value::Choice;
    result.choices = type.substr(open + 1, close - open - 1);
    for (char& c : result.choices) c = c == ',' ? ' ' : c;
  } else if (type.find("DIR") != std::string::npos) {
    result.value = CompletedOption::Value::Folder;
  } else if (type.find("FILE") != std::string::npos) {
    result.value = CompletedOption::Value::File;
  } else {
    result.value = CompletedOption::Value::Any;
  }
  return result;
}

std::vector<CompletedVerb> read_verbs(const CLI::App& app) {
  std::vector<CompletedVerb> verbs;
  for (const CLI::App* verb : app.get_subcommands({})) {
    CompletedVerb& entry = verbs.emplace_back();
    entry.name = verb->get_name();
    entry.description = verb->get_description();
    for (const CLI::Option* option : verb->get_options()) {
      entry.options.push_back(read_option(*option));
    }
  }
  return verbs;
}

std::string names_of(const std::vector<CompletedVerb>& verbs, std::string_view separator) {
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const CompletedVerb& verb : verbs) names.push_back(verb.name);
  return fmt::format("{}", fmt::join(names, separator));
}

std::string bash_values(const CompletedOption& option) {
  switch (option.value) {
    case CompletedOption::Value::Folder:
      return "-d";
    case CompletedOption::Value::File:
      return "-f";
    case CompletedOption::Value::Choice:
      return "-W " + shell_quoted(option.choices);
    case CompletedOption::Value::None:
    case CompletedOption::Value::Any:
      break;
  }
  return "";
}

std::string bash_script(const std::vector<CompletedVerb>& verbs) {
  std::string after_option;
  std::string words;
  std::string positionals;
  for (const CompletedVerb& verb : verbs) {
    std::vector<std::string> flags;
    for (const CompletedOption& option : verb.options) {
      const std::string values = bash_values(option);
      if (option.name.empty()) {
        if (!values.empty()) {
          positionals += fmt::format("    {}) generate=({}) ;;\n", verb.name, values);
        }
        continue;
      }
      flags.push_back(option.name);
      if (option.value == CompletedOption::Value::None) continue;
      after_option += fmt::format("    {}:{}) generate=({}); wanted=value ;;\n", verb.name,
                                  option.name, values);
    }
    words += fmt::format("    {}) flags={} ;;\n", verb.name,
                         shell_quoted(fmt::format("{}", fmt::join(flags, " "))));
  }
  return fmt::format(R"(# bash completion for alluvium: source <(alluvium completion bash)
_alluvium() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  local verb='' flags='--help --version --no-color' wanted='' word
  local -a generate=(-W {0})
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in {1}) verb=$word; generate=(); break ;; esac
  done
  case $verb in
{2}  esac
  case $verb in
{3}  esac
  case $verb:$previous in
{4}  esac
  COMPREPLY=()
  if [[ $wanted != value && $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
  elif ((${{#generate[@]}})); then
    mapfile -t COMPREPLY < <(compgen "${{generate[@]}}" -- "$current")
    [[ ${{generate[0]}} == -W ]] || compopt -o filenames
  fi
}}
complete -F _alluvium alluvium
)",
                     shell_quoted(names_of(verbs, " ")), names_of(verbs, "|"), words, positionals,
                     after_option);
}

// zsh reads `[`, `]` and `:` in a specification as its own.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string zsh_action(const CompletedOption& option) {
  switch (option.value) {
    case CompletedOption::Value::Folder:
      return ":folder:_files -/";
    case CompletedOption::Value::File:
      return ":file:_files";
    case CompletedOption::Value::Choice:
      return fmt::format(":value:({})", option.choices);
    case CompletedOption::Value::Any:
      return ":value:";
    case CompletedOption::Value::None:
      break;
  }
  return "";
}

std::string zsh_script(const std::vector<CompletedVerb>& verbs) {
  std::string descriptions;
  std::string cases;
  for (const CompletedVerb& verb : verbs) {
    descriptions += fmt::format(
        "    {}\n", shell_quoted(fmt::format("{}:{}", verb.name, zsh_text(verb.description))));
    cases += fmt::format("    {}) _arguments", verb.name);
    int place = 0;  // Among the positionals.
    for (const CompletedOption& option : verb.options) {
      const std::string action = zsh_action(option);
      cases += " \\\n      ";
      // Any option may be repeated; only --param is meant to be, but no harm comes of it.
      cases += option.name.empty()
                   ? shell_quoted(std::to_string(++place) + (action.empty() ? ":value:" : action))
                   : shell_quoted(fmt::format("*{}[{}]{}", option.name,
                                              zsh_text(option.description), action));
    }
    cases += " ;;\n";
  }
  return fmt::format(R"(#compdef alluvium
# zsh completion for alluvium: alluvium completion zsh > a folder of $fpath/_alluvium
_alluvium() {{
  local -a verbs=(
{0}  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
{1}  esac
}}
if [[ $funcstack[1] == _alluvium ]]; then _alluvium "$@"; else compdef _alluvium alluvium; fi
)",
                     descriptions, cases);
}

std::string fish_script(const std::vector<CompletedVerb>& verbs) {
  std::string out =
      "# fish completion for alluvium: alluvium completion fish | source\n"
      "complete -c alluvium -f\n";
  for (const CompletedVerb& verb : verbs) {
    out += fmt::format("complete -c alluvium -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                       shell_quoted(verb.description));
    const std::string condition = shell_quoted("__fish_seen_subcommand_from " + verb.name);
    for (const CompletedOption& option : verb.options) {
      std::string line = fmt::format("complete -c alluvium -n {}", condition);
      if (!option.name.empty()) line += " -l " + option.name.substr(2);
      switch (option.value) {
        case CompletedOption::Value::Folder:
          line += option.name.empty() ? " -a '(__fish_complete_directories)'"
                                      : " -x -a '(__fish_complete_directories)'";
          break;
        case CompletedOption::Value::File:
          line += " -r -F";
          break;
        case CompletedOption::Value::Choice:
          line += (option.name.empty() ? " -a " : " -x -a ") + shell_quoted(option.choices);
          break;
        case CompletedOption::Value::Any:
          if (option.name.empty()) continue;
          line += " -x";
          break;
        case CompletedOption::Value::None:
          break;
      }
      out += fmt::format("{} -d {}\n", line, shell_quoted(option.description));
    }
  }
  return out;
}

}  // namespace

void add_completion(Program& program) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* verb =
      add_verb(program, "completion", "Print a script that completes commands in your shell",
               [&program, shell] {
                 const std::vector<CompletedVerb> verbs = read_verbs(program.app);
                 print(*shell == "bash"  ? bash_script(verbs)
                       : *shell == "zsh" ? zsh_script(verbs)
                                         : fish_script(verbs));
               });
  verb->add_option("SHELL", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}))
      ->required();
  verb->footer(
      "Examples:\n  source <(alluvium completion bash)        # in ~/.bashrc\n"
      "  alluvium completion fish > ~/.config/fish/completions/alluvium.fish");
}

}  // namespace alluvium::cli
