#include "alluvium/catalog/schema_contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/catalog/schema_alignment.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/merge.h"
#include "delta/table_testing.h"

namespace alluvium {
namespace {

using delta::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Rows;
using testing::rows_of;

Field required(std::string name, DataType type) {
  return {.name = std::move(name), .type = std::move(type), .nullable = false};
}

class SchemaContractTest : public delta::testing::TableTest {
 protected:
  /// A table with everything that a contract holds.
  void create(delta::ColumnMapping mapping = delta::ColumnMapping::None) const {
    delta::create(session,
                  {.table_uri = uri,
                   .schema = {.fields = {{.name = "id",
                                          .type = int64(),
                                          .nullable = false,
                                          .metadata = {{"comment", "the key"}}},
                                         {.name = "address",
                                          .type = struct_({required("town", utf8()),
                                                           {.name = "zip",
                                                            .type = utf8(),
                                                            .metadata = {{"comment", "code"}}}})},
                                         {.name = "tags", .type = list(utf8())},
                                         {.name = "at", .type = timestamp(TimeUnit::Micro, "UTC")},
                                         {.name = "part", .type = utf8()}}},
                   .partition_by = {"part"},
                   .column_mapping = mapping});
  }
  void register_as(std::string_view name, delta::ScanOptions scan = {}) {
    adapter.register_delta_table_provider(
        name,
        delta::provider_from_session(session, {.table_uri = uri, .delta_scan = scan}).provider);
  }
  [[nodiscard]] SchemaContract contract(std::optional<std::string> registered_as = {}) const {
    return delta_table_schema(session, {.path = uri, .registered_as = std::move(registered_as)})
        .value();
  }

  IoAdapter adapter{session};
};

constexpr const char* kRow =
    "SELECT 'x' AS part, 1 AS id, make_array('a') AS tags, "
    "named_struct('town', 'Ulm', 'street', 'Hof') AS address";

TEST_F(SchemaContractTest, IsNothingWhereThereIsNoTable) {
  EXPECT_EQ(delta_table_schema(session, {.path = uri}), std::nullopt);
  EXPECT_EQ(error_of([&] { (void)delta_table_schema(session, {.path = ""}); }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(SchemaContractTest, HoldsWhatTheTableSays) {
  create();
  const SchemaContract contract = this->contract();
  EXPECT_EQ(contract.version, 0);
  EXPECT_THAT(contract.partition_columns, ElementsAre("part"));
  EXPECT_EQ(contract.column_mapping, delta::ColumnMapping::None);
  const std::vector<Field>& fields = contract.schema.fields;
  ASSERT_EQ(fields.size(), 5U);
  EXPECT_FALSE(fields[0].nullable);
  EXPECT_EQ(fields[0].metadata.at("comment"), "the key");
  ASSERT_EQ(fields[1].type.children().size(), 2U);
  EXPECT_FALSE(fields[1].type.children()[0].nullable);
  EXPECT_EQ(fields[1].type.children()[1].metadata.at("comment"), "code");
  EXPECT_EQ(fields[3].type, timestamp(TimeUnit::Micro, "UTC"));
}

TEST_F(SchemaContractTest, IsOfTheVersionThatIsAskedFor) {
  append(0, 1);
  delta::write(session, numbers(1, 2).with_column("extra", lit(true)),
               {.table_uri = uri, .schema_mode = delta::SchemaMode::Merge});
  EXPECT_EQ(delta_table_schema(session, {.path = uri, .version = 0})->schema.fields.size(), 2U);
  EXPECT_EQ(contract().schema.fields.size(), 3U);
  EXPECT_EQ(
      error_of([&] { (void)delta_table_schema(session, {.path = uri, .version = 9}); }).code(),
      ErrorCode::NotFound);
}

TEST_F(SchemaContractTest, AgreesWithTheRegisteredTable) {
  create();
  register_as("plain");
  register_as("views", {.wrap_partition_values = true, .schema_force_view_types = true});
  adapter.create_schema("lake");
  register_as("lake.t", {.schema_force_view_types = false});
  EXPECT_EQ(contract("plain").version, 0);
  EXPECT_EQ(contract("views").version, 0);
  EXPECT_EQ(contract("lake.t").version, 0);
  EXPECT_EQ(error_of([&] { (void)contract("nobody"); }).code(), ErrorCode::NotFound);
}

TEST_F(SchemaContractTest, NamesTheColumnThatTheCatalogHasOtherwise) {
  create();
  register_as("t");
  const auto expect = [&](const char* view, const char* query, const char* column) {
    adapter.register_view(view, session.sql(query));
    const Error error = error_of([&] { (void)contract(view); });
    EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch) << error.message();
    EXPECT_EQ(error.details().at("column"), column) << error.message();
  };
  expect("fewer", "SELECT id, address, tags, at FROM t", "part");
  expect("more", "SELECT *, 1 AS more FROM t", "more");
  expect("other_order", "SELECT id, tags, address, at, part FROM t", "address");
  expect("other_type", "SELECT id, address, tags, CAST(at AS DATE) AS at, part FROM t", "at");
  expect("other_nullability", "SELECT nullif(id, 0) AS id, address, tags, at, part FROM t", "id");
}

TEST_F(SchemaContractTest, AlignsRowsThatAreThenAppended) {
  for (const delta::ColumnMapping mapping :
       {delta::ColumnMapping::None, delta::ColumnMapping::Name, delta::ColumnMapping::Id}) {
    std::filesystem::remove_all(folder);
    create(mapping);
    const SchemaContract contract = this->contract();
    EXPECT_EQ(contract.column_mapping, mapping);
    EXPECT_EQ(contract.schema.fields[1].metadata.size(), 0U) << "physical names are left out";
    const Alignment aligned = align_table_to_schema(session.sql(kRow), contract.schema);
    EXPECT_THAT(aligned.report.missing, ElementsAre("address.zip", "at"));
    EXPECT_THAT(aligned.report.dropped, ElementsAre("address.street"));
    delta::write(session, aligned.frame, {.table_uri = uri});
    delta::write(session, aligned.frame, {.table_uri = uri, .mode = delta::SaveMode::Append});
    EXPECT_EQ(rows_of(read()
                          .select({col("id"), col("address").field("town").alias("town"),
                                   col("tags"), col("at"), col("part")})
                          .drop_columns({"tags"})),
              (Rows{{"1", "Ulm", "NULL", "x"}, {"1", "Ulm", "NULL", "x"}}))
        << to_string(mapping);
    EXPECT_EQ(this->contract().schema, contract.schema) << "an append changes no schema";
  }
}

TEST_F(SchemaContractTest, LeavesTheTableAloneWhenARowBreaksIt) {
  create();
  const DataFrame rows =
      align_table_to_schema(session.sql("SELECT nullif(1, 1) AS id, 'x' AS part"),
                            contract().schema)
          .frame;
  const Error error = error_of([&] { delta::write(session, rows, {.table_uri = uri}); });
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.what();
  EXPECT_EQ(error.details().at("column"), "id");
  EXPECT_EQ(contract().version, 0);
}

TEST_F(SchemaContractTest, CopiesATableByItsContract) {
  create(delta::ColumnMapping::Name);
  const SchemaContract contract = this->contract();
  const std::string copy = uri + "_copy";
  std::filesystem::remove_all(copy);
  delta::create(
      session,
      {.table_uri = copy, .schema = contract.schema, .partition_by = contract.partition_columns});
  EXPECT_EQ(delta_table_schema(session, {.path = copy})->schema, contract.schema);
  std::filesystem::remove_all(copy);
}

}  // namespace
}  // namespace alluvium
