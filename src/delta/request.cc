#include <nlohmann/json.hpp>
#include <utility>

#include "delta/request_internal.h"
#include "frame/type_json_internal.h"

namespace alluvium::delta {
namespace {

using nlohmann::json;

template <typename T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json scan_to_json(const std::optional<ScanOptions>& scan) {
  if (!scan) return nullptr;
  return {{"file_column_name", or_null(scan->file_column_name)},
          {"wrap_partition_values", or_null(scan->wrap_partition_values)},
          {"enable_parquet_pushdown", or_null(scan->enable_parquet_pushdown)},
          {"schema_force_view_types", or_null(scan->schema_force_view_types)}};
}

json gate_to_json(const std::optional<FeatureGate>& gate) {
  if (!gate) return nullptr;
  return {{"max_reader_version", or_null(gate->max_reader_version)},
          {"max_writer_version", or_null(gate->max_writer_version)},
          {"required_features", gate->required_features},
          {"forbidden_features", gate->forbidden_features}};
}

}  // namespace

std::string open_document(const ProviderRequest& request, bool metadata_only) {
  return to_document({{"table_uri", request.table_uri},
                      {"storage_options", json(request.storage_options)},
                      {"version", or_null(request.version)},
                      {"timestamp", or_null(request.timestamp)},
                      {"scan", scan_to_json(request.delta_scan)},
                      {"gate", gate_to_json(request.gate)},
                      {"metadata_only", metadata_only},
                      {"files", or_null(request.files)}});
}

std::string feed_document(const DeltaCdfRequest& request) {
  const CdfOptions& options = request.options;
  return to_document({{"table_uri", request.table_uri},
                      {"storage_options", json(request.storage_options)},
                      {"version", or_null(request.version)},
                      {"timestamp", or_null(request.timestamp)},
                      {"gate", gate_to_json(request.gate)},
                      {"feed",
                       {{"starting_version", or_null(options.starting_version)},
                        {"ending_version", or_null(options.ending_version)},
                        {"starting_timestamp", or_null(options.starting_timestamp)},
                        {"ending_timestamp", or_null(options.ending_timestamp)},
                        {"allow_out_of_range", options.allow_out_of_range}}}});
}

std::string state_document(const std::string& table_uri, const StorageOptions& storage_options,
                           const std::optional<ApplicationTransaction>& transaction, bool verify) {
  json asked = nullptr;
  if (transaction) {
    asked = {{"app_id", transaction->app_id}, {"version", transaction->version}};
  }
  return to_document({{"table_uri", table_uri},
                      {"storage_options", json(storage_options)},
                      {"transaction", std::move(asked)},
                      {"verify", verify}});
}

}  // namespace alluvium::delta
