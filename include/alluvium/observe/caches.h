#pragma once

#include "alluvium/session/session.h"

namespace alluvium::observe {

/// The caches that a session's engine keeps between queries, one row an entry, as they are when
/// asked: each session has its own. Sizes are bytes, times UTC.

/// Folders that were listed, one row a file: `table`, `folder`, `path`, `file_modified`,
/// `file_size_bytes`, `e_tag`, `version`, `hits`.
DataFrame list_files_cache(const Session& session);
/// Files whose footer is kept: `path`, `file_modified`, `file_size_bytes`, `e_tag`, `version`,
/// `metadata_size_bytes`, `hits`.
DataFrame metadata_cache(const Session& session);
/// Files whose statistics are kept: `table`, `path`, `file_modified`, `file_size_bytes`, `e_tag`,
/// `version`, `num_rows`, `num_columns`, `table_size_bytes`, `statistics_size_bytes`, `hits`.
DataFrame statistics_cache(const Session& session);

}  // namespace alluvium::observe
