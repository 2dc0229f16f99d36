#include "code/publish/table_pins.h"

#include "code/publish/partial_run.h"

namespace alluvium::code {

bool pins(const Run& run, const std::string& table, std::int64_t version) {
  const auto pin = run.versions.find(table);
  return pin != run.versions.end() && pin->second == version;
}

std::map<std::string, TablePins> pins_of(const std::vector<Run>& runs) {
  std::map<std::string, TablePins> tables;
  for (const Run& run : runs) {
    for (const auto& [table, version] : run.versions) {
      if (!is_internal(table)) tables[table][version].push_back(run.repo);
    }
  }
  for (const Run& run : runs) {
    if (!is_partial(run)) continue;
    std::erase_if(tables, [&](const auto& pins) { return !run.versions.contains(pins.first); });
  }
  return tables;
}

}  // namespace alluvium::code
