#include "alluvium/catalog/introspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string_view>

#include "alluvium/error.h"
#include "frame/hash_internal.h"
#include "session/session_internal.h"

namespace alluvium::introspection {
namespace {

void require_information_schema(const Session& session) {
  if (session.profile().enable_information_schema) return;
  throw Error(
      ErrorCode::InvalidArgument,
      "the catalog can't be asked: the session's profile has enable_information_schema off");
}

DataFrame ask(const Session& session, std::string_view query) {
  require_information_schema(session);
  return session.sql(query, SqlOptions::read_only());
}

DataFrame view(const Session& session, std::string_view name) {
  return ask(session, fmt::format("SELECT * FROM information_schema.{}", name));
}

// Hashes the rows as text. They are sorted by all of it, since the engine lists functions and
// tables in the order of a hash table. `except` are columns that differ between equal catalogs.
std::string hash_rows(const DataFrame& rows, std::initializer_list<std::string_view> except = {}) {
  std::vector<Expr> texts;
  std::vector<SortExpr> order;
  for (const Field& field : rows.schema().fields) {
    if (std::find(except.begin(), except.end(), field.name) != except.end()) continue;
    texts.push_back(col(field.name).cast(utf8()).alias(field.name));
    order.push_back(col(field.name).asc());
  }
  SequenceHash hash;
  for (const Field& field : rows.schema().fields) hash.add(field.name);
  RecordBatchReader reader = rows.select(texts).sort(order).stream();
  while (const std::optional<RecordBatch> batch = reader.next()) {
    for (std::int64_t row = 0; row < batch->row_count(); ++row) {
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const ColumnView column = batch->column(static_cast<int>(i));
        if (column.is_null(row)) {
          hash.add_null();
        } else {
          hash.add(column.bytes(row));
        }
      }
    }
  }
  return hash.digest();
}

// A `rid` numbers the signatures of one function, in an order that isn't the same each time.
Session::State::FunctionHashes function_hashes(const Session& session) {
  const Session::State& state = *session.state();
  const std::scoped_lock lock(state.mutex);
  if (!state.function_hashes) {
    state.function_hashes = {.routines = hash_rows(view(session, "routines")),
                             .parameters = hash_rows(view(session, "parameters"), {"rid"})};
  }
  return *state.function_hashes;
}

}  // namespace

DataFrame tables(const Session& session) {
  return ask(session,
             "SELECT * FROM information_schema.tables "
             "ORDER BY table_catalog, table_schema, table_name");
}

DataFrame columns(const Session& session) {
  return ask(session,
             "SELECT * FROM information_schema.columns "
             "ORDER BY table_catalog, table_schema, table_name, ordinal_position");
}

DataFrame schemata(const Session& session) {
  return ask(session,
             "SELECT * FROM information_schema.schemata ORDER BY catalog_name, schema_name");
}

DataFrame routines(const Session& session) {
  return ask(session,
             "SELECT * FROM information_schema.routines "
             "ORDER BY routine_catalog, routine_schema, routine_name, function_type, data_type, "
             "syntax_example");
}

DataFrame parameters(const Session& session) {
  return ask(session,
             "SELECT * FROM information_schema.parameters "
             "ORDER BY specific_catalog, specific_schema, specific_name, rid, ordinal_position, "
             "parameter_mode, parameter_name");
}

DataFrame settings(const Session& session) {
  return ask(session, "SELECT * FROM information_schema.df_settings ORDER BY name");
}

DataFrame constraints(const Session& session) {
  require_information_schema(session);
  return DataFrame(bridge::constraints(*session.state()->session, {}))
      .sort({col("table_catalog").asc(), col("table_schema").asc(), col("table_name").asc(),
             col("constraint_type").asc(), col("constraint_name").asc(),
             col("ordinal_position").asc(), col("column_name").asc()});
}

CatalogSnapshot snapshot(const Session& session) {
  require_information_schema(session);
  const Session::State::FunctionHashes functions = function_hashes(session);
  CatalogSnapshot snapshot{.tables_hash = hash_rows(view(session, "tables")),
                           .columns_hash = hash_rows(view(session, "columns")),
                           .routines_hash = functions.routines,
                           .parameters_hash = functions.parameters,
                           .settings_hash = hash_rows(view(session, "df_settings")),
                           .constraints_hash = hash_rows(constraints(session))};
  SequenceHash hash;
  for (const std::string& part :
       {snapshot.tables_hash, snapshot.columns_hash, snapshot.routines_hash,
        snapshot.parameters_hash, snapshot.settings_hash, snapshot.constraints_hash}) {
    hash.add(part);
  }
  snapshot.hash = hash.digest();
  return snapshot;
}

std::vector<std::string> table_names_snapshot(const Session& session) {
  const RuntimeProfile& profile = session.profile();
  const DataFrame rows =
      ask(session,
          "SELECT table_catalog, table_schema, table_name FROM information_schema.tables "
          "WHERE table_schema <> 'information_schema' "
          "ORDER BY table_catalog, table_schema, table_name");
  std::vector<std::string> names;
  RecordBatchReader reader = rows.stream();
  while (const std::optional<RecordBatch> batch = reader.next()) {
    const ColumnView catalog = batch->column(0);
    const ColumnView schema = batch->column(1);
    const ColumnView name = batch->column(2);
    for (std::int64_t row = 0; row < batch->row_count(); ++row) {
      std::string full;
      const bool other_catalog = catalog.bytes(row) != profile.default_catalog;
      if (other_catalog) full += fmt::format("{}.", catalog.bytes(row));
      if (other_catalog || schema.bytes(row) != profile.default_schema) {
        full += fmt::format("{}.", schema.bytes(row));
      }
      names.push_back(full += name.bytes(row));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace alluvium::introspection
