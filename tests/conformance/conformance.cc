#include "conformance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "alluvium/frame/arrow_c.h"
#include "alluvium/session/session.h"
#include "cell.h"
#include "samples.h"

namespace alluvium::conformance {
namespace {

constexpr std::size_t kRows = 13;
// What a query gives, as the engine casts it to text.
constexpr std::string_view kText = "SELECT CAST(r AS VARCHAR) FROM ({}) AS q(r)";

Session open(const FunctionSet& functions, std::size_t batch_size, std::size_t partitions) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = functions;
  profile.batch_size = batch_size;
  profile.target_partitions = partitions;
  profile.enable_information_schema = false;  // no snapshot at each registration
  return profile.open_session();
}

// The rows of `batch` from `begin` on, as arrays with an offset.
RecordBatch slice(const RecordBatch& batch, std::int64_t begin, std::int64_t length) {
  ArrowArray array;
  ArrowSchema schema;
  batch.export_to(&array, &schema);
  // In the columns: arrow-rs panics on a struct within a struct that has an offset.
  for (std::int64_t i = 0; i < array.n_children; ++i) {
    array.children[i]->offset += begin;
    array.children[i]->length = length;
    array.children[i]->null_count = -1;
  }
  array.length = length;
  return RecordBatch::import_from(&array, &schema);
}

// A struct's fields may be null in some rows where the plan of a table takes them from its first.
Field with_nulls(const Field& field) {
  if (field.type.id() != DataType::Id::Struct) return field;
  std::vector<Field> parts;
  for (Field part : field.type.children()) {
    part.nullable = true;
    parts.push_back(std::move(part));
  }
  return {.name = field.name, .type = struct_(std::move(parts)), .nullable = true};
}

// One way to call a function: an expression for each argument, and the values behind it.
struct Call {
  std::string label;
  std::vector<Sample> arguments;
};

template <typename Function>
bool is_variadic(const Function& function) {
  if constexpr (requires { function.variadic; }) {
    return function.variadic;
  } else {
    return false;
  }
}

// Each parameter in each of its types, the others in their first.
template <typename Function>
std::vector<Call> calls_of(const Function& function) {
  std::vector<std::vector<Sample>> samples;
  for (const Parameter& parameter : function.parameters) samples.push_back(samples_of(parameter));
  if (is_variadic(function)) samples.push_back(samples.back());
  std::vector<Call> calls;
  const auto call_with = [&](std::size_t count, std::size_t varied, std::size_t choice) {
    Call call;
    for (std::size_t i = 0; i < count; ++i) {
      call.arguments.push_back(samples[i][i == varied ? choice : 0]);
    }
    std::vector<std::string> types;
    for (const Sample& argument : call.arguments) types.push_back(argument.type);
    call.label = fmt::format("{}({})", function.name, fmt::join(types, ", "));
    calls.push_back(std::move(call));
  };
  std::size_t required = 0;
  for (const Parameter& parameter : function.parameters)
    required += parameter.default_value ? 0 : 1;
  for (std::size_t count = required; count < samples.size(); ++count) call_with(count, count, 0);
  for (std::size_t varied = 0; varied < samples.size(); ++varied) {
    for (std::size_t choice = varied == 0 ? 0 : 1; choice < samples[varied].size(); ++choice) {
      call_with(samples.size(), varied, choice);
    }
  }
  if (samples.empty()) call_with(0, 0, 0);
  return calls;
}

// The value of argument `index` in `row`: each argument walks through its values at its own pace.
const std::string& value_at(const Call& call, std::size_t index, std::size_t row) {
  const std::vector<std::string>& values = call.arguments[index].values;
  return values[(row * (index + 1) + index) % values.size()];
}

// A call's columns, registered in a session in some shape.
class Table {
 public:
  Table(const Session& session, const Call& call) : adapter_(session) {
    std::string rows;
    for (std::size_t row = 0; row < kRows; ++row) {
      rows += fmt::format("{}({}", row == 0 ? "" : ", ", row);
      for (std::size_t i = 0; i < call.arguments.size(); ++i) rows += ", " + value_at(call, i, row);
      rows += ")";
    }
    std::string columns = "id";
    for (std::size_t i = 0; i < call.arguments.size(); ++i) columns += fmt::format(", a{}", i);
    const DataFrame frame =
        session.sql(fmt::format("SELECT * FROM (VALUES {}) AS t({}) ORDER BY id", rows, columns));
    std::vector<Expr> loose;
    for (const Field& field : frame.schema().fields) {
      loose.push_back(col(field.name).conform_to(with_nulls(field)).alias(field.name));
    }
    batches_ = frame.select(loose).stream().read_all();
  }
  ~Table() { drop(); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // All rows in one batch or several.
  void whole() { put(batches_); }
  // The rows in batches of one, an empty one among them.
  void in_pieces() {
    std::vector<RecordBatch> pieces;
    for (const RecordBatch& batch : batches_) {
      pieces.push_back(slice(batch, 0, 0));
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        pieces.push_back(slice(batch, row, 1));
      }
    }
    put_partitions(std::move(pieces));
  }
  // The rows behind the first five, at an offset that is no multiple of eight.
  void sliced() {
    std::vector<RecordBatch> slices;
    for (const RecordBatch& batch : batches_) {
      const std::int64_t begin = std::min<std::int64_t>(5, batch.row_count());
      slices.push_back(slice(batch, begin, batch.row_count() - begin));
    }
    put(slices);
  }
  void empty() { put({slice(batches_.front(), 0, 0)}); }

