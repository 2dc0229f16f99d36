#include "code/lake/pinned_table.h"

#include <optional>
#include <vector>

#include "alluvium/delta/provider.h"
#include "alluvium/error.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

DataFrame read_pinned(const Session& session, const LakeLayout& lake, const std::string& table,
                      const TablePins& pins, const Interrupt& interrupt) {
  std::optional<DataFrame> all;
  for (const auto& [version, repos] : pins) {
    try {
      const delta::ProviderBundle pinned = delta::provider_from_session(
          session, {.table_uri = lake.uri(table), .version = version}, interrupt);
      check_format(pinned.snapshot);
      std::vector<Expr> names;
      for (const std::string& repo : repos) names.push_back(lit(repo));
      const DataFrame rows = session.read(pinned.provider)
                                 .filter(names.size() == 1 ? col("repo") == names.front()
                                                           : col("repo").in_list(names));
      // By name: an older pin may lack a column that was added since.
      all = all ? all->union_by_name(rows) : rows;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::NotFound) throw;
      throw Error(ErrorCode::Corruption,
                  "the table `" + table + "` of the lake `" + lake.folder().string() +
                      "` lacks the version " + std::to_string(version) +
                      " that a published run pins (" + error.message() +
                      "); index the repository again with --force",
                  false, {{"table", table}, {"version", std::to_string(version)}});
    }
  }
  return *all;
}

}  // namespace alluvium::code
