#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"
#include "code/identity/file_outcomes.h"
#include "code/identity/interface_change.h"
#include "code/index/file_ids.h"
#include "code/resolve/link_graph.h"

namespace alluvium::code {

/// Files that are new, or whose content is another than in the run before; none is gone, and
/// modules are called as they were.
struct ChangedFiles {
  const Session& session;        ///< Has `file_modules`.
  const LinkGraph& before;       ///< The links of all files.
  const FileOutcomes& outcomes;  ///< Of that run.
  const DataFrame& states;       ///< `read_file_states`
  const DataFrame& interfaces;   ///< Of these files, as they are now: file_id, interface.
  const FileIds& added;          ///< In order, as are the others.
  const FileIds& changed;
  const Interrupt& interrupt;
};

/// One of them.
struct ChangedFile {
  std::size_t file = 0;  ///< Its place.
  InterfaceChange change;
};

/// Packed interfaces by file id, with the rows that they are views of.
class PackedInterfaces {
 public:
  /// Of rows of file_id and interface; those without one are left out.
  PackedInterfaces(const DataFrame& rows, const Interrupt& interrupt);

  /// Empty where there is none.
  [[nodiscard]] std::string_view of(std::string_view file_id) const;

 private:
  std::vector<RecordBatch> rows_;
  std::map<std::string_view, std::string_view> by_file_;
};

/// The interfaces of `wanted` as they are now, as rows of file_id and interface.
DataFrame interfaces_now(const ChangedFiles& files, const FileIds& wanted);

}  // namespace alluvium::code
