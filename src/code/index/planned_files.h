#pragma once

#include <optional>

#include "alluvium/code/index_plan.h"
#include "alluvium/session/session.h"
#include "code/index/file_changes.h"

namespace alluvium::code {

/// Fills in which files are added, changed, removed and renamed, and how many are parsed. Without
/// `changes` there are none to compare with. Reads `file_modules` and, with changes,
/// `files_before`.
void add_planned_files(const Session& session, const std::optional<FileChanges>& changes,
                       IndexPlan& plan, const Interrupt& interrupt);

}  // namespace alluvium::code
