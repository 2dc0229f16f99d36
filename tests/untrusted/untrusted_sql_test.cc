// SQL from outside gets out nowhere: each case is a way somebody would try.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "alluvium/functions/tables.h"
#include "alluvium/session/session.h"

namespace alluvium {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class UntrustedSql : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "untrusted-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directories(folder_ / "inside");
    fs::create_directories(folder_ / "outside");
    std::ofstream(folder_ / "inside" / "open.csv") << "a,b\n1,open\n";
    std::ofstream(folder_ / "outside" / "secret.csv") << "a,b\n1,secret\n";
    fs::create_symlink(folder_ / "outside" / "secret.csv", folder_ / "inside" / "link.csv");
    fs::create_directory_symlink(folder_ / "outside", folder_ / "inside" / "folder");
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] RuntimeProfile profile(SqlPolicy policy = SqlPolicy::ReadOnly) const {
    RuntimeProfile profile =
        RuntimeProfile::untrusted({(folder_ / "inside").string()}, 256 << 20, 5s);
    profile.sql_policy = policy;
    return profile;
  }

  /// Runs `query` to its end and returns the code of the error that it must end with.
  static ErrorCode refusal(const Session& session, const std::string& query) {
    try {
      (void)session.sql(query).collect();
    } catch (const Error& error) {
      last_message_ = error.message();
      return error.code();
    }
    ADD_FAILURE() << "allowed: " << query.substr(0, 200);
    return ErrorCode::Internal;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  fs::path folder_;
  static inline std::string last_message_;
};

TEST_F(UntrustedSql, ReadOnlyRefusesEveryStatementThatIsNoQuery) {
  const Session session = profile().open_session();
  for (const std::string& query : {
           "COPY (SELECT 1) TO '" + path("inside/out.csv") + "' STORED AS CSV",
           std::string("CREATE TABLE t AS SELECT 1"),
           std::string("CREATE VIEW v AS SELECT 1"),
           std::string("CREATE SCHEMA s"),
           std::string("CREATE DATABASE d"),
           std::string("DROP TABLE IF EXISTS t"),
           std::string("DROP SCHEMA main"),
           "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '" + path("inside/open.csv") + "'",
           std::string("SET datafusion.runtime.memory_limit = '100G'"),
           std::string("SET datafusion.execution.batch_size = 1"),
           std::string("RESET datafusion.execution.batch_size"),
           std::string("PREPARE p AS SELECT 1"),
           std::string("EXECUTE p"),
           std::string("DEALLOCATE p"),
           std::string("EXPLAIN COPY (SELECT 1) TO '/tmp/never.csv' STORED AS CSV"),
           std::string("EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/never.csv' STORED AS CSV"),
       }) {
    EXPECT_EQ(refusal(session, query), ErrorCode::PolicyViolation) << query << last_message_;
  }
  EXPECT_FALSE(fs::exists("/tmp/never.csv"));
  EXPECT_FALSE(fs::exists(path("inside/out.csv")));
}

TEST_F(UntrustedSql, TransactionsAreRefused) {
  const Session session = profile().open_session();
  for (const char* const query : {"BEGIN", "COMMIT", "ROLLBACK"}) {
    EXPECT_THAT(refusal(session, query),
                testing::AnyOf(ErrorCode::PolicyViolation, ErrorCode::Unsupported))
        << query << last_message_;
  }
}

TEST_F(UntrustedSql, CallOptionsNarrowAWiderPolicy) {
  const Session session = profile(SqlPolicy::Admin).open_session();
  EXPECT_THROW((void)session.sql("CREATE VIEW v AS SELECT 1", SqlOptions::read_only()), Error);
  (void)session.sql("CREATE VIEW v AS SELECT 1 AS one");
  EXPECT_EQ(session.table("v").count(), 1U);
}

TEST_F(UntrustedSql, SeveralStatementsInOneTextAreRefused) {
  const Session session = profile().open_session();
  EXPECT_NE(refusal(session, "SELECT 1; DROP TABLE t"), ErrorCode::Internal);
  EXPECT_NE(refusal(session, "SELECT 1; SET datafusion.execution.batch_size = 1"),
            ErrorCode::Internal);
}

