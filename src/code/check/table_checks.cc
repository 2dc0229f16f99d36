#include "code/check/table_checks.h"

#include <algorithm>
#include <iterator>

namespace alluvium::code {
namespace {

using Names = std::vector<std::string>;

/// A column of the relation `t`, with its own name.
std::string of_t(std::string_view column) { return "t.\"" + std::string(column) + "\""; }

std::string list_of(const Names& columns) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + of_t(column);
  return list;
}

/// The columns that tell a row, and then `more`.
Names shown_columns(const Dataset& dataset, const Names& more) {
  Names names = {"repo"};
  for (const std::string_view key : dataset.key) names.emplace_back(key);
  for (const std::string& name : more) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

TableCheck key_check(const Dataset& dataset) {
  Names shown = shown_columns(dataset, {});
  const std::string key = list_of(shown);
  std::string name;
  for (const std::string_view column : dataset.key) {
    name += (name.empty() ? "" : ", ") + std::string(column);
  }
  shown.emplace_back("rows");
  return {.kind = "key",
          .meaning = "several rows have one " + name,
          .others = {},
          .query = "SELECT " + key + ", count(*) AS \"rows\" FROM " + std::string(dataset.name) +
                   " t GROUP BY " + key + " HAVING count(*) > 1",
          .shown = std::move(shown)};
}

TableCheck reference_check(const Dataset& dataset, const Column& column) {
  const std::string target(column.found_in->dataset);
  Names shown = shown_columns(dataset, {std::string(column.name)});
  return {.kind = "reference",
          .meaning = std::string(column.name) + " is not in " + target + "." +
                     std::string(column.found_in->column),
          .others = {column.found_in->dataset},
          // The table itself is the larger side, and the one that streams.
          .query = "SELECT " + list_of(shown) + " FROM (SELECT repo, \"" +
                   std::string(column.found_in->column) + "\" AS id FROM " + target +
                   ") target RIGHT ANTI JOIN (SELECT * FROM " + std::string(dataset.name) +
                   " WHERE \"" + std::string(column.name) + "\" IS NOT NULL) t ON target.repo = " +
                   "t.repo AND target.id = " + of_t(column.name),
          .shown = std::move(shown)};
}

TableCheck span_check(const Dataset& dataset, const Column& column) {
  Names shown =
      shown_columns(dataset, {"file_id", std::string(column.name), std::string(column.span_end)});
  const std::string start = of_t(column.name);
  const std::string end = of_t(column.span_end);
  const std::string columns = list_of(shown);
  shown.emplace_back("size_bytes");
  return {.kind = "span",
          .meaning = std::string(column.name) + " to " + std::string(column.span_end) +
                     " is no part of the file",
          .others = {"files"},
          // A span is there as a whole or not at all.
          .query = "SELECT " + columns +
                   ", f.size_bytes FROM (SELECT repo AS file_repo, file_id AS " +
                   "id, size_bytes FROM files) f JOIN " + std::string(dataset.name) +
                   " t ON f.file_repo = t.repo AND f.id = t.file_id WHERE (" + start +
                   " IS NULL) <> (" + end + " IS NULL) OR " + start + " < 0 OR " + start + " > " +
                   end + " OR " + end + " > f.size_bytes",
          .shown = std::move(shown)};
}

const Column& column_of(const Dataset& dataset, std::string_view name) {
  return *std::ranges::find(dataset.columns, name, &Column::name);
}

/// `differs` compares the column with `in_file`, what the file has at the span.
TableCheck text_check(const Dataset& dataset, const Column& column, std::string_view written_at,
                      std::string_view differs) {
  const std::string start = of_t(written_at);
  const std::string end = of_t(column_of(dataset, written_at).span_end);
  Names shown = shown_columns(dataset, {std::string(column.name), std::string(written_at)});
  const std::string columns = list_of(shown);
  shown.emplace_back("path");
  shown.emplace_back("in_file");
  return {.kind = "text",
          .meaning = std::string(column.name) + " is not what the file has there",
          .others = {},
          .query = "SELECT * FROM (SELECT " + columns + ", f.path, text_at(f.path, " + start +
                   ", " + end + ") AS in_file FROM unchanged_files f JOIN " +
                   std::string(dataset.name) + " t ON f.file_id = t.file_id) WHERE " +
                   std::string(differs),
          .shown = std::move(shown)};
}

/// `text` without white space, nor the backslashes that join lines.
std::string packed(const std::string& text) {
  return R"(regexp_replace()" + text + R"(, '[\s\\]+', '', 'g'))";
}

/// Whether a text that is shown short differs from what is there. What has comments is not
/// compared: the text is without them.
std::string differs_in_short(const std::string& column) {
  return "strpos(in_file, '#') = 0 AND NOT starts_with(" + packed("in_file") + ", " +
         packed(column) + ")";
}

/// The items of a list of texts as rows, with the key of the row that they are of.
class TextItems {
 public:
  TextItems(const Dataset& dataset, const Column& column) : rows_(query(dataset, column)) {
    items_.name = rows_;
    items_.key = dataset.key;
    items_.columns = {{.name = "text", .type = utf8(), .nullable = false, .comment = {}},
                      {.name = "bstart", .type = int64(), .nullable = false, .comment = {}},
                      {.name = "bend", .type = int64(), .nullable = false, .comment = {}}};
    items_.columns[0].written_short_at = "bstart";
    items_.columns[1].span_end = "bend";
  }
  TextItems(const TextItems&) = delete;
  TextItems& operator=(const TextItems&) = delete;

  /// A dataset whose name is the query of its rows.
  [[nodiscard]] const Dataset& dataset() const { return items_; }

 private:
  static std::string query(const Dataset& dataset, const Column& column) {
    std::string columns = "repo, file_id";
    for (const std::string_view key : dataset.key) columns += ", " + std::string(key);
    return "(SELECT " + columns +
           ", item['text'] AS text, item['bstart'] AS bstart, item['bend'] AS bend FROM (SELECT " +
           columns + ", unnest(\"" + std::string(column.name) + "\") AS item FROM " +
           std::string(dataset.name) + "))";
  }

  std::string rows_;
  Dataset items_{};
};

/// What holds for the values of single columns.
std::vector<TableCheck> column_checks(const Dataset& dataset) {
  std::vector<TableCheck> checks;
  for (const Column& column : dataset.columns) {
    if (column.found_in) checks.push_back(reference_check(dataset, column));
    if (!column.span_end.empty()) checks.push_back(span_check(dataset, column));
  }
  return checks;
}

void append(std::vector<TableCheck>& checks, std::vector<TableCheck> more) {
  std::ranges::move(more, std::back_inserter(checks));
}

}  // namespace

std::vector<TableCheck> table_checks(const Dataset& dataset) {
  std::vector<TableCheck> checks;
  if (!dataset.key.empty()) checks.push_back(key_check(dataset));
  append(checks, column_checks(dataset));
  for (const Column& column : dataset.columns) {
    if (column.items_are_written_short) {
      append(checks, column_checks(TextItems(dataset, column).dataset()));
    }
  }
  return checks;
}

std::vector<TableCheck> text_checks(const Dataset& dataset) {
  std::vector<TableCheck> checks;
  for (const Column& column : dataset.columns) {
    const std::string quoted = "\"" + std::string(column.name) + "\"";
    if (!column.written_at.empty()) {
      checks.push_back(text_check(dataset, column, column.written_at, "in_file <> " + quoted));
    }
    if (!column.written_short_at.empty()) {
      checks.push_back(
          text_check(dataset, column, column.written_short_at, differs_in_short(quoted)));
    }
    if (column.items_are_written_short) {
      append(checks, text_checks(TextItems(dataset, column).dataset()));
    }
  }
  return checks;
}

}  // namespace alluvium::code
