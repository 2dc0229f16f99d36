#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// What a run does with all tables, by what it starts from.
enum class IndexWork {
  Nothing,   ///< Files, settings and revision are those of the last run.
  Revision,  ///< The files are those of the run that it starts from: a run with its pins.
  Update,    ///< What changed is worked on again.
  Rebuild,   ///< All tables are made anew, for `rebuild_reason`.
};

/// What a run does with one table.
enum class TableWork {
  Untouched,   ///< No commit.
  Restored,    ///< Rows of an earlier run: its data files are taken over.
  Files,       ///< Rows of the files that are parsed, and of those that are gone.
  References,  ///< Likewise, and of files whose references mean something else then.
  Resolution,  ///< Rows of any file for which resolution comes to something else.
  Anew,        ///< All rows. (The commit is left out where they turn out to be the same.)
};

/// As `index --plan` spells them: `nothing`, `revision`, `update`, `rebuild`; `untouched`,
/// `restored`, `files`, `references`, `resolution`, `anew`.
std::string_view to_string(IndexWork work);
std::string_view to_string(TableWork work);

struct PlannedTable {
  std::string table;
  TableWork work = TableWork::Untouched;
  /// The tables that it is made from, directly or by what is made in between; none are those that
  /// are made of the files alone.
  std::vector<std::string> inputs;
};

/// What a run of `index` would do now, as far as the files and the last run tell it: which files'
/// references will mean something else is known only when names are resolved.
struct IndexPlan {
  /// The run to be, without an id and with no pins.
  Run run;
  IndexWork work = IndexWork::Nothing;
  std::string last_run_id;     ///< What it starts from; empty for the first.
  std::string goes_back_to;    ///< As `IndexReport::went_back_to`: what it starts from instead.
  std::string rebuild_reason;  ///< Empty unless `work` is `Rebuild`.
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  /// Paths, sorted. Where the files of the last run can't be read, or there is none, all are added.
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  /// With the same content, under another module name.
  std::vector<std::string> renamed;
  /// Files that are certainly parsed.
  std::uint64_t files_to_parse = 0;
  /// In the order in which they are made.
  std::vector<PlannedTable> tables;
};

/// Tells what `index` would do. Compares all files, as that does, and writes nothing, nor takes a
/// lock. Errors: those of `index` but CommitConflict; InvalidArgument with a `scip_command`, which
/// would run.
IndexPlan plan_index(const IndexRequest& request,
                     const std::function<void(const IndexProgress&)>& progress = {},
                     const Interrupt& interrupt = {});

}  // namespace alluvium::code
