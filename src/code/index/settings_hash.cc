#include "code/index/settings_hash.h"

#include "alluvium/code/lake.h"
#include "alluvium/version.h"
#include "code/datasets/datasets.h"
#include "code/index/table_choice.h"
#include "functions/id_parts.h"

namespace alluvium::code {

std::string settings_hash(const IndexRequest& request, const Listing& listing, const ScipFile* scip,
                          const Environment* environment) {
  IdParts parts;
  parts.add(version());
  parts.add_number(kLakeFormat);
  parts.add_number(static_cast<std::int64_t>(request.max_file_bytes));
  parts.add_number(request.parse_timeout.count());
  for (const Dataset& dataset : datasets()) {
    parts.add(dataset.name).add_number(dataset.maker_version);
    for (const Column& column : dataset.columns) parts.add(column.name).add(column.type.format());
  }
  parts.add_number(static_cast<std::int64_t>(listing.markers.size()));
  for (const std::string& marker : listing.markers) parts.add(marker);
  for (const SkippedEntry& entry : listing.skipped) parts.add(entry.path).add(entry.message);
  const TableChoice choice(request.only);
  for (const std::string& table : choice.tables()) parts.add(table);
  if (scip != nullptr) parts.add("scip").add(scip->content_hash());
  if (environment == nullptr) return std::string(parts.id().digits().view());
  for (const SkippedEntry& entry : environment->problems()) {
    parts.add(entry.path).add(entry.message);
  }
  return std::string(parts.id().digits().view()) + "-" + environment->content_hash();
}

std::string_view settings_of_files(std::string_view settings_hash) {
  return settings_hash.substr(0, settings_hash.find('-'));
}

}  // namespace alluvium::code
