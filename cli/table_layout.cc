#include "cli/table_layout.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

constexpr int kNarrowest = 6;

}  // namespace

TableLayout::TableLayout(std::vector<Column> columns,
                         const std::vector<std::vector<TableCell>>& rows, const Terminal& terminal)
    : columns_(std::move(columns)), terminal_(terminal) {
  for (const Column& column : columns_) widths_.push_back(std::max(1, display_width(column.title)));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      widths_[i] = std::max(widths_[i], display_width(row[i].text));
    }
  }
  // Each column has a blank on both sides and a line after it.
  if (terminal_.is_terminal) fit(terminal_.width - 1 - 3 * static_cast<int>(columns_.size()));
}

std::string TableLayout::draw(std::vector<Column> columns,
                              const std::vector<std::vector<TableCell>>& rows,
                              const Terminal& terminal) {
  const TableLayout layout(std::move(columns), rows, terminal);
  std::string out = layout.head();
  for (const auto& cells : rows) out += layout.row(cells);
  return out + layout.foot();
}

// Lowers the widest columns to one common width, as much as needed; the others stay whole.
void TableLayout::fit(int room) {
  const auto total = [&](int widest) {
    int sum = 0;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      sum += columns_[i].right ? widths_[i] : std::min(widths_[i], widest);
    }
    return sum;
  };
  int widest = 0;
  for (const int width : widths_) widest = std::max(widest, width);
  while (widest > kNarrowest && total(widest) > room) --widest;
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    if (!columns_[i].right) widths_[i] = std::min(widths_[i], widest);
  }
}

std::string TableLayout::line(std::string_view left, std::string_view middle,
                              std::string_view right) const {
  const bool box = terminal_.unicode;
  std::string out(box ? left : "+");
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    if (i > 0) out += box ? middle : "+";
    for (int n = 0; n < widths_[i] + 2; ++n) out += box ? "─" : "-";
  }
  out += box ? right : "+";
  out += "\n";
  return out;
}

void TableLayout::append_cell(std::string& out, std::string_view text, std::size_t column,
                              std::string_view style) const {
  const bool right = columns_[column].right;
  const std::string shown = terminal_.is_terminal && !right
                                ? shortened(text, widths_[column], terminal_.unicode)
                                : std::string(text);
  const std::string padding(
      static_cast<std::size_t>(std::max(0, widths_[column] - display_width(shown))), ' ');
  out += " ";
  if (right) out += padding;
  if (terminal_.color && !style.empty()) {
    out.append(style).append(shown).append("\x1b[0m");
  } else {
    out += shown;
  }
  if (!right) out += padding;
  out += terminal_.unicode ? " │" : " |";
}

std::string TableLayout::head() const {
  std::string out = line("┌", "┬", "┐");
  out += terminal_.unicode ? "│" : "|";
  for (std::size_t i = 0; i < columns_.size(); ++i)
    append_cell(out, columns_[i].title, i, "\x1b[1m");
  out += "\n";
  out += line("├", "┼", "┤");
  return out;
}

std::string TableLayout::row(const std::vector<TableCell>& cells) const {
  std::string out = terminal_.unicode ? "│" : "|";
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    append_cell(out, cells[i].text, i, cells[i].null ? "\x1b[2m" : "");
  }
  out += "\n";
  return out;
}

std::string TableLayout::foot() const { return line("└", "┴", "┘"); }

}  // namespace alluvium::cli
