#pragma once

#include <optional>

#include "alluvium/code/index_plan.h"
#include "alluvium/code/lake.h"
#include "code/index/run_basis.h"
#include "code/index/stat_cache.h"

namespace alluvium::code {

/// What is known of the files of the run `before` beside their table; nothing where that is not to
/// be used.
std::optional<StatCache> known_files(const RunBasis& basis, const Run& before);

/// Keeps what the next run can know of the files without opening them, now that they are those of
/// `run`, which came about by `work`. `known` is what was known of the run before. Where that can't
/// be, the next run takes more time. Only who has the repository's lock may call this.
void remember_files(const RunBasis& basis, const std::optional<StatCache>& known, IndexWork work,
                    const Run& run);

}  // namespace alluvium::code
