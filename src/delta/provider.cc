#include "alluvium/delta/provider.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "alluvium/delta/cdf.h"
#include "alluvium/error.h"
#include "delta/request_internal.h"
#include "frame/arrow_schema_internal.h"
#include "session/session_internal.h"

namespace alluvium::delta {
namespace {

template <typename Request>
void check_request(const Request& request) {
  if (request.table_uri.empty()) {
    throw Error(ErrorCode::InvalidArgument, "table_uri is empty; give a path or a URL");
  }
  if (request.version && request.timestamp) {
    throw Error(ErrorCode::InvalidArgument, "version and timestamp exclude each other; give one");
  }
  if (request.version && *request.version < 0) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("version {} is negative; versions start at 0", *request.version));
  }
}

Snapshot parse_snapshot(const std::string& metadata, Schema schema) {
  const auto document = nlohmann::json::parse(metadata);
  Snapshot snapshot;
  document.at("table_uri").get_to(snapshot.table_uri);
  document.at("version").get_to(snapshot.version);
  document.at("table_id").get_to(snapshot.table_id);
  document.at("name").get_to(snapshot.name);
  document.at("description").get_to(snapshot.description);
  document.at("partition_columns").get_to(snapshot.partition_columns);
  document.at("configuration").get_to(snapshot.configuration);
  document.at("min_reader_version").get_to(snapshot.min_reader_version);
  document.at("min_writer_version").get_to(snapshot.min_writer_version);
  document.at("reader_features").get_to(snapshot.reader_features);
  document.at("writer_features").get_to(snapshot.writer_features);
  snapshot.schema = std::move(schema);
  return snapshot;
}

void check_range(const CdfOptions& options) {
  const auto refuse = [](const char* what) { throw Error(ErrorCode::InvalidArgument, what); };
  if (options.starting_version && options.starting_timestamp) {
    refuse("starting_version and starting_timestamp exclude each other; give one");
  }
  if (options.ending_version && options.ending_timestamp) {
    refuse("ending_version and ending_timestamp exclude each other; give one");
  }
  if (options.starting_version.value_or(0) < 0 || options.ending_version.value_or(0) < 0) {
    refuse("versions start at 0");
  }
}

TableProvider as_schema(const DataFrame& rows, const Schema& schema) {
  std::vector<Expr> columns;
  for (const Field& field : schema.fields) {
    columns.push_back(col(field.name).cast(field.type).alias(field.name));
  }
  return TableProvider(bridge::view(*rows.select(columns).handle()));
}

struct Opened {
  bridge::ProviderPtr provider;
  Snapshot snapshot;
};

Opened open(const Session& session, const std::string& document, const Interrupt& interrupt) {
  SchemaExport schema;
  bridge::OpenedTable opened =
      bridge::delta_open(*session.state()->session, document, interrupt, schema.get());
  return {.provider = std::move(opened.provider),
          .snapshot = parse_snapshot(opened.metadata, schema.take())};
}

}  // namespace

ProviderBundle provider_from_session(const Session& session, const ProviderRequest& request,
                                     const Interrupt& interrupt) {
  check_request(request);
  Opened opened = open(session, open_document(request, false), interrupt);
  TableProvider provider(std::move(opened.provider));
  if (request.delta_scan && request.delta_scan->schema) {
    provider = as_schema(session.read(provider), *request.delta_scan->schema);
  }
  return {.provider = std::move(provider), .snapshot = std::move(opened.snapshot)};
}

Snapshot snapshot(const Session& session, const ProviderRequest& request,
                  const Interrupt& interrupt) {
  check_request(request);
  return open(session, open_document(request, true), interrupt).snapshot;
}

ProviderBundle cdf_provider(const Session& session, const DeltaCdfRequest& request,
                            const Interrupt& interrupt) {
  check_request(request);
  check_range(request.options);
  DeltaCdfRequest bounded = request;
  if (!request.options.ending_version && !request.options.ending_timestamp) {
    // The feed ends where the table that it is asked of does, whatever is committed meanwhile.
    bounded.options.ending_version = snapshot(session,
                                              {.table_uri = request.table_uri,
                                               .storage_options = request.storage_options,
                                               .version = request.version,
                                               .timestamp = request.timestamp},
                                              interrupt)
                                         .version;
  }
  Opened opened = open(session, feed_document(bounded), interrupt);
  TableProvider provider(std::move(opened.provider));
  if (request.options.predicate || !request.options.columns.empty()) {
    DataFrame feed = session.read(provider);
    if (request.options.predicate) feed = feed.filter(*request.options.predicate);
    std::vector<Expr> columns;
    for (const std::string& name : request.options.columns) columns.push_back(col(name));
    if (!columns.empty()) feed = feed.select(columns);
    provider = TableProvider(bridge::view(*feed.handle()));
  }
  return {.provider = std::move(provider), .snapshot = std::move(opened.snapshot)};
}

bool is_table(const Session& session, const std::string& table_uri,
              const StorageOptions& storage_options) {
  return bridge::delta_is_table(*session.state()->session,
                                state_document(table_uri, storage_options));
}

}  // namespace alluvium::delta
