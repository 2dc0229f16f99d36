#pragma once

#include <map>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/row_digests.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// What resolution came to for each file: the digests of its rows in each dataset that any file can
/// change (`Reach::Repository`), and of the answers to its questions under `kAnswers`. A run
/// compares them with those of the run before, and so knows which files' rows to write without
/// looking at the tables.
using FileDigests = std::map<std::string, RowDigests, std::less<>>;

inline constexpr const char* kAnswers = "answers";

/// The table that keeps them: a row for each file and dataset.
TableDeclaration digests_declaration();

/// The digests of the answers in `file_answers`, a table of `session`.
RowDigests answer_digests(const Session& session, const Interrupt& interrupt);

/// As rows of the table.
DataFrame digest_rows(const Session& session, const std::string& repo, const FileDigests& digests);

/// Those of `run`. Errors: as reading a table.
FileDigests read_digests(const Session& session, const LakeLayout& lake, const Run& run,
                         const Interrupt& interrupt);

}  // namespace alluvium::code
