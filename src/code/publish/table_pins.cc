#include "code/publish/table_pins.h"

namespace alluvium::code {

std::map<std::string, TablePins> pins_of(const std::vector<Run>& runs) {
  std::map<std::string, TablePins> tables;
  for (const Run& run : runs) {
    for (const auto& [table, version] : run.versions) {
      if (!is_internal(table)) tables[table][version].push_back(run.repo);
    }
  }
  return tables;
}

}  // namespace alluvium::code
