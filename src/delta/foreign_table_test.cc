// Tables as other engines leave them, made here by changing what a log or a folder says.

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "alluvium/delta/cdf.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/update.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using alluvium::testing::values_of;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using json = nlohmann::json;

class ForeignTableTest : public testing::TableTest {
 protected:
  [[nodiscard]] std::filesystem::path log_of(int version) const {
    return folder / "_delta_log" / (std::string(19, '0') + std::to_string(version) + ".json");
  }
  [[nodiscard]] std::vector<json> actions_of(int version) const {
    std::vector<json> actions;
    std::ifstream log(log_of(version));
    for (std::string line; std::getline(log, line);) actions.push_back(json::parse(line));
    return actions;
  }
  void commit(int version, const std::vector<json>& actions) const {
    std::ofstream log(log_of(version));
    for (const json& action : actions) log << action.dump() << '\n';
  }
  /// Calls `edit` with every action of that kind.
  template <typename Edit>
  void change(int version, const std::string& kind, const Edit& edit) const {
    std::vector<json> actions = actions_of(version);
    for (json& action : actions) {
      if (action.contains(kind)) edit(action[kind]);
    }
    commit(version, actions);
  }
  [[nodiscard]] std::vector<std::string> ns_at(const std::string& time) const {
    return values_of(
        session.read(provider_from_session(session, {.table_uri = uri, .timestamp = time}).provider)
            .select({"n"})
            .sort({col("n").asc()}));
  }
  [[nodiscard]] Rows feed(const CdfOptions& options) const {
    return rows_of(
        session.read(cdf_provider(session, {.table_uri = uri, .options = options}).provider)
            .select({"_commit_version", "_change_type", "n"})
            .sort({col("_commit_version").asc(), col("n").asc()}));
  }
};

// 2001-09-09T01:46:40Z, from where on the versions of a table with such times are a second apart.
constexpr std::int64_t kFirstMoment = 1'000'000'000'000;