TEST_F(UntrustedSql, FilesAreNoTables) {
  const Session session = profile().open_session();
  EXPECT_EQ(refusal(session, "SELECT * FROM '" + path("inside/open.csv") + "'"),
            ErrorCode::InvalidQuery);
  EXPECT_EQ(refusal(session, "SELECT * FROM '/etc/passwd'"), ErrorCode::InvalidQuery);
}

TEST_F(UntrustedSql, UrlTablesStayInsideTheRoots) {
  RuntimeProfile with_urls = profile();
  with_urls.enable_url_table = true;
  const Session session = with_urls.open_session();
  EXPECT_EQ(session.sql("SELECT * FROM '" + path("inside/open.csv") + "'").count(), 1U);
  for (const std::string& place :
       {path("outside/secret.csv"), path("inside/../outside/secret.csv"), path("inside/link.csv"),
        path("inside/folder/secret.csv"), "file://" + path("outside/secret.csv"),
        std::string("/etc/passwd")}) {
    EXPECT_NE(refusal(session, "SELECT * FROM '" + place + "'"), ErrorCode::Internal)
        << place << last_message_;
  }
}

TEST_F(UntrustedSql, EvenAdminStaysInsideTheRoots) {
  const Session session = profile(SqlPolicy::Admin).open_session();
  const auto external = [&](const std::string& place) {
    return "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '" + place +
           "' OPTIONS ('format.has_header' 'true')";
  };
  for (const std::string& place :
       {path("outside/secret.csv"), path("outside/"), path("inside/link.csv"),
        path("inside/folder/"), path("inside/../outside/secret.csv"),
        "file://" + path("outside/secret.csv"), std::string("/etc/passwd")}) {
    EXPECT_EQ(refusal(session, external(place)), ErrorCode::PolicyViolation)
        << place << last_message_;
  }
  EXPECT_NE(refusal(session, external("https://localhost:1/x.csv")), ErrorCode::Internal);
  EXPECT_EQ(
      refusal(session, "COPY (SELECT 1 AS a) TO '" + path("outside/out.csv") + "' STORED AS CSV"),
      ErrorCode::PolicyViolation)
      << last_message_;
  EXPECT_FALSE(fs::exists(path("outside/out.csv")));
  (void)session.sql("COPY (SELECT 1 AS a) TO '" + path("inside/out.csv") + "' STORED AS CSV")
      .collect();
  EXPECT_TRUE(fs::exists(path("inside/out.csv")));
  (void)session.sql(external(path("inside/open.csv")));
  EXPECT_EQ(session.table("t").count(), 1U);
}

TEST_F(UntrustedSql, ListingsStayInsideTheRoots) {
  const Session session = profile().open_session();
  IoAdapter adapter(session);
  adapter.register_listing("open", path("inside/open.csv"), FileFormat::Csv);
  EXPECT_EQ(session.table("open").count(), 1U);
  EXPECT_THROW(adapter.register_listing("x", path("outside/secret.csv"), FileFormat::Csv), Error);
  EXPECT_THROW(adapter.register_listing("x", path("inside/link.csv"), FileFormat::Csv), Error);
  EXPECT_THROW((void)session.table("open").write_parquet(path("outside/p")), Error);
}

TEST_F(UntrustedSql, TableFunctionsReachNoFiles) {
  const Session session = profile().open_session();
  for (const std::string& query :
       {"SELECT * FROM parquet_metadata('" + path("outside/secret.csv") + "')",
        "SELECT * FROM read_csv('" + path("outside/secret.csv") + "')",
        "SELECT * FROM read_parquet('" + path("outside/secret.csv") + "')",
        std::string("SELECT * FROM read_file('/etc/passwd')")}) {
    EXPECT_EQ(refusal(session, query), ErrorCode::InvalidQuery) << query << last_message_;
  }
}

