#include "code/publish/engine_script.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "code/graph/graph_views.h"
#include "code/publish/partial_run.h"
#include "code/publish/table_pins.h"

namespace alluvium::code {
namespace {

std::string enclosed(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

/// A text literal of Spark. `$` is written as an escape: `${...}` is replaced before the statement
/// is parsed.
std::string spark_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    switch (c) {
      case '\\':
      case '\'':
        out += '\\';
        out += c;
        break;
      case '\n':
        out += "\\n";
        break;
      case '$':
        out += "\\u0024";
        break;
      default:
        out += c;
    }
  }
  return out + "'";
}

/// A text literal of DuckDB, in which line breaks stand for themselves, and so could end a
/// statement for who splits the script at them.
std::string duckdb_literal(std::string_view text) {
  std::string out = enclosed(text, '\'');
  for (std::size_t at = 0; (at = out.find('\n', at)) != std::string::npos;) {
    out.replace(at, 1, "' || chr(10) || '");
  }
  return out;
}

/// A name may hold a line break, which would end a comment.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

/// The statement without the comments that have lines of their own.
std::string without_comments(std::string_view sql) {
  std::string out;
  while (!sql.empty()) {
    const std::string_view line = sql.substr(0, sql.find('\n'));
    sql.remove_prefix(std::min(line.size() + 1, sql.size()));
    if (!line.starts_with("--")) out.append("  ").append(line).append("\n");
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

/// What is different between the engines.
class Dialect {
 public:
  Dialect(Engine engine, const LakeLayout& lake) : engine_(engine), lake_(lake) {}

  [[nodiscard]] std::string_view usage() const {
    return engine_ == Engine::DuckDb
               ? "--   duckdb -cmd 'INSTALL delta; LOAD delta' -cmd '.read duckdb.sql'\n"
               : "--   spark-sql -i spark.sql, with Delta Lake's extension and catalog\n";
  }
  [[nodiscard]] std::string literal(std::string_view text) const {
    return engine_ == Engine::DuckDb ? duckdb_literal(text) : spark_literal(text);
  }
  [[nodiscard]] std::string rows_of(std::string_view table,
                                    std::optional<std::int64_t> version) const {
    const std::string uri = lake_.uri(table);
    if (engine_ == Engine::DuckDb) {
      return "SELECT * FROM delta_scan(" + literal(uri) +
             (version ? ", version => " + std::to_string(*version) : "") + ")";
    }
    return "SELECT * FROM delta." + enclosed(uri, '`') +
           (version ? " VERSION AS OF " + std::to_string(*version) : "");
  }
  [[nodiscard]] std::string_view union_of_rows() const {
    // An older pin may lack a column that was added since.
    return engine_ == Engine::DuckDb ? "UNION ALL BY NAME" : "UNION ALL";
  }
  [[nodiscard]] std::string view(std::string_view name, const std::string& query) const {
    const bool is_duckdb = engine_ == Engine::DuckDb;
    return std::string("\nCREATE OR REPLACE ") + (is_duckdb ? "VIEW " : "TEMPORARY VIEW ") +
           enclosed(name, is_duckdb ? '"' : '`') + " AS\n" + query + ";\n";
  }
  [[nodiscard]] std::string translated(std::string_view query) const {
    std::string sql = without_comments(query);
    if (engine_ == Engine::Spark) replace_all(sql, "array_to_string(", "array_join(");
    return sql;
  }

 private:
  Engine engine_;
  const LakeLayout& lake_;
};

std::string names_of(const Dialect& dialect, const std::vector<std::string>& repos) {
  std::string names;
  for (const std::string& repo : repos) {
    names += (names.empty() ? "" : ", ") + dialect.literal(repo);
  }
  return names;
}

}  // namespace

std::string engine_script(Engine engine, const LakeLayout& lake, std::int64_t runs_version,
                          const std::vector<Run>& current) {
  const Dialect dialect(engine, lake);
  std::string script = "-- The published tables of the lake " + one_line(lake.folder().string()) +
                       "\n-- as views, each repository at its current run. Rewritten by every run "
                       "of\n-- `alluvium index`, so read it again after one:\n" +
                       std::string(dialect.usage());
  std::vector<std::string> repos;
  for (const auto& [table, why] : left_out_tables(current)) {
    script += "-- No " + table + ": " + one_line(why) + "\n";
  }
  for (const Run& run : current) {
    script += "-- " + one_line(run.repo) + ": run " + run.run_id + " of " + run.finished_at + "\n";
    repos.push_back(run.repo);
  }
  const auto tables = pins_of(current);
  for (const auto& [table, pins] : tables) {
    std::string query;
    for (const auto& [version, pinned] : pins) {
      if (!query.empty()) query += "\n  " + std::string(dialect.union_of_rows()) + "\n";
      query += "  " + dialect.rows_of(table, version) + " WHERE repo IN (" +
               names_of(dialect, pinned) + ")";
    }
    script += dialect.view(table, query);
  }
  script += dialect.view("runs", "  " + dialect.rows_of("runs", runs_version));
  script += dialect.view("repos", "  " + dialect.rows_of("repos", std::nullopt) +
                                      " WHERE repo IN (" + names_of(dialect, repos) + ")");
  std::vector<std::string_view> made;
  for (const Dataset& view : graph_views()) {
    // A lake of before has no `relations`.
    if (std::ranges::all_of(view.inputs, [&](std::string_view input) {
          return tables.contains(std::string(input)) ||
                 std::ranges::find(made, input) != made.end();
        })) {
      script += dialect.view(view.name, dialect.translated(view.query));
      made.push_back(view.name);
    }
  }
  return script;
}

}  // namespace alluvium::code
