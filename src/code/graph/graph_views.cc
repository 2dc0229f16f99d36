#include "code/graph/graph_views.h"

#include <algorithm>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/catalog/schema_alignment.h"
#include "code/datasets/published_columns.h"
#include "code/datasets/sql_text.h"

namespace alluvium::code {
namespace {

Dataset view(std::string_view name, std::string_view meaning, std::vector<Column> columns,
             std::vector<std::string_view> key, std::vector<std::string_view> inputs) {
  return {.name = name,
          .meaning = meaning,
          .columns = std::move(columns),
          .key = std::move(key),
          .inputs = std::move(inputs),
          .maker_version = 1,
          .query = sql_text(name),
          .intermediate = false};
}

/// The rows of `view`, whose columns have their declared comments.
DataFrame commented(const DataFrame& rows, const Dataset& view) {
  Schema schema = rows.schema();
  for (Field& field : schema.fields) {
    const auto column = std::ranges::find(view.columns, field.name, &Column::name);
    field.metadata = {{"comment", std::string(column->comment)}};
  }
  return align_table_to_schema(rows, schema).frame;
}

}  // namespace

std::span<const Dataset> graph_views() {
  static const std::vector<Dataset> kViews = {
      view("nodes", "A definition, or a file: the code at its top level", nodes_columns(),
           {"node_id"}, {"definitions", "files"}),
      view("edges", "How one node depends on another", edges_columns(), {"edge_id"},
           {"refs", "candidates", "calls", "definitions", "relations", "imports_resolved"}),
      view("props", "A property of a node or an edge, beside those of its own view",
           props_columns(), {"owner_id", "key"}, {"definitions", "files", "edges"}),
      view("imports_across", "A module of another repository of the lake that an import leads to",
           imports_across_columns(), {"import_id", "other_file_id"},
           {"imports_resolved", "modules", "exports"})};
  return kViews;
}

void register_graph_views(const Session& session, const Interrupt& interrupt,
                          std::optional<std::uint64_t> staged_bytes) {
  IoAdapter adapter = IoAdapter::without_snapshots(session);
  for (const Dataset& view : graph_views()) {
    if (!std::ranges::all_of(view.inputs,
                             [&](std::string_view input) { return session.has_table(input); })) {
      continue;
    }
    DataFrame rows = commented(session.sql(view.query, {}, interrupt), view);
    if (staged_bytes && view.name == "edges") rows = rows.stage(*staged_bytes, interrupt);
    adapter.register_view(view.name, rows);
  }
}

std::span<const GraphKind> node_kinds() {
  static const std::vector<std::string_view> kOfDefinitions = {
      "name", "qualified_name", "qualname",    "ordinal",
      "line", "column",         "name_bstart", "name_bend"};
  const auto definition = [](std::string_view name, std::vector<std::string_view> required) {
    required.insert(required.begin(), kOfDefinitions.begin(), kOfDefinitions.end());
    return GraphKind{name, std::move(required)};
  };
  static const std::vector<GraphKind> kKinds = {
      {"file", {"path", "language", "content_hash"}},
      definition("class", {"body_hash"}),
      definition("function", {"body_hash", "signature", "is_async"}),
      definition("method", {"body_hash", "signature", "is_async"}),
      definition("parameter", {}),
      definition("variable", {})};
  return kKinds;
}

std::span<const GraphKind> edge_kinds() {
  static const std::vector<GraphKind> kKinds = {{"calls", {"evidence", "line"}},
                                                {"references", {"evidence", "line"}},
                                                {"inherits", {"evidence"}},
                                                {"decorated_by", {"evidence"}},
                                                {"constructs", {"evidence"}},
                                                {"overridden_by", {"evidence"}},
                                                {"contains", {"evidence", "line"}},
                                                {"protocol", {"evidence", "line"}},
                                                {"fixture", {"evidence"}},
                                                {"set_up_by", {"evidence"}},
                                                {"same_name", {"evidence", "line"}},
                                                {"imports", {"evidence", "line"}},
                                                {"picks", {"evidence"}}};
  return kKinds;
}

}  // namespace alluvium::code
