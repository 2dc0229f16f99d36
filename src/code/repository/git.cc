#include "code/repository/git.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>
#include <utility>

#include "alluvium/error.h"
#include "code/repository/child_process.h"

namespace alluvium::code {
namespace {

/// The caller's environment without what would point git elsewhere. Where the user's own and the
/// system's configuration lie is kept: `safe.directory` is there.
std::vector<std::string> clean_environment() {
  const std::set<std::string_view> kept = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
                                           "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES",
                                           "GIT_DISCOVERY_ACROSS_FILESYSTEM"};
  std::vector<std::string> environment;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool localised = name == "LANGUAGE" || name.starts_with("LC_") || name == "LANG";
    if ((name.starts_with("GIT_") && !kept.contains(name)) || localised) continue;
    environment.emplace_back(text);
  }
  environment.emplace_back("LC_ALL=C");
  environment.emplace_back("GIT_OPTIONAL_LOCKS=0");  // status doesn't rewrite the index
  environment.emplace_back("GIT_TERMINAL_PROMPT=0");
  environment.emplace_back("GIT_NO_LAZY_FETCH=1");  // a partial clone fetches nothing,
  environment.emplace_back("GIT_ALLOW_PROTOCOL=");  // and in older versions can't
  return environment;
}

std::string_view take_until(std::string_view& text, char end) {
  const std::size_t position = text.find(end);
  const std::string_view head = text.substr(0, position);
  text.remove_prefix(position == std::string_view::npos ? text.size() : position + 1);
  return head;
}

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

ChildCommand Git::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> settings = {
      "core.fsmonitor=false",        "core.hooksPath=/dev/null",  "core.pager=cat",
      "core.quotePath=false",        "core.untrackedCache=false", "protocol.allow=never",
      "safe.bareRepository=explicit"};
  for (const std::string& filter : filters_) {
    for (const char* setting : {".clean=", ".smudge=", ".process=", ".required=false"}) {
      settings.push_back("filter." + filter + setting);
    }
  }
  std::vector<std::string> command = {"git", "-C", folder_.string(), "--no-pager"};
  for (const std::string& setting : settings) {
    command.emplace_back("-c");
    command.push_back(setting);
  }
  command.insert(command.end(), arguments.begin(), arguments.end());
  return {std::move(command), clean_environment()};
}

std::optional<Git::Answer> Git::ask(const std::vector<std::string>& arguments,
                                    const Interrupt& interrupt) const {
  const ChildCommand git = command(arguments);
  std::optional<ChildResult> result = run_child(git.arguments, git.environment, interrupt);
  if (!result) return std::nullopt;
  return Answer{result->exit_code, std::move(result->output)};
}

void Git::read_configuration(const Interrupt& interrupt) {
  const auto answer =
      ask({"config", "--null", "--get-regexp", R"(^(remote\.origin\.url|filter\..*)$)"}, interrupt);
  if (!answer || answer->exit_code != 0) return;
  std::set<std::string> filters;
  std::string_view rest = answer->text;
  while (!rest.empty()) {
    std::string_view value = take_until(rest, '\0');
    const std::string_view key = take_until(value, '\n');
    if (key == "remote.origin.url") {
      if (facts_.origin.empty()) facts_.origin = value;
    } else if (key.starts_with("filter.")) {
      const std::size_t end = key.rfind('.');
      if (end > 7) filters.emplace(key.substr(7, end - 7));
    }
  }
  filters_.assign(filters.begin(), filters.end());
}

std::optional<Git> Git::open(const std::filesystem::path& folder, const Interrupt& interrupt) {
  Git git(folder);
  const auto place = git.ask({"rev-parse", "--is-inside-work-tree", "--show-prefix"}, interrupt);
  if (!place || place->exit_code != 0) return std::nullopt;
  std::string_view text = place->text;
  if (take_until(text, '\n') != "true") return std::nullopt;
  git.facts_.prefix = without_newline(std::string(text));
  git.read_configuration(interrupt);

  const auto head = git.ask({"rev-parse", "--verify", "--quiet", "HEAD^{commit}"}, interrupt);
  if (head && head->exit_code == 0) git.facts_.revision = without_newline(head->text);
  const auto branch = git.ask({"symbolic-ref", "--quiet", "--short", "HEAD"}, interrupt);
  if (branch && branch->exit_code == 0) git.facts_.branch = without_newline(branch->text);
  return git;
}

std::vector<GitEntry> Git::entries(const Interrupt& interrupt) const {
  const auto answer = ask(
      {"ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard"}, interrupt);
  if (!answer || answer->exit_code != 0) {
    throw Error(ErrorCode::Io,
                "git can't list the files of `" + folder_.string() +
                    "`; `git ls-files` in that folder says why",
                false, {{"path", folder_.string()}});
  }
  std::vector<GitEntry> entries;
  std::string_view rest = answer->text;
  while (!rest.empty()) {
    std::string_view record = take_until(rest, '\0');
    const std::string_view tag = take_until(record, ' ');
    GitEntry entry;
    if (tag != "?") {
      // `mode object stage<TAB>path`
      const std::string_view facts = take_until(record, '\t');
      entry.tracked = true;
      entry.symlink = facts.starts_with("120000");
      entry.submodule = facts.starts_with("160000");
    }
    entry.path = record;
    entries.push_back(std::move(entry));
  }
  // A path in conflict is listed once for each side.
  std::sort(entries.begin(), entries.end(),
            [](const GitEntry& a, const GitEntry& b) { return a.path < b.path; });
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [](const GitEntry& a, const GitEntry& b) { return a.path == b.path; }),
                entries.end());
  return entries;
}

