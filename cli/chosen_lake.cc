#include "cli/chosen_lake.h"

#include <fmt/format.h>

#include "alluvium/error.h"

namespace alluvium::cli {

namespace fs = std::filesystem;

void ChosenLake::add_folder_option(CLI::App& verb) {
  verb.add_option("--lake", folder,
                  "A lake, or a repository that has one (default: the nearest .alluvium)")
      ->type_name("DIR");
}

void ChosenLake::add_repository_option(CLI::App& verb) {
  verb.add_option("--repo", repo, "This repository alone, by its name in the lake")
      ->type_name("NAME");
}

void ChosenLake::add_moment_option(CLI::App& verb) {
  verb.add_option("--at", moment,
                  "Read each repository at this run, git commit or time instead of its current run")
      ->type_name("RUN|REVISION|TIME");
}

code::Lake ChosenLake::open(const Interrupt& interrupt) const {
  code::Lake lake = code::Lake::open(find_lake(folder), interrupt);
  if (!moment.empty()) lake = lake.at(moment, interrupt);
  return repo.empty() ? lake : lake.only(repo);
}

fs::path find_lake(const fs::path& given) {
  constexpr const char* kFolder = ".alluvium";
  std::error_code ignored;
  if (!given.empty()) {
    if (fs::is_directory(given / kFolder, ignored)) return given / kFolder;
    if (fs::exists(given, ignored)) return given;
    throw Error(ErrorCode::NotFound, fmt::format("there is no lake at {}", given.string()), false,
                {{"hint", fmt::format("`alluvium index REPO --lake {}` makes one", given.string())},
                 {"path", given.string()}});
  }
  const fs::path start = fs::current_path();
  for (fs::path folder = start;; folder = folder.parent_path()) {
    if (fs::is_directory(folder / kFolder, ignored)) return folder / kFolder;
    if (folder == folder.parent_path()) break;
  }
  throw Error(
      ErrorCode::NotFound,
      fmt::format("neither {} nor a folder above it has a lake ({})", start.string(), kFolder),
      false, {{"hint", "`alluvium index .` makes one; --lake DIR names another"}});
}

}  // namespace alluvium::cli
