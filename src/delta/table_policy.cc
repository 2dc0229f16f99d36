#include "delta/table_policy_internal.h"

namespace alluvium::delta {

WriterPolicy writer_of(const Session& session, const WriterPolicy& request) {
  return request.over(session.profile().delta_policies.write.writer);
}

std::map<std::string, std::string> of_new_table(
    const Session& session, const std::map<std::string, std::string>& configuration) {
  std::map<std::string, std::string> properties = configuration;
  const ColumnMapping mapping = session.profile().delta_policies.schema.column_mapping;
  if (mapping != ColumnMapping::None) {
    properties.emplace("delta.columnMapping.mode", mapping == ColumnMapping::Name ? "name" : "id");
  }
  return properties;
}

}  // namespace alluvium::delta
