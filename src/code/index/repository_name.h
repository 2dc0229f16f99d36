#pragma once

#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/repos_table.h"
#include "code/repository/repository.h"

namespace alluvium::code {

/// The repositories that `lake` knows; none where it is not begun. Errors: those of `read_repos`.
std::vector<KnownRepository> known_repositories(const Session& session, const LakeLayout& lake,
                                                const Interrupt& interrupt);

/// What `repository` is called in `lake`, and where it comes from: `requested`; else its origin;
/// else the name under which the lake knows this very folder; else the folder's name.
/// Errors: InvalidArgument (a name with control characters, not in UTF-8, or too long).
KnownRepository identify_repository(const std::string& requested, const Repository& repository,
                                    const LakeLayout& lake,
                                    const std::vector<KnownRepository>& known);

/// Fails with PolicyViolation when the lake knows another repository under this name. Returns
/// whether `repository` has to be recorded: it is new, or was moved.
bool check_name(const KnownRepository& repository, const LakeLayout& lake,
                const std::vector<KnownRepository>& known);

}  // namespace alluvium::code
