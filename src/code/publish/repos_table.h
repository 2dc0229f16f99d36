#pragma once

#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// The declaration of the table `repos`.
TableDeclaration repos_declaration();

/// A repository that a lake knows.
struct KnownRepository {
  std::string repo;
  std::string root;
  std::string origin;
};

/// Reads `repos` at its latest version; empty when there is no such table yet.
std::vector<KnownRepository> read_repos(const Session& session, const LakeLayout& lake,
                                        const Interrupt& interrupt);

/// Records a repository, in place of what `repos` had under its name.
void record_repository(const Session& session, const LakeLayout& lake,
                       const KnownRepository& repository, const Interrupt& interrupt);

}  // namespace alluvium::code
