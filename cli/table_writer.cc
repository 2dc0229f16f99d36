#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "cli/cell.h"
#include "cli/row_writer.h"
#include "cli/table_layout.h"
#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

// The first rows decide the widths, so that a result of any size is drawn in bounded memory.
constexpr std::size_t kRowsForLayout = 1000;

class TableWriter final : public RowWriter {
 public:
  TableWriter(Output& output, const Terminal& terminal) : output_(output), terminal_(terminal) {}

  void begin(const std::vector<PrintableColumn>& columns) override {
    columns_ = columns;
    is_plan_ = columns.size() == 2 && columns[0].name == "plan_type" && columns[1].name == "plan";
  }

  void rows(const RecordBatch& batch) override {
    if (is_plan_) {
      draw_plans(batch);
      return;
    }
    std::vector<ColumnView> views;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      views.push_back(batch.column(static_cast<int>(i)));
    }
    std::string text;
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      std::vector<TableCell> cells;
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        text.clear();
        const bool null = views[i].is_null(row);
        if (!null) append_text(text, views[i], columns_[i].type, row);
        cells.push_back({null ? "NULL" : visible(text), null});
      }
      ++count_;
      if (layout_) {
        output_.write(layout_->row(cells));
      } else {
        first_.push_back(std::move(cells));
        if (first_.size() == kRowsForLayout) draw_first();
      }
    }
  }

  void end() override {
    if (columns_.empty() || is_plan_) {
      output_.flush();
      return;
    }
    if (!layout_) draw_first();
    output_.write(layout_->foot());
    output_.write(fmt::format("({} row{})\n", count_, count_ == 1 ? "" : "s"));
    output_.flush();
  }

 private:
  // What EXPLAIN tells is a text of many lines, which no cell can hold.
  void draw_plans(const RecordBatch& batch) {
    const ColumnView types = batch.column(0);
    const ColumnView plans = batch.column(1);
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      output_.write(fmt::format("{}\n", visible(types.bytes(row))));
      const std::string plan = visible(plans.bytes(row), /*keep_lines=*/true);
      for (std::size_t start = 0; start < plan.size();) {
        const std::size_t end = std::min(plan.find('\n', start), plan.size());
        output_.write(fmt::format("  {}\n", plan.substr(start, end - start)));
        start = end + 1;
      }
    }
  }

  void draw_first() {
    std::vector<TableLayout::Column> columns;
    for (const PrintableColumn& column : columns_) {
      columns.push_back({visible(column.name), column.numeric});
    }
    layout_.emplace(std::move(columns), first_, terminal_);
    output_.write(layout_->head());
    for (const auto& cells : first_) output_.write(layout_->row(cells));
    first_.clear();
  }

  Output& output_;
  Terminal terminal_;
  std::vector<PrintableColumn> columns_;
  std::vector<std::vector<TableCell>> first_;
  std::optional<TableLayout> layout_;
  std::uint64_t count_ = 0;
  bool is_plan_ = false;
};

}  // namespace

std::unique_ptr<RowWriter> make_table_writer(Output& output, const Terminal& terminal) {
  return std::make_unique<TableWriter>(output, terminal);
}

}  // namespace alluvium::cli