 private:
  void drop() {
    if (std::exchange(registered_, false)) adapter_.deregister("t");
  }
  void put(std::vector<RecordBatch> batches) {
    drop();
    adapter_.register_record_batches("t", std::move(batches));
    registered_ = true;
  }

  // In turn to three partitions.
  void put_partitions(std::vector<RecordBatch> batches) {
    drop();
    std::vector<std::vector<RecordBatch>> partitions(3);
    for (std::size_t i = 0; i < batches.size(); ++i) partitions[i % 3].push_back(batches[i]);
    adapter_.register_record_batches("t", batches_.front().schema(), std::move(partitions));
    registered_ = true;
  }

  IoAdapter adapter_;
  std::vector<RecordBatch> batches_;
  bool registered_ = false;
};

class Suite {
 public:
  Suite(const FunctionSet& functions, const FunctionSet& session)
      : functions_(functions), session_(open(session, 8192, 1)), small_(open(session, 2, 4)) {}

  std::vector<std::string> run() {
    for (const ScalarFunction& function : functions_.scalars) check(function);
    for (const AggregateFunction& function : functions_.aggregates) check(function);
    for (const WindowFunction& function : functions_.windows) check(function);
    for (const TableFunction& function : functions_.tables) check_example(function, "{}");
    return std::move(lines_);
  }

 private:
  void report(std::string_view function, std::string_view rule, std::string_view what) {
    lines_.push_back(fmt::format("{}: {}: {}", function, rule, what));
  }

  void expect_equal(std::string_view function, std::string_view rule, const std::string& what,
                    const std::vector<std::string>& seen, const std::vector<std::string>& wanted) {
    if (seen == wanted) return;
    std::size_t row = 0;
    while (row < std::min(seen.size(), wanted.size()) && seen[row] == wanted[row]) ++row;
    const auto at = [&](const std::vector<std::string>& cells) {
      return row < cells.size() ? cells[row] : std::string("nothing");
    };
    report(function, rule,
           fmt::format("{}: {} values, {} wanted; row {} is {}, {} wanted", what, seen.size(),
                       wanted.size(), row, at(seen), at(wanted)));
  }

  // What a query of the function gives; a violation when it fails.
  std::optional<Column> ask(const Session& session, std::string_view function,
                            std::string_view rule, const std::string& query) {
    try {
      const DataFrame frame = session.sql(query);
      Column column = column_of(frame);
      check_field(function, query, frame.schema().fields.at(0), column);
      return column;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::InvalidQuery && accepts_refusal_) return std::nullopt;
      report(function, rule, fmt::format("{}: {}", query, error.what()));
      return std::nullopt;
    }
  }

  void check_field(std::string_view function, const std::string& query, const Field& planned,
                   const Column& column) {
    if (planned.type != column.field.type || planned.metadata != column.field.metadata) {
      report(function, "field",
             fmt::format("{}: planned {}, got {}", query, planned.type.to_string(),
                         column.field.type.to_string()));
    }
    const bool has_null =
        std::find(column.cells.begin(), column.cells.end(), "NULL") != column.cells.end();
    if (!planned.nullable && has_null) {
      report(function, "field", query + ": null where the plan says there is none");
    }
  }

