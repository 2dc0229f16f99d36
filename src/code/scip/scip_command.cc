#include "code/scip/scip_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "alluvium/error.h"
#include "code/repository/child_process.h"
#include "code/repository/source_path.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlaceholder = "{output}";
constexpr std::string_view kVariable = "ALLUVIUM_SCIP_OUTPUT";

/// Of what a failed command printed, so much is told.
constexpr std::size_t kToldBytes = 2000;

/// A folder that is removed with all in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "alluvium-scip-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw system_error("create the folder", name, errno);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// `text` as one word of a shell command.
std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string with_output(std::string command, const std::string& output) {
  const std::string word = shell_word(output);
  for (std::size_t at = command.find(kPlaceholder); at != std::string::npos;
       at = command.find(kPlaceholder, at + word.size())) {
    command.replace(at, kPlaceholder.size(), word);
  }
  return command;
}

std::vector<std::string> environment(const std::string& output) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  variables.push_back(fmt::format("{}={}", kVariable, output));
  return variables;
}

/// The end of what a command printed.
std::string tail(const ChildResult& result) {
  std::string_view text = result.errors.empty() ? result.output : result.errors;
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() > kToldBytes) text.remove_prefix(text.size() - kToldBytes);
  return text.empty() ? "it printed nothing" : "it printed: " + escape_source_path(text);
}

}  // namespace

ScipFile run_scip_command(const std::string& command, const fs::path& folder,
                          std::uint64_t max_bytes, const Interrupt& interrupt) {
  const TemporaryFolder scratch;
  const fs::path output = scratch.path() / "index.scip";
  const std::optional<ChildResult> result =
      run_child({"/bin/sh", "-c", with_output(command, output.string())},
                environment(output.string()), interrupt, {.folder = folder, .own_group = true});
  if (!result || result->exit_code != 0) {
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("the SCIP indexer `{}` failed{}", command,
                    result ? fmt::format(" with exit code {}; {}", result->exit_code, tail(*result))
                           : ": there is no shell"),
        false, {{"command", command}});
  }
  std::error_code failure;
  if (!fs::exists(output, failure)) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the SCIP indexer `{}` wrote no index to {} (${}); {}", command,
                            kPlaceholder, kVariable, tail(*result)),
                false, {{"command", command}});
  }
  return ScipFile::open(output, max_bytes, interrupt);
}

}  // namespace alluvium::code
