#include "code/index/repository_name.h"

#include <algorithm>
#include <string_view>

#include "alluvium/error.h"
#include "code/repository/source_path.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestName = 255;
/// Begins the origin of a repository that has no remote.
constexpr std::string_view kFolder = "folder:";

/// A folder without a remote is its place. With the lake inside, that is the way from there, so
/// that both can be moved together.
std::string folder_origin(const Repository& repository, const LakeLayout& lake) {
  const std::filesystem::path way = lake.folder().lexically_relative(repository.root());
  const bool inside = !way.empty() && *way.begin() != "..";
  const std::filesystem::path place =
      inside ? repository.root().lexically_relative(lake.folder()) : repository.root();
  return std::string(kFolder) + escape_source_path(place.string());
}

void check_spelling(const std::string& name) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::InvalidArgument,
                "the repository's name " + why + "; choose another one with --repo", false,
                {{"repo", name}});
  };
  if (name.size() > kLongestName) refuse("is longer than 255 bytes");
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t length = utf8_sequence_length(rest);
    if (length == 0) refuse("is not valid UTF-8");
    const auto first = static_cast<unsigned char>(rest.front());
    if (first < 0x20 || first == 0x7F) refuse("has a control character");
    rest.remove_prefix(length);
  }
}

const KnownRepository* find(const std::vector<KnownRepository>& known, std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const KnownRepository& one) { return one.repo == name; });
  return found == known.end() ? nullptr : &*found;
}

}  // namespace

std::vector<KnownRepository> known_repositories(const Session& session, const LakeLayout& lake,
                                                const Interrupt& interrupt) {
  return lake.state() == LakeState::Begun ? read_repos(session, lake, interrupt)
                                          : std::vector<KnownRepository>();
}

KnownRepository identify_repository(const std::string& requested, const Repository& repository,
                                    const LakeLayout& lake,
                                    const std::vector<KnownRepository>& known) {
  KnownRepository identified{.repo = requested,
                             .root = escape_source_path(repository.root().string()),
                             .origin = repository.origin()};
  if (identified.origin.empty()) identified.origin = folder_origin(repository, lake);
  if (identified.repo.empty()) identified.repo = repository.origin();
  if (identified.repo.empty()) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const KnownRepository& one) {
      return one.origin == identified.origin;
    });
    if (same != known.end()) identified.repo = same->repo;
  }
  if (identified.repo.empty()) {
    identified.repo = escape_source_path(repository.root().filename().string());
  }
  if (identified.repo.empty()) identified.repo = "root";
  check_spelling(identified.repo);
  return identified;
}

bool check_name(const KnownRepository& repository, const LakeLayout& lake,
                const std::vector<KnownRepository>& known) {
  const KnownRepository* taken = find(known, repository.repo);
  if (taken == nullptr) return true;
  if (taken->origin == repository.origin) return taken->root != repository.root;
  // The same folder may get its first remote, or lose it; two remotes are two repositories.
  const bool remote_came_or_went =
      taken->origin.starts_with(kFolder) || repository.origin.starts_with(kFolder);
  if (taken->root == repository.root && remote_came_or_went) return true;
  throw Error(
      ErrorCode::PolicyViolation,
      "the lake `" + lake.folder().string() + "` has another repository called `" +
          repository.repo + "`: from " + taken->origin + ", indexed in " + taken->root +
          ". This one is from " + repository.origin +
          "; give it another name with --repo, or another lake with --lake",
      false,
      {{"repo", repository.repo}, {"known_origin", taken->origin}, {"origin", repository.origin}});
}

}  // namespace alluvium::code
