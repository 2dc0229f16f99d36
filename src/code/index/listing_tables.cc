#include "code/index/listing_tables.h"

#include <utility>

#include "alluvium/catalog/io_adapter.h"

namespace alluvium::code {
namespace {

/// Builds a table of text columns (`size_bytes` aside) row by row.
class TableBuilder {
 public:
  explicit TableBuilder(std::vector<std::string_view> columns) : builder_(make_schema(columns)) {
    schema_ = make_schema(columns);
  }
  template <typename... Values>
  void add(const Values&... values) {
    int column = 0;
    (builder_.column(column++).append(values), ...);
  }
  std::vector<RecordBatch> batches() { return {builder_.finish()}; }
  void register_as(const Session& session, std::string_view name) {
    IoAdapter(session).register_record_batches(name, schema_, {batches()});
  }

 private:
  static Schema make_schema(const std::vector<std::string_view>& columns) {
    Schema schema;
    for (const std::string_view name : columns) {
      schema.fields.push_back({std::string(name), name == "size_bytes" ? int64() : utf8(), false});
    }
    return schema;
  }
  RecordBatchBuilder builder_;
  Schema schema_;
};

std::string_view view(const std::string& text) { return text; }

}  // namespace

std::vector<RecordBatch> listing_batches(std::string_view repo, const Listing& listing) {
  TableBuilder table({"repo", "path", "size_bytes", "language"});
  for (const SourceFile& file : listing.sources) {
    table.add(repo, view(file.path), file.size_bytes, view(file.language));
  }
  return table.batches();
}

void register_listing_tables(const Session& session, std::string_view repo, const Listing& listing,
                             const Environment* environment) {
  IoAdapter(session).register_record_batches("listing", listing_batches(repo, listing));

  TableBuilder markers({"repo", "path"});
  for (const std::string& path : listing.markers) markers.add(repo, view(path));
  markers.register_as(session, "markers");

  TableBuilder problems({"repo", "path", "severity", "code", "message", "source"});
  for (const SkippedEntry& entry : listing.skipped) {
    problems.add(repo, view(entry.path), entry.code == "unreadable-folder" ? "error" : "info",
                 view(entry.code), view(entry.message), "list");
  }
  if (environment != nullptr) {
    for (const SkippedEntry& entry : environment->problems()) {
      problems.add(repo, view(entry.path), "warning", view(entry.code), view(entry.message),
                   "environment");
    }
  }
  problems.register_as(session, "listing_problems");
}

}  // namespace alluvium::code
