#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>
#include <vector>

#include "alluvium/delta/create.h"
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

struct Need {
  std::string_view property;
  /// Empty: any.
  std::string_view value;
  std::string_view feature;
};

// Source: PROTOCOL.md, and Delta's "Table features". What delta-rs adds the feature for itself, or
// what older protocol versions have, is not here.
constexpr Need kNeeds[] = {
    {"delta.checkpointPolicy", "v2", "v2Checkpoint"},
    {"delta.coordinatedCommits.commitCoordinator-preview", "", "coordinatedCommits-preview"},
    {"delta.enableIcebergCompatV1", "true", "icebergCompatV1"},
    {"delta.enableIcebergCompatV2", "true", "icebergCompatV2"},
    {"delta.enableIcebergCompatV3", "true", "icebergCompatV3"},
    {"delta.enableIcebergWriterCompatV1", "true", "icebergWriterCompatV1"},
    {"delta.enableIcebergWriterCompatV3", "true", "icebergWriterCompatV3"},
    {"delta.enableInCommitTimestamps", "true", "inCommitTimestamp"},
    {"delta.enableRowTracking", "true", "rowTracking"},
    {"delta.enableTypeWidening", "true", "typeWidening"},
    {"delta.enableVariantShredding", "true", "variantShredding"},
    {"delta.universalFormat.enabledFormats", "", "icebergCompatV2"},
};

// The feature that a property needs; empty when it needs none.
std::string_view needed_feature(std::string_view name, std::string value) {
  constexpr std::string_view kSupport = "delta.feature.";
  if (name.starts_with(kSupport)) return name.substr(kSupport.size());
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const Need& need : kNeeds) {
    const bool on = need.value.empty() ? !value.empty() : value == need.value;
    if (name == need.property && on) return need.feature;
  }
  return {};
}

}  // namespace

bool needs_feature(const std::string& property, const std::string& value) {
  return !needed_feature(property, value).empty();
}

void check_features(const std::map<std::string, std::string>& properties,
                    const std::vector<std::string>& features) {
  for (const auto& [name, value] : properties) {
    const std::string_view feature = needed_feature(name, value);
    const bool has = std::find(features.begin(), features.end(), feature) != features.end();
    if (feature.empty() || has) continue;
    throw Error(ErrorCode::Unsupported,
                fmt::format("table property `{}` = `{}` needs the table feature `{}`, which a "
                            "property doesn't bring; leave it out, or add the feature to the table "
                            "first (add_features), if it is one that can be written",
                            name, value, feature),
                false, {{"property", name}, {"feature", std::string(feature)}});
  }
}

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
  check_features(properties, {});
  if (mapping == ColumnMapping::None) return properties;
  const auto [entry, added] = properties.emplace("delta.columnMapping.mode", to_string(mapping));
  require(added || entry->second == to_string(mapping), entry->first, entry->second,
          fmt::format("`{}`, as column_mapping says", to_string(mapping)));
  return properties;
}

}  // namespace alluvium::delta