  template <typename Function>
  static std::vector<std::string> arguments(const Function& function, const Call& call) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const Parameter& parameter = function.parameters[std::min(i, function.parameters.size() - 1)];
      out.push_back(parameter.constant ? value_at(call, i, 0) : fmt::format("a{}", i));
    }
    return out;
  }

  template <typename Function>
  static std::string expression(const Function& function, const Call& call) {
    return fmt::format("{}({})", function.name, fmt::join(arguments(function, call), ", "));
  }

  // The call with the values of one row written down.
  template <typename Function>
  static std::string constants(const Function& function, const Call& call, std::size_t row) {
    std::vector<std::string> out = arguments(function, call);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == fmt::format("a{}", i)) out[i] = value_at(call, i, row);
    }
    return fmt::format("{}({})", function.name, fmt::join(out, ", "));
  }

  void check(const ScalarFunction& function) {
    std::map<std::string, std::vector<std::string>> by_layout;
    for (const Call& call : calls_of(function)) {
      // A combination of types may be refused, but for the first.
      accepts_refusal_ = !by_layout.empty();
      check_call(function, call, by_layout);
    }
    accepts_refusal_ = false;
    check_refusals(function);
    check_example(function, "SELECT CAST({} AS VARCHAR)");
  }

  void check_call(const ScalarFunction& function, const Call& call,
                  std::map<std::string, std::vector<std::string>>& by_layout) {
    const std::optional<Column> whole = check_shapes(function, call);
    if (!whole) return;
    for (std::size_t row = 0; row < kRows; ++row) {
      const auto constant = ask(session_, function.name, "scalars",
                                "SELECT " + constants(function, call, row) + " AS r");
      if (constant) {
        expect_equal(function.name, "scalars", constants(function, call, row), constant->cells,
                     {whole->cells[row]});
      }
    }
    check_layouts(function.name, call, *whole, by_layout);
    check_mixed(function, call);
  }

  // The values of a call, the same from other batches, partitions and offsets; none where there are
  // none to compare.
  std::optional<Column> check_shapes(const ScalarFunction& function, const Call& call) {
    const std::string query =
        fmt::format("SELECT {} AS r FROM t ORDER BY id", expression(function, call));
    const std::string& name = function.name;
    Table table(session_, call);
    table.whole();
    std::optional<Column> whole = ask(session_, name, "rows", query);
    if (!whole) return std::nullopt;
    if (whole->cells.size() != kRows) {
      report(name, "rows", fmt::format("{}: {} rows", call.label, whole->cells.size()));
      return std::nullopt;
    }
    if (function.volatility == Volatility::Volatile) return std::nullopt;
    table.in_pieces();
    if (const auto pieces = ask(session_, name, "batches", query)) {
      expect_equal(name, "batches", call.label, pieces->cells, whole->cells);
    }
    table.sliced();
    if (const auto sliced = ask(session_, name, "slices", query)) {
      expect_equal(name, "slices", call.label, sliced->cells,
                   {whole->cells.begin() + 5, whole->cells.end()});
    }
    table.empty();
    if (const auto none = ask(session_, name, "rows", query)) {
      expect_equal(name, "rows", call.label + " of no rows", none->cells, {});
    }
    Table elsewhere(small_, call);
    elsewhere.in_pieces();
    if (const auto pieces = ask(small_, name, "batches", query)) {
      expect_equal(name, "batches", call.label + " in partitions", pieces->cells, whole->cells);
    }
    return whole;
  }

  // Text in another layout is the same text.
  void check_layouts(const std::string& function, const Call& call, const Column& whole,
                     std::map<std::string, std::vector<std::string>>& by_layout) {
    std::string family = call.label;
    for (const char* layout :
         {"Dictionary(Int32, Utf8)", "LargeUtf8", "Utf8View", "LargeBinary", "BinaryView"}) {
      const std::string plain =
          std::string(layout).find("Utf8") != std::string::npos ? "Utf8" : "Binary";
      for (std::size_t at; (at = family.find(layout)) != std::string::npos;) {
        family.replace(at, std::string(layout).size(), plain);
      }
    }
    const auto [known, first] = by_layout.emplace(family, whole.cells);
    if (!first) expect_equal(function, "layouts", call.label, whole.cells, known->second);
  }

  // One argument a column, the others constants of the first row.
  void check_mixed(const ScalarFunction& function, const Call& call) {
    if (call.arguments.size() < 2) return;
    Table table(session_, call);
    table.whole();
    for (std::size_t column = 0; column < call.arguments.size(); ++column) {
      std::vector<std::string> mixed = arguments(function, call);
      if (mixed[column] != fmt::format("a{}", column)) continue;
      std::vector<std::string> wanted;
      for (std::size_t i = 0; i < mixed.size(); ++i) {
        if (i != column) mixed[i] = value_at(call, i, 0);
      }
      const auto seen = ask(session_, function.name, "scalars",
                            fmt::format("SELECT {}({}) AS r FROM t ORDER BY id", function.name,
                                        fmt::join(mixed, ", ")));
      if (!seen) continue;
      for (std::size_t row = 0; row < kRows; ++row) {
        std::vector<std::string> folded = mixed;
        folded[column] = value_at(call, column, row);
        const auto one =
            ask(session_, function.name, "scalars",
                fmt::format("SELECT {}({}) AS r", function.name, fmt::join(folded, ", ")));
        if (one && one->cells.size() == 1) wanted.push_back(one->cells[0]);
      }
      expect_equal(function.name, "scalars", call.label + " with constants", seen->cells, wanted);
    }
  }

  template <typename Function>
  void check_refusals(const Function& function) {
    const std::vector<Call> calls = calls_of(function);
    const Call& call = calls.back();
    std::vector<std::string> good;
    for (const Sample& argument : call.arguments) good.push_back(argument.values.front());
    const auto refused = [&](std::string_view rule, const std::vector<std::string>& given) {
      const std::string query = fmt::format("SELECT {}({})", function.name, fmt::join(given, ", "));
      try {
        column_of(session_.sql(query));
        report(function.name, rule, query + " was taken");
      } catch (const Error& error) {
        if (error.code() != ErrorCode::InvalidQuery) {
          report(function.name, rule, fmt::format("{}: {}", query, error.what()));
        }
      }
    };
    if (!is_variadic(function)) {
      std::vector<std::string> more = good;
      more.emplace_back("NULL");
      refused("arity", more);
    }
    std::size_t required = 0;
    for (const Parameter& parameter : function.parameters) {
      required += parameter.default_value ? 0 : 1;
    }
    if (required > 0) {
      refused("arity", std::vector<std::string>(good.begin(),
                                                good.begin() + static_cast<long>(required) - 1));
    }
    for (std::size_t i = 0; i < function.parameters.size(); ++i) {
      const std::string misfit = misfit_of(function.parameters[i]);
      if (misfit.empty()) continue;
      std::vector<std::string> wrong = good;
      wrong[i] = misfit;
      refused("types", wrong);
    }
  }

  template <typename Function>
  void check_example(const Function& function, std::string_view wrap) {
    const FunctionDocumentation& documentation = function.documentation;
    if (documentation.description.empty() || documentation.example.empty()) {
      report(function.name, "example", "no description, or no example");
      return;
    }
    const std::string query = fmt::format(fmt::runtime(wrap), documentation.example);
    const auto seen = ask(session_, function.name, "example", query);
    if (!seen || documentation.example_result.empty()) return;
    std::string text = fmt::format("{}", fmt::join(seen->cells, " "));
    text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
    if (text != documentation.example_result) {
      report(
          function.name, "example",
          fmt::format("{} gives {}, documented is {}", query, text, documentation.example_result));
    }
  }

  void check(const AggregateFunction& function) {
    bool first = true;
    for (const Call& call : calls_of(function)) {
      accepts_refusal_ = !std::exchange(first, false);
      check_call(function, call);
    }
    accepts_refusal_ = false;
    check_refusals(function);
    check_example(function, kText);
  }

  // What one pass over the rows that `where` keeps gives.
  std::optional<std::string> reference(const std::string& function, const std::string& expression,
                                       const std::string& where) {
    const auto one =
        ask(session_, function, "rows",
            fmt::format("SELECT {} AS r FROM (SELECT * FROM t ORDER BY id) AS t WHERE {}",
                        expression, where));
    if (!one || one->cells.size() != 1) return std::nullopt;
    return one->cells[0];
  }

  void check_call(const AggregateFunction& function, const Call& call) {
    const std::string& name = function.name;
    const std::string expression = Suite::expression(function, call);
    Table table(session_, call);
    table.whole();
    const auto all = reference(name, expression, "true");
    if (!all) return;
    Table elsewhere(small_, call);
    elsewhere.in_pieces();
    if (const auto merged = ask(small_, name, "merges", "SELECT " + expression + " AS r FROM t")) {
      expect_equal(name, "merges", call.label, merged->cells, {*all});
    }
    check_groups(name, call, expression);
    check_frames(name, call, expression);
    check_distinct(function, call);
  }

  void check_groups(const std::string& name, const Call& call, const std::string& expression) {
    std::vector<std::string> wanted;
    for (int group = 0; group < 3; ++group) {
      const auto one = reference(name, expression, fmt::format("id % 3 = {}", group));
      if (one) wanted.push_back(*one);
    }
    for (const Session* session : {&session_, &small_}) {
      const auto groups =
          ask(*session, name, "groups",
              fmt::format("SELECT {} AS r FROM t GROUP BY id % 3 ORDER BY id % 3", expression));
      if (groups) expect_equal(name, "groups", call.label, groups->cells, wanted);
      const auto filtered =
          ask(*session, name, "groups",
              fmt::format("SELECT {} FILTER (WHERE id % 3 = 1) AS r FROM t GROUP BY 1 = 1",
                          expression));
      if (filtered)
        expect_equal(name, "groups", call.label + " filtered", filtered->cells, {wanted.at(1)});
    }
  }

  void check_frames(const std::string& name, const Call& call, const std::string& expression) {
    for (const auto& [frame, low, high] :
         {std::tuple("ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING", -2, 1),
          std::tuple("ROWS BETWEEN 4 PRECEDING AND 2 PRECEDING", -4, -2),
          std::tuple("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", -100, 0)}) {
      std::vector<std::string> wanted;
      for (int row = 0; row < static_cast<int>(kRows); ++row) {
        const auto one =
            reference(name, expression, fmt::format("id BETWEEN {} AND {}", row + low, row + high));
        if (one) wanted.push_back(*one);
      }
      const auto seen = ask(session_, name, "frames",
                            fmt::format("SELECT {} OVER (ORDER BY id {}) AS r FROM t ORDER BY id",
                                        expression, frame));
      if (seen) expect_equal(name, "frames", call.label + " " + frame, seen->cells, wanted);
    }
  }

  void check_distinct(const AggregateFunction& function, const Call& call) {
    const std::vector<std::string> given = arguments(function, call);
    if (given.empty()) return;
    const std::string columns = fmt::format("{}", fmt::join(given, ", "));
    const auto seen = ask(small_, function.name, "distinct",
                          fmt::format("SELECT {}(DISTINCT {}) AS r, count(DISTINCT id) FROM t",
                                      function.name, columns));
    std::vector<std::string> named;
    for (std::size_t i = 0; i < given.size(); ++i)
      named.push_back(fmt::format("{} AS a{}", given[i], i));
    const auto wanted = ask(session_, function.name, "distinct",
                            fmt::format("SELECT {} AS r FROM (SELECT DISTINCT {} FROM t) AS t",
                                        expression(function, call), fmt::join(named, ", ")));
    if (seen && wanted)
      expect_equal(function.name, "distinct", call.label, seen->cells, wanted->cells);
  }

  void check(const WindowFunction& function) {
    for (const Call& call : calls_of(function)) {
      const std::string expression = Suite::expression(function, call);
      const std::string query = fmt::format(
          "SELECT {} OVER (PARTITION BY id % 2 ORDER BY id) AS r FROM t ORDER BY id", expression);
      Table table(session_, call);
      table.whole();
      const auto whole = ask(session_, function.name, "rows", query);
      if (!whole) continue;
      if (whole->cells.size() != kRows) report(function.name, "rows", call.label);
      Table elsewhere(small_, call);
      elsewhere.in_pieces();
      if (const auto pieces = ask(small_, function.name, "batches", query)) {
        expect_equal(function.name, "batches", call.label, pieces->cells, whole->cells);
      }
    }
    check_example(function, kText);
  }

  const FunctionSet& functions_;
  Session session_;
  Session small_;
  bool accepts_refusal_ = false;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> violations(const FunctionSet& functions) {
  return violations(functions, functions);
}

std::vector<std::string> violations(const FunctionSet& functions, const FunctionSet& session) {
  return Suite(functions, session).run();
}

}  // namespace alluvium::conformance
