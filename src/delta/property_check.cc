#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "alluvium/error.h"
#include "delta/property_check_internal.h"

namespace alluvium::delta {
namespace {

using Choices = std::vector<std::string_view>;

bool is_whole(std::string_view text, int least) {
  int value = 0;
  const char* const begin = text.data();
  const auto [end, failure] = std::from_chars(begin, begin + text.size(), value);
  return failure == std::errc() && end == begin + text.size() && value >= least;
}

void require(bool fits, const std::string& name, std::string_view value, std::string_view what) {
  if (fits) return;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("table property `{}` can't be `{}`; it is {}", name, value, what), false,
              {{"property", name}});
}

// Source: Delta's "Table properties reference" and PROTOCOL.md.
const std::map<std::string_view, Choices>& choices() {
  static const Choices kFlag = {"true", "false"};
  static const std::map<std::string_view, Choices> kChoices = {
      {"delta.appendOnly", kFlag},
      {"delta.checkpoint.writeStatsAsJson", kFlag},
      {"delta.checkpoint.writeStatsAsStruct", kFlag},
      {"delta.checkpointPolicy", {"classic", "v2"}},
      {"delta.columnMapping.mode", {"none", "id", "name"}},
      {"delta.enableChangeDataFeed", kFlag},
      {"delta.enableDeletionVectors", kFlag},
      {"delta.enableExpiredLogCleanup", kFlag},
      {"delta.isolationLevel", {"Serializable", "WriteSerializable", "SnapshotIsolation"}},
  };
  return kChoices;
}

const std::map<std::string_view, int>& least_numbers() {
  static const std::map<std::string_view, int> kLeast = {{"delta.checkpointInterval", 1},
                                                         {"delta.dataSkippingNumIndexedCols", -1}};
  return kLeast;
}

bool is_interval(std::string_view name) {
  return name == "delta.deletedFileRetentionDuration" || name == "delta.logRetentionDuration" ||
         name == "delta.setTransactionRetentionDuration";
}

}  // namespace

void check_properties(const std::map<std::string, std::string>& properties) {
  for (const auto& [name, value] : properties) {
    if (const auto found = choices().find(name); found != choices().end()) {
      const Choices& allowed = found->second;
      require(std::find(allowed.begin(), allowed.end(), value) != allowed.end(), name, value,
              fmt::format("one of {}", fmt::join(allowed, ", ")));
    } else if (const auto least = least_numbers().find(name); least != least_numbers().end()) {
      require(is_whole(value, least->second), name, value,
              fmt::format("a whole number of at least {}", least->second));
    } else if (is_interval(name)) {
      require(value.starts_with("interval "), name, value,
              "an interval, such as `interval 30 days`");
    }
  }
}

std::map<std::string, std::string> new_table_properties(
    std::map<std::string, std::string> properties, ColumnMapping mapping) {
  check_properties(properties);
  if (mapping == ColumnMapping::None) return properties;
  const auto [entry, added] = properties.emplace("delta.columnMapping.mode", to_string(mapping));
  require(added || entry->second == to_string(mapping), entry->first, entry->second,
          fmt::format("`{}`, as column_mapping says", to_string(mapping)));
  return properties;
}

}  // namespace alluvium::delta