TEST_F(ForeignTableTest, InCommitTimestampsTellTheVersionOfATime) {
  write(session, numbers(0, 1),
        {.table_uri = uri, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  for (int n = 1; n < 4; ++n) append(n, n + 1);
  for (int version = 0; version < 4; ++version) {
    change(version, "commitInfo",
           [&](json& info) { info["inCommitTimestamp"] = kFirstMoment + version * 1000; });
  }
  change(0, "metaData", [](json& metadata) {
    metadata["configuration"]["delta.enableInCommitTimestamps"] = "true";
  });
  EXPECT_THAT(ns_at("2001-09-09T01:46:40Z"), ElementsAre("0"));
  EXPECT_THAT(ns_at("2001-09-09T01:46:41.999Z"), ElementsAre("0", "1"));
  EXPECT_THAT(ns_at("2001-09-09T01:46:42Z"), ElementsAre("0", "1", "2"));
  EXPECT_THAT(ns_at("2100-01-01T00:00:00Z"), ElementsAre("0", "1", "2", "3"));
  EXPECT_EQ(error_of([&] { (void)ns_at("2001-09-09T01:46:39.999Z"); }).code(), ErrorCode::NotFound);
  EXPECT_EQ(feed({.starting_timestamp = "2001-09-09T01:46:40.001Z",
                  .ending_timestamp = "2001-09-09T01:46:42Z"}),
            (Rows{{"1", "insert", "1"}, {"2", "insert", "2"}}));
  EXPECT_EQ(feed({.starting_timestamp = "2001-09-09T01:46:40.001Z",
                  .ending_timestamp = "2001-09-09T01:46:40.002Z"}),
            Rows{});
  std::filesystem::remove(log_of(3));
  change(2, "commitInfo", [](json& info) { info.erase("inCommitTimestamp"); });
  EXPECT_EQ(error_of([&] { (void)ns_at("2001-09-09T01:46:42Z"); }).code(), ErrorCode::Corruption);
}

TEST_F(ForeignTableTest, InCommitTimestampsCountFromWhereTheyWereTurnedOn) {
  for (int n = 0; n < 4; ++n) append(n, n + 1);
  for (int version = 2; version < 4; ++version) {
    change(version, "commitInfo",
           [&](json& info) { info["inCommitTimestamp"] = kFirstMoment + version * 1000; });
  }
  change(0, "metaData", [](json& metadata) {
    metadata["configuration"]["delta.enableInCommitTimestamps"] = "true";
    metadata["configuration"]["delta.inCommitTimestampEnablementVersion"] = "2";
  });
  const std::filesystem::file_time_type now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(log_of(0), now - std::chrono::hours(24 * 365 * 60));
  std::filesystem::last_write_time(log_of(1), now - std::chrono::hours(24 * 365 * 40));
  EXPECT_THAT(ns_at("1975-01-01T00:00:00Z"), ElementsAre("0"));
  EXPECT_THAT(ns_at("2001-09-09T01:46:41Z"), ElementsAre("0", "1"));
  EXPECT_THAT(ns_at("2001-09-09T01:46:42Z"), ElementsAre("0", "1", "2"));
  EXPECT_THAT(ns_at("2001-09-09T01:46:43Z"), ElementsAre("0", "1", "2", "3"));
}

TEST_F(ForeignTableTest, NoFeedOfAWholeFileWithADeletionVector) {
  write(session, numbers(0, 6),
        {.table_uri = uri, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  const std::string path = values_of(files(session, {.table_uri = uri}).select({"path"})).at(0);
  commit(1, {{{"remove",
               {{"path", path},
                {"deletionTimestamp", 1},
                {"dataChange", true},
                {"size", 1},
                {"extendedFileMetadata", true},
                {"partitionValues", json::object()},
                {"deletionVector",
                 {{"storageType", "u"},
                  {"pathOrInlineDv", "ab^-aqEH.-t@S}K{vb[*k^"},
                  {"offset", 1},
                  {"sizeInBytes", 34},
                  {"cardinality", 1}}}}}}});
  const Error error = error_of([&] { (void)feed({.starting_version = 0}); });
  EXPECT_EQ(error.code(), ErrorCode::Unsupported) << error.message();
  EXPECT_EQ(error.details().at("version"), "1");
  EXPECT_THAT(error.message(), HasSubstr("versions 0 and 1"));
  EXPECT_EQ(feed({.ending_version = 0}).size(), 6U);
}

TEST_F(ForeignTableTest, ConvertsFoldersWithEscapedValues) {
  const std::filesystem::path escaped = folder / "p=c%25d";
  numbers(0, 3).write_parquet(folder / "plain");
  std::filesystem::rename(folder / "plain", escaped);
  convert_to_delta(
      session, {.table_uri = uri, .partition_schema = {.fields = {{.name = "p", .type = utf8()}}}});
  bool added = false;
  for (const json& action : actions_of(0)) {
    if (!action.contains("add")) continue;
    added = true;
    EXPECT_THAT(action["add"]["path"].get<std::string>(), HasSubstr("p=c%2525d/"));
    EXPECT_EQ(action["add"]["partitionValues"]["p"], "c%d");
  }
  EXPECT_TRUE(added);
  delete_rows(session, {.table_uri = uri, .where = "n = 1 AND p = 'c%d'"});
  EXPECT_THAT(ns(), ElementsAre("0", "2"));
}

TEST_F(ForeignTableTest, NamesUnsupportedFeaturesAsTheProtocolDoes) {
  append(0, 1);
  change(0, "protocol", [](json& protocol) {
    protocol["minWriterVersion"] = 7;
    protocol["writerFeatures"] = {"domainMetadata", "appendOnly", "clustering"};
  });
  const Error error = error_of([&] { append(1, 2); });
  EXPECT_EQ(error.code(), ErrorCode::Unsupported);
  EXPECT_THAT(error.message(), HasSubstr("`clustering`, `domainMetadata`"));
  EXPECT_THAT(ns(), ElementsAre("0"));
}

TEST_F(ForeignTableTest, SaysWhichPartitionValueIsTooLong) {
  ::testing::internal::CaptureStderr();
  const Error error = error_of([&] {
    write(session, session.sql("SELECT 1 AS n, repeat('x', 300) AS s"),
          {.table_uri = uri, .partition_by = {"s"}});
  });
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(error.message(), HasSubstr("`s` is too long"));
  EXPECT_EQ(error.details().at("column"), "s");
  EXPECT_FALSE(is_table(session, uri));
}

}  // namespace
}  // namespace alluvium::delta
