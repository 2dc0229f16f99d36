#include "cli/graphml.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

namespace alluvium::cli {
namespace {

struct Attribute {
  std::string_view of;  // node or edge
  std::string_view name;
  std::string_view type;
};

constexpr std::array kAttributes = {
    Attribute{"node", "repo", "string"},   Attribute{"node", "kind", "string"},
    Attribute{"node", "name", "string"},   Attribute{"node", "path", "string"},
    Attribute{"edge", "kind", "string"},   Attribute{"edge", "confidence", "double"},
    Attribute{"edge", "origin", "string"},
};

constexpr std::string_view kNodes =
    "SELECT n.node_id, n.repo, n.kind, n.name, f.path FROM nodes n "
    "JOIN files f ON f.repo = n.repo AND f.file_id = n.file_id";
constexpr std::string_view kEdges =
    "SELECT edge_id, src, dst, kind, CAST(confidence AS VARCHAR) AS confidence, origin FROM edges";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' && c != '\t') {
          out += "\xEF\xBF\xBD";
        } else {
          out += c;
        }
    }
  }
  return out;
}

// The values of `row` from the column `first` on, those of the attributes of `of` in their order.
std::string data(const RecordBatch& batch, int first, std::string_view of, std::int64_t row) {
  std::string text;
  for (const Attribute& attribute : kAttributes) {
    if (attribute.of != of) continue;
    const ColumnView column = batch.column(first++);
    if (column.is_null(row)) continue;
    text += fmt::format(R"(<data key="{}_{}">{}</data>)", of, attribute.name,
                        escaped(column.bytes(row)));
  }
  return text;
}

}  // namespace

void write_graphml(const Session& session, Output& output, const Interrupt& interrupt) {
  output.write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
  for (const Attribute& attribute : kAttributes) {
    output.write(
        fmt::format("  <key id=\"{0}_{1}\" for=\"{0}\" attr.name=\"{1}\" attr.type=\"{2}\"/>\n",
                    attribute.of, attribute.name, attribute.type));
  }
  output.write("  <graph edgedefault=\"directed\">\n");
  const auto each = [&](std::string_view query, const auto& line) {
    RecordBatchReader reader = session.sql(query, {}, interrupt).stream(interrupt);
    while (const auto batch = reader.next()) {
      for (std::int64_t row = 0; row < batch->row_count(); ++row) output.write(line(*batch, row));
    }
  };
  each(kNodes, [](const RecordBatch& batch, std::int64_t row) {
    return fmt::format("    <node id=\"{}\">{}</node>\n", batch.column(0).bytes(row),
                       data(batch, 1, "node", row));
  });
  each(kEdges, [](const RecordBatch& batch, std::int64_t row) {
    return fmt::format("    <edge id=\"{}\" source=\"{}\" target=\"{}\">{}</edge>\n",
                       batch.column(0).bytes(row), batch.column(1).bytes(row),
                       batch.column(2).bytes(row), data(batch, 3, "edge", row));
  });
  output.write("  </graph>\n</graphml>\n");
}

}  // namespace alluvium::cli
