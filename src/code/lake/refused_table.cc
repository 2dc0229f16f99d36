#include "code/lake/refused_table.h"

#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"

namespace alluvium::code {

ScalarFunction refuse_function() {
  return {
      .name = "refuse_table",
      .parameters = {{"why", utf8(), "What the query fails with."}},
      .returns = {"", boolean(), /*nullable=*/false},
      // Else it would be called when the query is planned, also where nothing reads the table.
      .volatility = Volatility::Volatile,
      .kernel =
          [](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder&) {
            if (rows > 0) {
              throw Error(ErrorCode::FunctionFailed, std::string(arguments.front().bytes(0)));
            }
          },
      .documentation = {.description = "Fails: for a table that a run didn't make.",
                        .example = "refuse_table('the run didn''t make the table')"},
  };
}

void register_refused_table(const Session& session, const Dataset& dataset, const std::string& why,
                            const Interrupt& interrupt) {
  std::vector<Expr> columns;
  for (Field field : table_schema(dataset).fields) {
    field.nullable = true;
    columns.push_back(lit_null(field.type).conform_to(field).alias(field.name));
  }
  const DataFrame rows =
      session.sql("SELECT 1 AS one WHERE refuse_table($why)", {{"why", lit(why)}}, interrupt)
          .select(columns);
  IoAdapter::without_snapshots(session).register_view(std::string(dataset.name), rows);
}

}  // namespace alluvium::code
