#include "code/publish/table_properties.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "alluvium/code/lake.h"
#include "alluvium/delta/create.h"
#include "alluvium/error.h"
#include "code/publish/checkpoints.h"

namespace alluvium::code {
namespace {

constexpr const char* kManaged = "alluvium.managed";
constexpr const char* kFormat = "alluvium.format";

}  // namespace

Field table_column(std::string name, DataType type, std::string comment, bool nullable) {
  return {std::move(name), std::move(type), nullable, {{"comment", std::move(comment)}}};
}

bool create_if_missing(const Session& session, const LakeLayout& lake,
                       const TableDeclaration& table, const Interrupt& interrupt) {
  const std::string uri = lake.uri(table.name);
  if (delta::is_table(session, uri)) return false;
  make_folders(lake.table(table.name));
  delta::CreateRequest request{
      .table_uri = uri,
      .schema = table.schema,
      .partition_by = {"repo"},
      .configuration = {{kManaged, "true"},
                        {kFormat, std::to_string(kLakeFormat)},
                        // Old versions stay readable: `alluvium gc` alone removes them.
                        {"delta.enableExpiredLogCleanup", "false"},
                        {"delta.checkpointInterval", std::to_string(kCheckpointInterval)}},
      .name = table.name,
      .description = table.description};
  if (!table.ordered_by.empty()) {
    request.configuration["delta.dataSkippingStatsColumns"] = table.ordered_by;
  }
  if (table.change_data_feed) request.configuration["delta.enableChangeDataFeed"] = "true";
  try {
    delta::create(session, request, interrupt);
    return true;
  } catch (const Error& error) {
    // A run of another repository was faster. (The engine has several words for that.)
    const bool interrupted =
        error.code() == ErrorCode::Cancelled || error.code() == ErrorCode::DeadlineExceeded;
    if (!interrupted && delta::is_table(session, uri)) return false;
    throw;
  }
}

delta::MutationPolicy of_lake() { return {.max_attempts = 64, .allow_managed_tables = true}; }

void check_format(const delta::Snapshot& snapshot) {
  const auto property = snapshot.configuration.find(kFormat);
  if (property == snapshot.configuration.end()) {
    throw Error(ErrorCode::InvalidArgument,
                "`" + snapshot.table_uri +
                    "` is a Delta table, but no table of an Alluvium lake (it lacks the property "
                    "alluvium.format)",
                false, {{"table", snapshot.table_uri}});
  }
  const std::string& text = property->second;
  std::int64_t format = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (failure != std::errc() || end != text.data() + text.size() || format < 1) {
    throw Error(ErrorCode::Corruption,
                "`" + snapshot.table_uri + "` has the format `" + text + "`, which is no number",
                false, {{"table", snapshot.table_uri}});
  }
  if (format > kLakeFormat) {
    throw Error(ErrorCode::Unsupported,
                "`" + snapshot.table_uri + "` has the format " + text + "; this program knows " +
                    std::to_string(kLakeFormat) +
                    " and older. Update alluvium, or index into another lake with --lake",
                false, {{"table", snapshot.table_uri}, {"format", text}});
  }
}

}  // namespace alluvium::code
