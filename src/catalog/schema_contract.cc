#include "alluvium/catalog/schema_contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "alluvium/catalog/introspection.h"
#include "alluvium/error.h"

namespace alluvium {
namespace {

using Id = DataType::Id;

// Metadata by which a table finds columns in its own files.
bool is_physical(std::string_view key) {
  return key.starts_with("delta.columnMapping.") || key == "parquet.field.id" ||
         key == "PARQUET:field_id";
}

void keep_logical(std::vector<Field>& fields);

DataType logical(const DataType& type) {
  std::vector<Field> children = type.children();
  keep_logical(children);
  return {type.format(), std::move(children)};
}

void keep_logical(std::vector<Field>& fields) {
  for (Field& field : fields) {
    std::erase_if(field.metadata, [](const auto& entry) { return is_physical(entry.first); });
    field.type = logical(field.type);
  }
}

// What types that are stored the same have in common.
DataType stored(const DataType& type) {
  std::vector<Field> children = type.children();
  for (Field& child : children) {
    child.type = stored(child.type);
    child.metadata.clear();
    if (type.id() != Id::Struct) child.name = "";
  }
  switch (type.id()) {
    case Id::Utf8View:
    case Id::LargeUtf8:
      return utf8();
    case Id::BinaryView:
    case Id::LargeBinary:
      return binary();
    case Id::LargeList:
      return {"+l", std::move(children)};
    case Id::Dictionary:
      return children.at(1).type;
    default:
      return {type.format(), std::move(children)};
  }
}

struct TableName {
  std::string catalog;
  std::string schema;
  std::string table;
};

// As the session reads names.
TableName split(const Session& session, std::string_view name) {
  const RuntimeProfile& profile = session.profile();
  const auto first = name.find('.');
  if (first == name.npos) {
    return {profile.default_catalog, profile.default_schema, std::string(name)};
  }
  const auto second = name.find('.', first + 1);
  if (second == name.npos) {
    return {profile.default_catalog, std::string(name.substr(0, first)),
            std::string(name.substr(first + 1))};
  }
  return {std::string(name.substr(0, first)),
          std::string(name.substr(first + 1, second - first - 1)),
          std::string(name.substr(second + 1))};
}

struct ListedColumn {
  std::string name;
  bool nullable;
};

std::vector<ListedColumn> listed_columns(const Session& session, const TableName& name) {
  const DataFrame rows =
      introspection::columns(session)
          .filter(col("table_catalog") == lit(name.catalog) &&
                  col("table_schema") == lit(name.schema) && col("table_name") == lit(name.table))
          .sort({col("ordinal_position").asc()})
          .select({"column_name", "is_nullable"});
  std::vector<ListedColumn> columns;
  for (const RecordBatch& batch : rows.collect()) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      columns.push_back({.name = std::string(batch.column(0).bytes(row)),
                         .nullable = batch.column(1).bytes(row) == "YES"});
    }
  }
  return columns;
}

std::string_view nullability(bool nullable) { return nullable ? "nullable" : "NOT NULL"; }

// Throws unless the catalog says the same of the table as its snapshot.
void check_registered(const Session& session, const std::string& registered_as,
                      const SchemaContract& contract) {
  const auto mismatch = [&](const std::string& column, const std::string& what) {
    return Error(ErrorCode::SchemaMismatch,
                 fmt::format("`{}` is registered with {} in `{}` at version {}; register it anew "
                             "with delta::provider_from_session",
                             registered_as, what, contract.table_uri, contract.version),
                 false, {{"table", registered_as}, {"column", column}});
  };
  const Schema registered = session.table(registered_as).schema();
  const std::vector<ListedColumn> columns = listed_columns(session, split(session, registered_as));
  const std::vector<Field>& wanted = contract.schema.fields;
  const std::size_t shared = std::min({columns.size(), registered.fields.size(), wanted.size()});
  for (std::size_t i = 0; i < shared; ++i) {
    const Field& field = wanted[i];
    if (columns[i].name != field.name) {
      throw mismatch(field.name, fmt::format("`{}` as column {}, which is `{}`", columns[i].name,
                                             i + 1, field.name));
    }
    if (columns[i].nullable != field.nullable) {
      throw mismatch(field.name,
                     fmt::format("`{}` {}, which is {}", field.name,
                                 nullability(columns[i].nullable), nullability(field.nullable)));
    }
    const DataType& type = registered.fields[i].type;
    if (!(stored(type) == stored(field.type))) {
      throw mismatch(field.name, fmt::format("`{}` as {}, which is {}", field.name,
                                             type.to_string(), field.type.to_string()));
    }
  }
  if (columns.size() < wanted.size()) {
    const std::string& name = wanted[columns.size()].name;
    throw mismatch(name, fmt::format("no column `{}`, which is", name));
  }
  if (columns.size() > wanted.size()) {
    const std::string& name = columns[wanted.size()].name;
    throw mismatch(name, fmt::format("a column `{}`, which is not", name));
  }
}

}  // namespace

std::optional<SchemaContract> delta_table_schema(const Session& session,
                                                 const DeltaSchemaRequest& request,
                                                 const Interrupt& interrupt) {
  if (!request.path.empty() && !delta::is_table(session, request.path, request.storage_options)) {
    return std::nullopt;
  }
  delta::Snapshot snapshot = delta::snapshot(session,
                                             {.table_uri = request.path,
                                              .storage_options = request.storage_options,
                                              .version = request.version,
                                              .timestamp = request.timestamp,
                                              .gate = request.gate},
                                             interrupt);
  const auto mapping = snapshot.configuration.find("delta.columnMapping.mode");
  SchemaContract contract{.table_uri = std::move(snapshot.table_uri),
                          .version = snapshot.version,
                          .schema = std::move(snapshot.schema),
                          .partition_columns = std::move(snapshot.partition_columns),
                          .column_mapping = mapping == snapshot.configuration.end()
                                                ? delta::ColumnMapping::None
                                                : delta::column_mapping_from_name(mapping->second)};
  keep_logical(contract.schema.fields);
  if (request.registered_as) check_registered(session, *request.registered_as, contract);
  return contract;
}

}  // namespace alluvium
