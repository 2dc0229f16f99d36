#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"

namespace alluvium::cli {

/// One cell of a table, already safe to show.
struct TableCell {
  std::string text;
  bool null = false;
};

/// The frame of a table: widths, lines and rows, drawn with box characters where the locale has
/// them.
class TableLayout {
 public:
  struct Column {
    std::string title;
    bool right = false;  ///< Aligned to the right, and never shortened: a cut number is a lie.
  };

  /// Fits the columns to `rows`, and to the terminal's width if it is one. Rows that are drawn
  /// later may be wider.
  TableLayout(std::vector<Column> columns, const std::vector<std::vector<TableCell>>& rows,
              const Terminal& terminal);

  /// The whole of a small table.
  static std::string draw(std::vector<Column> columns,
                          const std::vector<std::vector<TableCell>>& rows,
                          const Terminal& terminal);

  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string row(const std::vector<TableCell>& cells) const;
  [[nodiscard]] std::string foot() const;

 private:
  void fit(int room);
  [[nodiscard]] std::string line(std::string_view left, std::string_view middle,
                                 std::string_view right) const;
  void append_cell(std::string& out, std::string_view text, std::size_t column,
                   std::string_view style) const;

  std::vector<Column> columns_;
  std::vector<int> widths_;
  Terminal terminal_;
};

}  // namespace alluvium::cli
