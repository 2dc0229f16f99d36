#include <algorithm>
#include <string>
#include <utility>

#include "cli/cell.h"
#include "cli/row_writer.h"

namespace alluvium::cli {
namespace {

void append_field(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out.push_back('"');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

class CsvWriter final : public RowWriter {
 public:
  explicit CsvWriter(Output& output) : output_(output) {}

  void begin(const std::vector<PrintableColumn>& columns) override {
    columns_ = columns;
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.push_back(',');
      append_field(line, columns_[i].name);
    }
    if (!columns_.empty()) output_.write(line + "\r\n");
  }

  void rows(const RecordBatch& batch) override {
    std::vector<ColumnView> views;
    views.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      views.push_back(batch.column(static_cast<int>(i)));
    }
    std::string line;
    std::string value;
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      line.clear();
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i > 0) line.push_back(',');
        if (views[i].is_null(row)) {
          // An empty line would be skipped by many readers.
          if (columns_.size() == 1) line += "\"\"";
          continue;
        }
        value.clear();
        append_text(value, views[i], columns_[i].type, row);
        append_field(line, value);
      }
      line += "\r\n";
      output_.write(line);
    }
  }

  void end() override { output_.flush(); }

 private:
  Output& output_;
  std::vector<PrintableColumn> columns_;
};

}  // namespace

std::unique_ptr<RowWriter> make_csv_writer(Output& output) {
  return std::make_unique<CsvWriter>(output);
}

}  // namespace alluvium::cli
