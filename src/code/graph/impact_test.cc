#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsSubsetOf;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

// Something of each kind of edge.
constexpr std::string_view kLibrary = R"py(
import functools


def compute(): return 1


LIMIT = compute(); OTHER = compute()


def traced(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)
    class Local: pass
    return wrapper


class Base:
    def __init__(self, n=LIMIT):
        self.n = n

    def step(self): return self.n

    def run(self):
        return self.step()

    def __iter__(self):
        yield self.run()

    @property
    def size(self): return self.n

    @size.setter
    def size(self, n): self.n = compute()

    @size.deleter
    def size(self): pass


TABLE = Base
TABLE = {
    "far": Base,
    "make": compute,
}


class TABLE: pass


def TABLE(): pass


class Derived(Base):
    @traced
    def step(self):
        return compute() + compute()

    def headed(
        self,
        n: Far | None = None,
    ) -> "Base":
        pass


def make(): return Derived().run()


def guess(thing): return thing.pop()


class Far:
    def pop(self): return make()
    def choose(self, name): return getattr(self, "po" + name)

)py";

constexpr std::string_view kTests = R"py(
import unittest
import pytest
from app.library import Derived, make


@pytest.fixture
def derived():
    return Derived()


def test_runs(derived):
    assert derived.run()


class MakeTest(unittest.TestCase):
    def setUp(self):
        self.made = make()

    def test_made(self):
        self.assertEqual(self.made, 2)
)py";

class ImpactTest : public ::testing::Test {
 protected:
  ImpactTest() {
    write("one/app/__init__.py", "");
    write("one/app/library.py", kLibrary);
    write("one/tests/test_library.py", kTests);
    // A repository beside it: names are not to be mixed up.
    write("two/app/__init__.py", "");
    write("two/app/library.py", kLibrary);
    write("two/tests/conftest.py", "import pytest\n@pytest.fixture\ndef derived(): pass\n");
    for (const std::string repository : {"one", "two"}) {
      index({.repository = folder_ / repository, .lake = folder_ / "lake"});
    }
    session_ = Lake::open(folder_ / "lake").session({});
  }

  void write(const std::string& path, std::string_view text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }

  /// The first column of a query.
  [[nodiscard]] std::vector<std::string> column(const std::string& query,
                                                const SqlParameters& parameters = {}) const {
    std::vector<std::string> values;
    for (const RecordBatch& batch : session_->sql(query, parameters).collect()) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        values.emplace_back(batch.column(0).is_null(row) ? "null" : batch.column(0).bytes(row));
      }
    }
    return values;
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  std::optional<Session> session_;
};

// `impact` makes the edges by itself, in less time than the view; it has to be the same ones.
TEST_F(ImpactTest, FollowsTheEdgesOfTheView) {
  EXPECT_THAT(column("SELECT DISTINCT kind FROM edges"),
              UnorderedElementsAre("references", "calls", "inherits", "decorated_by", "constructs",
                                   "overridden_by", "contains", "protocol", "fixture", "set_up_by",
                                   "same_name", "picks", "imports"));
  const std::string way = " || ' by ' || via || ' at ' || CAST(confidence AS STRING)";
  const std::vector<std::string> nodes =
      column("SELECT node_id FROM nodes WHERE repo = 'one' AND kind <> 'parameter'");
  std::size_t edges = 0;
  for (const std::string least : {"0.0", "0.5"}) {
    std::vector<std::string> followed;
    for (const std::string& node : nodes) {
      const std::vector<std::string> ways =
          column("SELECT root_id || ' from ' || node_id" + way + " FROM impact($node, " +
                     "min_confidence => " + least + ", max_distance => 1) WHERE distance = 1",
                 {{"node", lit(node)}});
      followed.insert(followed.end(), ways.begin(), ways.end());
    }
    // Of several kinds between two, the surest is told, then the first by name.
    EXPECT_THAT(
        column("SELECT dst || ' from ' || src" + way + " FROM (SELECT dst, src, e.kind AS via, " +
               "confidence, row_number() OVER (PARTITION BY dst, src ORDER BY confidence DESC, " +
               "e.kind) AS place FROM edges e JOIN nodes n ON n.node_id = e.dst WHERE e.repo = " +
               "'one' AND e.kind <> 'imports' AND n.kind <> 'parameter' AND confidence >= " +
               least + ") WHERE place = 1"),
        UnorderedElementsAreArray(followed));
    EXPECT_NE(followed.size(), edges) << "some are guesses";
    edges = followed.size();
  }
  EXPECT_GT(edges, 20U);
}

TEST_F(ImpactTest, NamesAreWholeParts) {
  const auto roots = [&](const std::string& name) {
    return column(
        "SELECT DISTINCT name FROM impact($name, max_distance => 0) WHERE repo = 'one' "
        "AND kind <> 'parameter' ORDER BY name",
        {{"name", lit(name)}});
  };
  EXPECT_THAT(roots("Derived.step"), ElementsAre("app.library.Derived.step"));
  EXPECT_THAT(roots("Derived"), ElementsAre("app.library.Derived", "app.library.Derived.headed",
                                            "app.library.Derived.step"));
  EXPECT_THAT(roots("app/__init__.py"), ElementsAre("app/__init__.py"));
  EXPECT_THAT(roots("MakeTest\nLIMIT"), SizeIs(4));
  EXPECT_THAT(roots("app/library.py"), IsSubsetOf(roots("app")));
  EXPECT_THROW(roots("Deriv"), Error);
  EXPECT_THROW(roots("library.py"), Error);
}

// A class doesn't need what its methods' annotations and defaults name, wherever they stand.
TEST_F(ImpactTest, HeadsAreOfWhatTheyBegin) {
  EXPECT_THAT(column("SELECT DISTINCT n.name FROM edges e JOIN nodes n ON n.node_id = e.src JOIN "
                     "nodes d ON d.node_id = e.dst WHERE e.repo = 'one' AND e.kind = 'references' "
                     "AND d.name = 'app.library.Far'"),
              ElementsAre("app.library.Derived.headed"));
}

TEST_F(ImpactTest, TellsTheTestsToRun) {
  EXPECT_THAT(column("SELECT test_id FROM impact('app.library.compute') WHERE is_test ORDER BY 1"),
              ElementsAre("tests/test_library.py::MakeTest::test_made",
                          "tests/test_library.py::test_runs"));
}

TEST_F(ImpactTest, RowsComeNearestFirst) {
  const std::vector<std::string> in_order = column(
      "SELECT node_id FROM impact('compute') ORDER BY distance, confidence DESC, name, "
      "node_id");
  EXPECT_GT(in_order.size(), 10U);
  EXPECT_EQ(column("SELECT node_id FROM impact('compute')"), in_order);
}

}  // namespace
}  // namespace alluvium::code
