#include "delta/table_policy_internal.h"

#include "delta/property_check_internal.h"

namespace alluvium::delta {

WriterPolicy writer_of(const Session& session, const WriterPolicy& request) {
  return request.over(session.profile().delta_policies.write.writer);
}

std::map<std::string, std::string> of_new_table(
    const Session& session, const std::map<std::string, std::string>& configuration,
    const std::optional<ColumnMapping>& mapping) {
  const bool says_itself = configuration.contains("delta.columnMapping.mode");
  const ColumnMapping otherwise =
      says_itself ? ColumnMapping::None : session.profile().delta_policies.schema.column_mapping;
  return new_table_properties(configuration, mapping.value_or(otherwise));
}

}  // namespace alluvium::delta
