#include <fmt/format.h>

#include <set>
#include <string>

#include "cli/cell.h"
#include "cli/row_writer.h"

namespace alluvium::cli {
namespace {

// Objects, each on its own line, with or without the brackets of an array around them.
class JsonWriter final : public RowWriter {
 public:
  JsonWriter(Output& output, bool array) : output_(output), array_(array) {}

  void begin(const std::vector<PrintableColumn>& columns) override {
    columns_ = columns;
    // A join may deliver two columns of one name, of which an object could keep only one.
    std::set<std::string> taken;
    for (const PrintableColumn& column : columns_) {
      std::string name = column.name;
      for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{}_{}", column.name, n);
      std::string& key = keys_.emplace_back();
      append_json_string(key, name);
      key.push_back(':');
    }
    if (array_) output_.write("[");
  }

  void rows(const RecordBatch& batch) override {
    std::vector<ColumnView> views;
    views.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      views.push_back(batch.column(static_cast<int>(i)));
    }
    std::string line;
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      line = array_ ? (any_ ? ",\n{" : "\n{") : "{";
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i > 0) line.push_back(',');
        line += keys_[i];
        append_json(line, views[i], columns_[i].type, row);
      }
      line += array_ ? "}" : "}\n";
      output_.write(line);
      any_ = true;
    }
    if (!array_) output_.flush();  // A line is complete: let whoever follows the stream have it.
  }

  void end() override {
    if (array_) output_.write(any_ ? "\n]\n" : "]\n");
    output_.flush();
  }

 private:
  Output& output_;
  bool array_;
  bool any_ = false;
  std::vector<PrintableColumn> columns_;
  std::vector<std::string> keys_;
};

}  // namespace

std::unique_ptr<RowWriter> make_json_writer(Output& output) {
  return std::make_unique<JsonWriter>(output, true);
}

std::unique_ptr<RowWriter> make_ndjson_writer(Output& output) {
  return std::make_unique<JsonWriter>(output, false);
}

}  // namespace alluvium::cli
