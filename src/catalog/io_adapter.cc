#include "alluvium/catalog/io_adapter.h"

#include <utility>

#include "alluvium/catalog/introspection.h"
#include "alluvium/error.h"
#include "frame/arrow_stream_internal.h"
#include "session/session_internal.h"

namespace alluvium {
namespace {

std::string_view name_of(FileFormat format) {
  switch (format) {
    case FileFormat::Parquet:
      return "parquet";
    case FileFormat::Csv:
      return "csv";
    case FileFormat::Json:
      return "json";
    case FileFormat::Arrow:
      return "arrow";
  }
  return "parquet";
}

}  // namespace

IoAdapter::IoAdapter(Session session)
    : session_(std::move(session)),
      takes_snapshots_(session_.profile().enable_information_schema) {}

IoAdapter IoAdapter::without_snapshots(Session session) {
  IoAdapter adapter(std::move(session));
  adapter.takes_snapshots_ = false;
  return adapter;
}

void IoAdapter::record(std::string_view name, std::string kind, std::string location) {
  Registration registration{.name = std::string(name),
                            .kind = std::move(kind),
                            .location = std::move(location),
                            .snapshot_hash = {}};
  if (takes_snapshots_) registration.snapshot_hash = introspection::snapshot(session_).hash;
  registrations_.push_back(std::move(registration));
}

void IoAdapter::register_record_batches(std::string_view name, Schema schema,
                                        std::vector<std::vector<RecordBatch>> partitions) {
  // A table without partitions still has its columns.
  if (partitions.empty()) partitions.emplace_back();
  StreamExports streams;
  for (std::vector<RecordBatch>& batches : partitions) {
    streams.add(RecordBatchReader::of(schema, std::move(batches)));
  }
  bridge::register_batches(*session_.state()->session, name, streams.all());
  record(name, "record_batches", "");
}

void IoAdapter::register_record_batches(std::string_view name, std::vector<RecordBatch> batches) {
  if (batches.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                "no batches, so no schema either; use the overload that takes the schema");
  }
  Schema schema = batches.front().schema();
  std::vector<std::vector<RecordBatch>> partitions;
  partitions.push_back(std::move(batches));
  register_record_batches(name, std::move(schema), std::move(partitions));
}

void IoAdapter::register_stream(std::string_view name, RecordBatchReader reader) {
  StreamExports stream;
  stream.add(std::move(reader));
  bridge::register_stream(*session_.state()->session, name, stream.front());
  record(name, "stream", "");
}

void IoAdapter::register_listing(std::string_view name, const std::string& location,
                                 FileFormat format) {
  bridge::register_listing(*session_.state()->session, name, location, name_of(format));
  record(name, "listing", location);
}

void IoAdapter::register_delta_table_provider(std::string_view name,
                                              const TableProvider& provider) {
  bridge::register_provider(*session_.state()->session, name, *provider.handle());
  record(name, "delta", "");
}

void IoAdapter::register_delta_cdf_provider(std::string_view name, const TableProvider& provider) {
  bridge::register_provider(*session_.state()->session, name, *provider.handle());
  record(name, "delta_cdf", "");
}

void IoAdapter::register_view(std::string_view name, const DataFrame& frame) {
  bridge::register_view(*session_.state()->session, name, *frame.handle());
  record(name, "view", "");
}

void IoAdapter::create_schema(std::string_view name) {
  bridge::create_schema(*session_.state()->session, name);
  record(name, "schema", "");
}

void IoAdapter::deregister(std::string_view name) {
  bridge::deregister(*session_.state()->session, name);
}

}  // namespace alluvium
