#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "alluvium/error.h"
#include "alluvium/session/runtime_profile.h"
#include "alluvium/session/session.h"

namespace alluvium {
namespace {

using ::testing::HasSubstr;

class ProfileTest : public ::testing::Test {
 protected:
  ~ProfileTest() override { std::filesystem::remove(file_); }

  RuntimeProfile load(std::string_view text) {
    std::ofstream(file_) << text;
    return RuntimeProfile::load(file_);
  }
  std::string failure(std::string_view text) {
    try {
      load(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
      return error.message();
    }
    return "nothing was thrown";
  }

  std::filesystem::path file_ =
      std::filesystem::path(::testing::TempDir()) /
      (std::string("alluvium_profile_") +
       ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml");
};

RuntimeProfile unusual() {
  return {.enable_information_schema = false,
          .enable_ident_normalization = true,
          .enable_url_table = true,
          .require_delta = true,
          .enable_view_types = false,
          .enable_dynamic_filters = false,
          .time_zone = "Europe/Vienna",
          .target_partitions = 3,
          .batch_size = 1000,
          .join_policy = JoinPolicy::PreferSortMerge,
          .memory_limit = std::numeric_limits<std::uint64_t>::max(),
          .spill_folder = "/tmp/a \"quoted\" \\ folder",
          .spill_limit = 12345,
          .query_timeout = std::chrono::milliseconds(1500),
          .max_sql_bytes = 99,
          .allowed_roots = {"/data", "s3://bucket/prefix"},
          .confine = true,
          .sql_policy = SqlPolicy::Write,
          .default_catalog = "c",
          .default_schema = "tab\there",
          .delta_policies =
              {.write = {.writer = {.compression = "zstd",
                                    .compression_level = 3,
                                    .max_row_group_rows = 1000,
                                    .rows_at_a_time = 10,
                                    .bloom_filter_columns = {"a.b", "c"},
                                    .bloom_filter_fpp = 0.01,
                                    .dictionary = {{"a.b", false}},
                                    .encodings = {{"a.b", "DELTA_BINARY_PACKED"}},
                                    .without_statistics = {"c"}},
                         .target_file_size = 1 << 20},
               .mutation = {.max_attempts = 3, .append_only = true, .allow_managed_tables = true},
               .schema = {.mode = delta::SchemaMode::Merge,
                          .column_mapping = delta::ColumnMapping::Name},
               .maintenance = {.checkpoint_after_commits = 10,
                               .compact_after_commits = 20,
                               .compact_after_small_files = 30,
                               .small_file_size = 40},
               .store = {.options = {{"aws_region", "eu"}}, .log_options = {{"timeout", "5s"}}}},
          .settings = {{"datafusion.execution.batch_size", "7"}, {"datafusion.x", "1"}},
          .plugin_folder = "/opt/plug-ins",
          .plugins = {{.name = "a.so", .hash = "sha256:1"}, {.name = "b.so", .hash = "sha256:2"}}};
}

TEST_F(ProfileTest, RoundTripsThroughToml) {
  for (const RuntimeProfile& profile :
       {RuntimeProfile{}, unusual(), RuntimeProfile::trusted(),
        RuntimeProfile::untrusted({"/data"}, 1 << 20, std::chrono::seconds(3))}) {
    const std::string text = profile.to_string();
    const RuntimeProfile back = load(text);
    EXPECT_EQ(back.to_string(), text);
    EXPECT_EQ(back.hash(), profile.hash());
  }
  EXPECT_EQ(load(unusual().to_string()).memory_limit, unusual().memory_limit);
  EXPECT_EQ(load(unusual().to_string()).spill_folder, unusual().spill_folder);
  EXPECT_EQ(load(unusual().to_string()).plugin_folder, unusual().plugin_folder);
  EXPECT_EQ(load(unusual().to_string()).plugins, unusual().plugins);
}

TEST_F(ProfileTest, NeverPrintsASecret) {
  RuntimeProfile profile;
  profile.delta_policies.store = {
      .options = {{"aws_secret_access_key", "hush"}, {"AWS_ENDPOINT_URL", "http://localhost:9"}},
      .log_options = {{"endpoint", "http://user:hush@host"}, {"anything_new", "hush"}}};
  const std::string text = profile.to_string();
  EXPECT_THAT(text, ::testing::Not(HasSubstr("hush")));
  EXPECT_THAT(text, HasSubstr("\"aws_secret_access_key\" = \"***\""));
  EXPECT_THAT(text, HasSubstr("http://localhost:9"));
}

TEST_F(ProfileTest, KeepsDefaultsForWhatIsNotGiven) {
  EXPECT_EQ(load("").to_string(), RuntimeProfile{}.to_string());
  EXPECT_EQ(load("batch_size = 5").batch_size, 5U);
}

TEST_F(ProfileTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(failure("batch_size = 5\nbatchsize = 6"), HasSubstr(":2: `batchsize`"));
  EXPECT_THAT(failure("batch_size = -5"), HasSubstr(":1: `batch_size`"));
  EXPECT_THAT(failure("batch_size = 'many'"), HasSubstr("`batch_size`"));
  EXPECT_THAT(failure("confine = 1"), HasSubstr("`confine`"));
  EXPECT_THAT(failure("sql_policy = 'root'"), HasSubstr("`sql_policy`"));
  EXPECT_THAT(failure("join_policy = 'none'"), HasSubstr("prefer_sort_merge"));
  EXPECT_THAT(failure("allowed_roots = '/data'"), HasSubstr("array of strings"));
  EXPECT_THAT(failure("[settings]\n\"datafusion.x\" = 1"), HasSubstr(":2: `datafusion.x`"));
  EXPECT_THAT(failure("functions = []"), HasSubstr("in the program"));
  EXPECT_THAT(failure("[delta.write]\ncompresion = 'zstd'"), HasSubstr(":2: `compresion`"));
  EXPECT_THAT(failure("[delta.schema]\nmode = 'loose'"), HasSubstr("`strict`, `merge`"));
  EXPECT_THAT(failure("[delta]\nwrite = 5"), HasSubstr(":2: `write` must be a table"));
  EXPECT_THAT(failure("plugins = 'a.so'"), HasSubstr(":1: `plugins` must be an array of tables"));
  EXPECT_THAT(failure("[[plugins]]\nname = 'a.so'\nsha = '1'"), HasSubstr(":3: `sha`"));
  EXPECT_THAT(failure("batch_size ="), HasSubstr(":1:"));
  EXPECT_THROW(RuntimeProfile::load("/no/such/profile.toml"), Error);
}

TEST_F(ProfileTest, HashesFieldsAndFunctions) {
  const RuntimeProfile plain;
  EXPECT_EQ(plain.hash(), RuntimeProfile{}.hash());
  EXPECT_EQ(plain.hash().size(), 32U);
  EXPECT_NE(plain.hash(), unusual().hash());
  const auto pinned = [](std::string hash) {
    return RuntimeProfile{.plugins = {{.name = "a.so", .hash = std::move(hash)}}}.hash();
  };
  EXPECT_NE(pinned("sha256:1"), plain.hash());
  EXPECT_NE(pinned("sha256:1"), pinned("sha256:2"));
  ScalarFunction function{.name = "f",
                          .parameters = {{"x", int64()}},
                          .returns = {.name = "", .type = utf8()},
                          .kernel = [](auto, auto, auto&) {}};
  const RuntimeProfile with{.functions = {.scalars = {function}}};
  EXPECT_NE(with.hash(), plain.hash());
  function.documentation.description = "documentation does not change what it computes";
  EXPECT_EQ((RuntimeProfile{.functions = {.scalars = {function}}}.hash()), with.hash());
  function.returns.nullable = false;
  EXPECT_NE((RuntimeProfile{.functions = {.scalars = {function}}}.hash()), with.hash());
}

TEST_F(ProfileTest, HasPresets) {
  const RuntimeProfile untrusted =
      RuntimeProfile::untrusted({}, 1 << 20, std::chrono::milliseconds(10));
  EXPECT_TRUE(untrusted.confine);
  EXPECT_EQ(untrusted.sql_policy, SqlPolicy::ReadOnly);
  EXPECT_EQ(untrusted.memory_limit, 1U << 20);
  EXPECT_EQ(RuntimeProfile::trusted().sql_policy, SqlPolicy::Admin);
}

TEST_F(ProfileTest, RefusesFieldsThatCantBeUsed) {
  const auto field = [](RuntimeProfile profile) -> std::string {
    try {
      (void)profile.open_session();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
      const auto found = error.details().find("field");
      return found == error.details().end() ? "none" : found->second;
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(field({.target_partitions = 1'000'000}), "target_partitions");
  EXPECT_EQ(field({.batch_size = 0}), "batch_size");
  EXPECT_EQ(field({.query_timeout = std::chrono::milliseconds(-1)}), "query_timeout");
  EXPECT_EQ(field({.max_sql_bytes = 0}), "max_sql_bytes");
  EXPECT_EQ(field({.time_zone = ""}), "time_zone");
  EXPECT_EQ(field({.default_catalog = ""}), "default_catalog");
  EXPECT_EQ(field({.default_schema = "information_schema"}), "default_schema");
  EXPECT_EQ(field({.allowed_roots = {""}}), "allowed_roots");
  EXPECT_EQ(field({.settings = {{"batch_size", "1"}}}), "settings");
  EXPECT_EQ(field({.plugins = {{.name = "a.so", .hash = "sha256:1"}}}), "plugin_folder");
  EXPECT_EQ(field({.plugin_folder = "/tmp", .plugins = {{.name = "a.so"}, {.name = "a.so"}}}),
            "plugins");
  EXPECT_EQ(
      field({.functions = {.scalars = {{.name = "f", .returns = {.name = "", .type = int8()}}}}}),
      "functions")
      << "no kernel";
  const ScalarFunction function{
      .name = "f", .returns = {.name = "", .type = int8()}, .kernel = [](auto, auto, auto&) {}};
  EXPECT_EQ(field({.functions = {.scalars = {function, function}}}), "functions");
}

TEST(SqlOptions, AreChangedByCopy) {
  const SqlOptions all;
  const SqlOptions read_only =
      SqlOptions{}.with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
  EXPECT_TRUE(all.allow_ddl && all.allow_dml && all.allow_statements);
  EXPECT_FALSE(read_only.allow_ddl || read_only.allow_dml || read_only.allow_statements);
  EXPECT_FALSE(SqlOptions::read_only().allow_dml);
}

TEST(SqlPolicy, NamesRoundTrip) {
  for (const SqlPolicy policy : {SqlPolicy::ReadOnly, SqlPolicy::Write, SqlPolicy::Admin}) {
    EXPECT_EQ(sql_policy_from_name(to_string(policy)), policy);
  }
  EXPECT_THROW((void)sql_policy_from_name("root"), Error);
}

}  // namespace
}  // namespace alluvium
