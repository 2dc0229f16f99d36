#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// An engine that reads Delta tables by SQL of its own.
enum class Engine {
  DuckDb,  ///< With its extension `delta`.
  Spark,   ///< With Delta Lake.
};

/// A script that makes a view of each published table, with each repository at its own pin, and the
/// views over them: what `Lake::session` shows. Statements end with a semicolon at the end of a
/// line, and such an end is nowhere else.
///
/// In Spark the views are temporary, and columns of a table that repositories pin at several
/// versions are taken by position: its SQL has no union by name.
std::string engine_script(Engine engine, const LakeLayout& lake, std::int64_t runs_version,
                          const std::vector<Run>& current);

}  // namespace alluvium::code
