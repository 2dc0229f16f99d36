#include "alluvium/delta/pruning.h"

#include <nlohmann/json.hpp>

#include "bridge/handles.h"

namespace alluvium::delta {

std::vector<PruningReport> pruning(const DataFrame& frame, const Interrupt& interrupt) {
  std::vector<PruningReport> reports;
  const auto document = nlohmann::json::parse(bridge::delta_pruning(*frame.handle(), interrupt));
  for (const auto& scan : document) {
    PruningReport& report = reports.emplace_back();
    scan.at("table_uri").get_to(report.table_uri);
    scan.at("version").get_to(report.version);
    scan.at("files_total").get_to(report.files_total);
    scan.at("files_kept").get_to(report.files_kept);
    scan.at("filters").get_to(report.filters);
    const auto of_partitions = scan.at("files_of_partitions").get<std::int64_t>();
    report.dropped_by_partition = report.files_total - of_partitions;
    report.dropped_by_statistics = of_partitions - report.files_kept;
  }
  return reports;
}

}  // namespace alluvium::delta