TEST_F(UntrustedSql, StatementsInsideQueriesAreRefused) {
  const Session session = profile().open_session();
  for (const char* const query :
       {"SELECT * FROM (INSERT INTO t VALUES (1))", "WITH w AS (DELETE FROM t) SELECT * FROM w",
        "SELECT (SELECT 1 FROM (COPY (SELECT 1) TO 'x'))"}) {
    EXPECT_NE(refusal(session, query), ErrorCode::Internal) << query;
  }
}

TEST_F(UntrustedSql, DeepExpressionsEndInAnErrorOrAnAnswer) {
  const Session session = profile().open_session();
  const auto repeated = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  for (const std::string& query :
       {"SELECT " + repeated("(", 100000) + "1" + repeated(")", 100000),
        "SELECT " + repeated("-", 50000) + " 1", "SELECT " + repeated("NOT ", 100000) + "true",
        "SELECT 1" + repeated(" + 1", 100000),
        "SELECT * FROM " + repeated("(SELECT * FROM ", 20000) + "(SELECT 1)" + repeated(")", 20000),
        "SELECT " + repeated("CASE WHEN true THEN ", 20000) + "1" + repeated(" END", 20000),
        "SELECT " + repeated("abs(", 50000) + "1" + repeated(")", 50000),
        "SELECT 1" + repeated(" UNION ALL SELECT 1", 20000)}) {
    try {
      (void)session.sql(query).collect();
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::Internal) << error.what() << query.substr(0, 60);
    }
  }
}

TEST_F(UntrustedSql, AQueryThatWouldEatTheMachineMeetsTheMemoryCap) {
  RuntimeProfile small = profile();
  small.memory_limit = 64 << 20;
  small.spill_limit = 1 << 20;
  small.query_timeout = 60s;
  const Session session = small.open_session();
  const ErrorCode code =
      refusal(session,
              "SELECT count(*) FROM (SELECT DISTINCT a.value * 3000000 + b.value AS v FROM "
              "generate_series(1, 100000) a, generate_series(1, 1000) b)");
  EXPECT_EQ(code, ErrorCode::ResourceExhausted) << last_message_;
}

TEST_F(UntrustedSql, ACrossJoinMeetsTheTimeCap) {
  RuntimeProfile quick = profile();
  quick.query_timeout = 300ms;
  const Session session = quick.open_session();
  EXPECT_EQ(refusal(session,
                    "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, "
                    "10000000) b WHERE a.value % 3 = b.value % 5"),
            ErrorCode::DeadlineExceeded)
      << last_message_;
}

TEST_F(UntrustedSql, ALongTextIsRefused) {
  RuntimeProfile terse = profile();
  terse.max_sql_bytes = 100;
  const Session session = terse.open_session();
  EXPECT_EQ(refusal(session, "SELECT '" + std::string(200, 'x') + "'"),
            ErrorCode::ResourceExhausted);
}

TEST_F(UntrustedSql, ParametersAreValuesNotText) {
  const Session session = profile().open_session();
  const std::string hostile = "x'; DROP TABLE t; --";
  const auto batches =
      session.sql("SELECT $name AS name", SqlParameters{{"name", lit(hostile)}}).collect();
  EXPECT_EQ(batches.at(0).column("name").bytes(0), hostile);
}

TEST_F(UntrustedSql, TableFunctionsStayInsideTheRoots) {
  const auto open = [&](RuntimeProfile with_functions) {
    with_functions.functions = table_functions();
    return with_functions.open_session();
  };
  const Session trusted = RuntimeProfile::trusted().open_session();
  for (const char* const place : {"inside/table", "outside/table"}) {
    delta::write(trusted, trusted.sql("SELECT 1 AS n"), {.table_uri = path(place)});
  }
  const Session session = open(profile());
  EXPECT_EQ(
      session.sql("SELECT * FROM read_delta($uri)", {{"uri", lit(path("inside/table"))}}).count(),
      1U);
  for (const std::string& outside :
       {path("outside/table"), path("inside/../outside/table"), path("inside/folder/table"),
        "file://" + path("outside/table"), std::string("s3://bucket/table")}) {
    for (const char* const function :
         {"read_delta", "read_delta_cdf", "delta_snapshot", "delta_add_actions", "delta_history"}) {
      EXPECT_EQ(refusal(session, fmt::format("SELECT * FROM {}('{}')", function, outside)),
                ErrorCode::PolicyViolation)
          << function << outside << last_message_;
    }
  }
  EXPECT_EQ(
      refusal(session, "CREATE VIEW v AS SELECT * FROM read_delta('" + path("inside/table") + "')"),
      ErrorCode::PolicyViolation);
}

