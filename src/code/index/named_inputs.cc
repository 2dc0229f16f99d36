#include "code/index/named_inputs.h"

#include <string>
#include <vector>

#include "alluvium/error.h"
#include "code/index/lake_folder.h"
#include "code/index/scip_frames.h"
#include "code/scip/scip_command.h"

namespace alluvium::code {
namespace {

std::shared_ptr<const ScipFile> open_scip(const IndexRequest& request, const Interrupt& interrupt) {
  if (!request.revision.empty() && !(request.scip.empty() && request.scip_command.empty())) {
    throw Error(ErrorCode::InvalidArgument,
                "a SCIP index is of the work tree, and can't be given for a revision");
  }
  if (!request.scip_command.empty()) {
    if (!request.scip.empty()) {
      throw Error(ErrorCode::InvalidArgument,
                  "a SCIP index and a command that makes one can't both be given");
    }
    return std::make_shared<const ScipFile>(run_scip_command(
        request.scip_command, request.repository, request.max_scip_bytes, interrupt));
  }
  if (request.scip.empty()) return nullptr;
  return std::make_shared<const ScipFile>(
      ScipFile::open(request.scip, request.max_scip_bytes, interrupt));
}

/// The commit that `request` names, by its full name.
std::string commit_of(const IndexRequest& request, const Interrupt& interrupt) {
  const std::vector<std::string> commits =
      Repository::commits(request.repository, request.revision, interrupt);
  if (commits.size() == 1) return commits.front();
  throw Error(ErrorCode::InvalidArgument,
              "`" + request.revision + "` is " + std::to_string(commits.size()) +
                  " commits, where one is to be indexed",
              false, {{"revision", request.revision}});
}

}  // namespace

NamedInputs open_named_inputs(const IndexRequest& request, PhaseLog& log,
                              const Interrupt& interrupt) {
  NamedInputs inputs{.scip = open_scip(request, interrupt), .environment = nullptr};
  if (request.environment.empty()) return inputs;
  log.begin("read environment");
  inputs.environment =
      std::make_shared<const Environment>(Environment::read(request.environment, interrupt));
  return inputs;
}

Repository open_repository(const IndexRequest& request, const ScipFile* scip,
                           const Interrupt& interrupt) {
  if (!request.revision.empty()) {
    return Repository::at(request.repository, commit_of(request, interrupt), interrupt);
  }
  Repository repository = Repository::open(request.repository, lake_folder(request), interrupt,
                                           scip == nullptr ? OtherSources() : scip_sources(*scip));
  if (repository.listing().sources.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                "there is no Python source file in `" + repository.root().string() +
                    "` (files that git ignores don't count); name the folder of a Python project",
                false, {{"path", repository.root().string()}});
  }
  if (scip != nullptr) check_scip_root(*scip, repository);
  return repository;
}

}  // namespace alluvium::code