std::vector<std::string> Git::commits(const std::string& range, const Interrupt& interrupt) const {
  const bool is_range = range.find("..") != std::string::npos;
  std::vector<std::string> arguments = {"rev-list", "--reverse", "--first-parent"};
  if (!is_range) arguments.emplace_back("--max-count=1");
  arguments.insert(arguments.end(), {"--end-of-options", range, "--"});
  const auto answer = ask(arguments, interrupt);
  if (!answer || answer->exit_code != 0) {
    throw Error(ErrorCode::InvalidArgument,
                "git knows no commits `" + range + "` in `" + folder_.string() +
                    "`; name a commit, or a range such as v1.0..HEAD (a shallow clone lacks older "
                    "ones: `git fetch --unshallow`)",
                false, {{"revisions", range}});
  }
  std::vector<std::string> commits;
  std::string_view rest = answer->text;
  while (!rest.empty()) commits.emplace_back(take_until(rest, '\n'));
  return commits;
}

std::vector<GitTreeEntry> Git::tree(const std::string& commit, const Interrupt& interrupt) const {
  const auto answer = ask({"ls-tree", "-r", "-z", "-l", "--end-of-options", commit}, interrupt);
  if (!answer || answer->exit_code != 0) {
    throw Error(ErrorCode::Io,
                "git can't list the files of the commit " + commit + " in `" + folder_.string() +
                    "`; `git ls-tree` in that folder says why",
                false, {{"commit", commit}});
  }
  std::vector<GitTreeEntry> entries;
  std::string_view rest = answer->text;
  while (!rest.empty()) {
    // `mode type object size<TAB>path`; the size is padded, and `-` where there is none.
    std::string_view record = take_until(rest, '\0');
    std::string_view facts = take_until(record, '\t');
    GitTreeEntry entry;
    entry.path = record;
    entry.mode = take_until(facts, ' ');
    take_until(facts, ' ');
    entry.object = take_until(facts, ' ');
    facts.remove_prefix(std::min(facts.find_first_not_of(' '), facts.size()));
    std::from_chars(facts.data(), facts.data() + facts.size(), entry.size_bytes);
    entries.push_back(std::move(entry));
  }
  return entries;
}

ChildCommand Git::object_reader() const { return command({"cat-file", "--batch"}); }

bool Git::folder_is_ignored(const Interrupt& interrupt) const {
  if (facts_.prefix.empty()) return false;
  const auto answer = ask({"check-ignore", "--quiet", "--", "."}, interrupt);
  return answer && answer->exit_code == 0;
}

bool Git::differs_from_head(const std::vector<std::string>& patterns,
                            const Interrupt& interrupt) const {
  // `-c` can't switch off a filter whose name has a `=`: such a repository isn't asked.
  const auto beyond_reach = [](const std::string& name) {
    return name.find('=') != std::string::npos;
  };
  if (std::any_of(filters_.begin(), filters_.end(), beyond_reach)) return true;
  std::vector<std::string> arguments = {"status",
                                        "--porcelain",
                                        "-z",
                                        "--no-renames",
                                        "--untracked-files=all",
                                        "--ignore-submodules=all",
                                        "--"};
  arguments.insert(arguments.end(), patterns.begin(), patterns.end());
  const auto answer = ask(arguments, interrupt);
  return answer && answer->exit_code == 0 && !answer->text.empty();
}

std::string normalise_origin(std::string_view url) {
  std::string_view rest = url;
  std::string scheme;
  std::string host;
  std::string path;
  const std::size_t scheme_end = rest.find("://");
  if (scheme_end != std::string_view::npos) {
    scheme = rest.substr(0, scheme_end);
    rest.remove_prefix(scheme_end + 3);
    // Whatever follows `?` or `#` is no part of a repository's name, and may be a secret.
    rest = rest.substr(0, rest.find_first_of("?#"));
    host = take_until(rest, '/');
    path = rest;
  } else if (const std::size_t colon = rest.find(':');
             colon != std::string_view::npos &&
             rest.substr(0, colon).find('/') == std::string_view::npos) {
    // user@host:path, as ssh and git write it
    scheme = "ssh";
    host = rest.substr(0, colon);
    path = rest.substr(colon + 1);
  } else {
    path = rest;
  }
  if (const std::size_t at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  const auto lower = [](unsigned char c) { return static_cast<char>(std::tolower(c)); };
  std::transform(host.begin(), host.end(), host.begin(), lower);
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
  for (const auto& [name, port] : {std::pair{"https", ":443"}, std::pair{"http", ":80"},
                                   std::pair{"ssh", ":22"}, std::pair{"git", ":9418"}}) {
    if (scheme == name && host.ends_with(port)) {
      host.erase(host.size() - std::string_view(port).size());
    }
  }
  std::string name;
  for (const char c : path) {
    if (c != '/' || name.empty() || name.back() != '/') name += c;
  }
  const bool local = host.empty();
  if (local && scheme == "file" && !name.starts_with('/')) name.insert(0, "/");
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  if (name.ends_with(".git") && name.size() > 4 && name[name.size() - 5] != '/') {
    name.erase(name.size() - 4);
  }
  if (local) return name;
  while (name.starts_with('/')) name.erase(0, 1);
  return name.empty() ? host : host + "/" + name;
}

}  // namespace alluvium::code
