#include "code/publish/partial_run.h"

#include "code/datasets/datasets.h"
#include "code/graph/graph_views.h"

namespace alluvium::code {
namespace {

std::string reason(const Run& run, std::string_view table) {
  return "the run " + run.run_id + " of `" + run.repo + "` didn't make the table `" +
         std::string(table) + "` (" + run.rebuild_reason +
         "); index the repository again without --only";
}

}  // namespace

std::map<std::string, std::string> left_out_tables(const std::vector<Run>& runs) {
  std::map<std::string, std::string> tables;
  for (const Run& run : runs) {
    if (!is_partial(run)) continue;
    for (const Dataset& dataset : datasets()) {
      if (!dataset.is_stored()) continue;
      if (run.versions.contains(dataset.table())) continue;
      tables.emplace(dataset.table(), reason(run, dataset.table()));
    }
  }
  if (tables.empty()) return tables;
  for (const Dataset& view : graph_views()) {
    for (const std::string_view input : view.inputs) {
      const auto found = tables.find(std::string(input));
      if (found == tables.end()) continue;
      const std::string why = found->second;
      tables.emplace(view.name, why);
    }
  }
  return tables;
}

}  // namespace alluvium::code