TEST_F(UntrustedSql, MacrosAreDdl) {
  const Session session = profile().open_session();
  for (const char* const query :
       {"CREATE FUNCTION f(x INT) RETURN x", "CREATE OR REPLACE FUNCTION abs(x INT) RETURN x",
        "CREATE MACRO f(x) AS x", "CREATE MACRO f() AS TABLE SELECT 1", "DROP FUNCTION abs",
        "DROP FUNCTION IF EXISTS nobody", "EXPLAIN CREATE FUNCTION f(x INT) RETURN $x"}) {
    EXPECT_EQ(refusal(session, query), ErrorCode::PolicyViolation) << query << last_message_;
  }
}

TEST_F(UntrustedSql, MacrosReachWhatTheirSessionDoes) {
  RuntimeProfile with_functions = profile(SqlPolicy::Admin);
  with_functions.functions = table_functions();
  with_functions.enable_url_table = true;
  const Session session = with_functions.open_session();
  for (const std::string& body : {"SELECT * FROM '" + path("outside/secret.csv") + "'",
                                  "SELECT * FROM read_delta('" + path("outside/table") + "')"}) {
    const ErrorCode code = refusal(session, "CREATE MACRO m() AS TABLE " + body);
    EXPECT_THAT(code, testing::AnyOf(ErrorCode::PolicyViolation, ErrorCode::InvalidQuery))
        << body << last_message_;
  }
  EXPECT_THAT(
      refusal(session, "CREATE MACRO m() AS TABLE WITH x AS (DELETE FROM t) SELECT 1"),
      testing::AnyOf(ErrorCode::PolicyViolation, ErrorCode::Unsupported, ErrorCode::InvalidQuery));
}

TEST_F(UntrustedSql, TheTextOfAMacroIsCounted) {
  const Session session = profile(SqlPolicy::Admin).open_session();
  std::string body = "1";
  for (int i = 0; i < 20000; ++i) body += " + 1";
  EXPECT_EQ(refusal(session, "CREATE FUNCTION f() RETURNS INT AS $$ " + body + " $$"),
            ErrorCode::InvalidQuery)
      << last_message_;
}

TEST_F(UntrustedSql, MacrosThatGrowAreRefused) {
  const Session session = profile(SqlPolicy::Admin).open_session();
  (void)session.sql("CREATE FUNCTION f0(x DOUBLE) RETURN x + x");
  ErrorCode code = ErrorCode::Internal;
  for (int i = 1; i < 40; ++i) {
    try {
      (void)session.sql(
          fmt::format("CREATE FUNCTION f{}(x DOUBLE) RETURN f{}(f{}(x))", i, i - 1, i - 1));
    } catch (const Error& error) {
      code = error.code();
      break;
    }
  }
  EXPECT_EQ(code, ErrorCode::ResourceExhausted);
}

TEST_F(UntrustedSql, ConfinedToNothingReachesOnlyMemory) {
  RuntimeProfile confined = profile(SqlPolicy::Admin);
  confined.allowed_roots.clear();
  confined.confine = true;
  const Session session = confined.open_session();
  EXPECT_EQ(refusal(session, "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '" +
                                 path("inside/open.csv") + "'"),
            ErrorCode::PolicyViolation)
      << last_message_;
  EXPECT_EQ(session.sql("SELECT 1").count(), 1U);
}

}  // namespace
}  // namespace alluvium
