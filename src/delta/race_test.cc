// Every change against every other, with the other's commit forced in between the refresh and the
// commit: what is left is what the two give one after the other.

#include <gmock/gmock.h>

#include <functional>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "delta/commit_protocol_internal.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using testing::error_of;

struct Operation {
  std::string name;
  std::function<CommitReport(const Session&, const std::string& uri, int number)> run;
};

DataFrame rows_from(const Session& session, int first, int count) {
  return session.sql(
      "SELECT value AS n, CAST(value AS VARCHAR) AS s FROM generate_series(0, 999) "
      "WHERE value >= $first AND value < $end",
      {{"first", lit(first)}, {"end", lit(first + count)}});
}

// `number` tells the two of a pair apart.
std::vector<Operation> operations() {
  return {
      {"append",
       [](const Session& session, const std::string& uri, int number) {
         return write(session, rows_from(session, 100 * number, 3), {.table_uri = uri});
       }},
      {"append_from_itself",
       [](const Session& session, const std::string& uri, int) {
         return write(session,
                      [uri](const Session& in) {
                        return in.read(provider_from_session(in, {.table_uri = uri}).provider)
                            .filter(col("n") < lit(2));
                      },
                      {.table_uri = uri});
       }},
      {"overwrite",
       [](const Session& session, const std::string& uri, int number) {
         return write(session, rows_from(session, 100 * number, 3),
                      {.table_uri = uri, .mode = SaveMode::Overwrite});
       }},
      {"replace_where",
       [](const Session& session, const std::string& uri, int) {
         return write(
             session, rows_from(session, 5, 1),
             {.table_uri = uri, .mode = SaveMode::Overwrite, .replace_where = "n >= 5 AND n < 15"});
       }},
      {"merge",
       [](const Session& session, const std::string& uri, int number) {
         return merge(session, rows_from(session, 25, 10),
                      Merge{.table_uri = uri, .on = "target.n = source.n"}
                          .when_matched_update({{"s", lit("m" + std::to_string(number))}})
                          .when_not_matched_insert({{"n", "source.n"}, {"s", "source.s"}}));
       }},
      {"update",
       [](const Session& session, const std::string& uri, int number) {
         return update(session, {.table_uri = uri,
                                 .where = "n < 20",
                                 .set = {{"s", "concat(s, '" + std::to_string(number) + "')"}}});
       }},
      {"update_all",
       [](const Session& session, const std::string& uri, int) {
         return update(session, {.table_uri = uri, .set = {{"n", "n + 1"}}});
       }},
      {"delete",
       [](const Session& session, const std::string& uri, int number) {
         return delete_rows(session,
                            {.table_uri = uri, .where = "n % 3 = " + std::to_string(number)});
       }},
      {"delete_all", [](const Session& session, const std::string& uri,
                        int) { return delete_rows(session, {.table_uri = uri}); }},
      {"optimize", [](const Session& session, const std::string& uri,
                      int) { return optimize(session, {.table_uri = uri}); }},
      {"z_order", [](const Session& session, const std::string& uri,
                     int) { return optimize(session, {.table_uri = uri, .z_order = {"n"}}); }},
      {"restore", [](const Session& session, const std::string& uri,
                     int) { return restore(session, {.table_uri = uri, .version = 1}); }},
      {"vacuum", [](const Session& session, const std::string& uri,
                    int) { return vacuum(session, {.table_uri = uri, .dry_run = false}); }},
      {"add_column",
       [](const Session& session, const std::string& uri, int number) {
         return add_columns(session, {.table_uri = uri},
                            {.fields = {{.name = "c" + std::to_string(number), .type = int64()}}});
       }},
      {"set_property",
       [](const Session& session, const std::string& uri, int number) {
         return set_properties(session, {.table_uri = uri}, {{"k", std::to_string(number)}});
       }},
      {"transaction",
       [](const Session& session, const std::string& uri, int) {
         return write(
             session, rows_from(session, 700, 1),
             {.table_uri = uri, .commit = {.transaction = {{.app_id = "once", .version = 1}}}});
       }},
  };
}

class RaceTest : public testing::TableTest,
                 public ::testing::WithParamInterface<std::tuple<std::size_t, std::size_t>> {
 protected:
  ~RaceTest() override { set_interleaving(nullptr); }

  std::string make_table(const std::string& name) {
    const std::string place = (folder / name).string();
    for (int i = 0; i < 3; ++i) {
      write(session, rows_from(session, 10 * i, 10), {.table_uri = place});
    }
    return place;
  }

  // The rows after a pair of changes, or why the second of them was refused.
  std::string outcome(const std::string& place, const std::function<void()>& changes) {
    std::string text;
    try {
      changes();
    } catch (const Error& error) {
      text = std::string(to_string(error.code())) + "; ";
    }
    const DataFrame table =
        session.read(provider_from_session(session, {.table_uri = place}).provider);
    std::vector<SortExpr> order;
    for (const Field& field : table.schema().fields) order.push_back(col(field.name).asc());
    for (const auto& row : rows_of(table.sort(order))) {
      for (const std::string& value : row) text += value + ",";
      text += ' ';
    }
    return text;
  }
};

TEST_P(RaceTest, EndsAsOneAfterTheOther) {
  const auto all = operations();
  const Operation& winner = all[std::get<0>(GetParam())];
  const Operation& loser = all[std::get<1>(GetParam())];
  const std::string serial = make_table("serial");
  const std::string expected = outcome(serial, [&] {
    winner.run(session, serial, 1);
    loser.run(session, serial, 2);
  });
  const std::string raced = make_table("raced");
  int calls = 0;
  const std::string found = outcome(raced, [&] {
    set_interleaving([&](int) {
      if (++calls == 1) winner.run(session, raced, 1);
    });
    loser.run(session, raced, 2);
  });
  EXPECT_GE(calls, 1);
  EXPECT_EQ(found, expected) << winner.name << " came before " << loser.name;
}

INSTANTIATE_TEST_SUITE_P(Pairs, RaceTest,
                         ::testing::Combine(::testing::Range<std::size_t>(0, operations().size()),
                                            ::testing::Range<std::size_t>(0, operations().size())),
                         [](const auto& pair) {
                           const auto all = operations();
                           return all[std::get<0>(pair.param)].name + "_then_" +
                                  all[std::get<1>(pair.param)].name;
                         });

}  // namespace
}  // namespace alluvium::delta
