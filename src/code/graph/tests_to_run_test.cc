// What changes of a function have to be tested by, as it is written in packages: `impact` at its
// default least confidence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Strings = std::vector<std::string>;

class Repository {
 public:
  explicit Repository(const std::map<std::string, std::string_view>& files) {
    for (const auto& [path, text] : files) {
      fs::create_directories((folder_ / "r" / path).parent_path());
      std::ofstream(folder_ / "r" / path, std::ios::binary) << text;
    }
    index({.repository = folder_ / "r", .lake = folder_ / "lake"});
  }

  /// The tests by their names, in order, that a change of `definition` reaches.
  [[nodiscard]] Strings tests_of(const std::string& definition) const {
    Strings found;
    for (const RecordBatch& batch :
         Lake::open(folder_ / "lake")
             .session({})
             .sql("SELECT DISTINCT test_id FROM impact($changed) WHERE is_test ORDER BY 1",
                  {{"changed", lit(definition)}})
             .collect()) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        const std::string_view test = batch.column(0).bytes(row);
        found.emplace_back(test.substr(test.rfind(':') + 1));
      }
    }
    return found;
  }

 private:
  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST(TestsToRun, OfOverloadsAndProperties) {
  const Repository repository({{"m.py", R"py(
import typing
class C:
    @typing.overload
    def f(self, a: int): ...
    @typing.overload
    def f(self, a: str): ...
    @traced
    def f(self, a): return used(a)
    def g(self): return self.f(1)
class P:
    @property
    def p(self): return got()
    @p.setter
    def p(self, value): pass
def used(a): pass
def got(): pass
)py"},
                               {"test_m.py", R"py(
from m import C, P
def test_f(): C().g()
def test_p(): assert P().p
)py"}});
  EXPECT_THAT(repository.tests_of("m.used"), ElementsAre("test_f"));
  EXPECT_THAT(repository.tests_of("m.got"), ElementsAre("test_p"));
}

TEST(TestsToRun, OfWhatAnotherBranchOrAWrapperDefinesAnew) {
  const Repository repository({{"m.py", R"py(
if new:
    def f(): return first()
else:
    def f(): return second()
def first(): pass
def second(): pass
class K:
    def __init__(self): made()
K = registered(K)
def made(): pass
)py"},
                               {"test_m.py", R"py(
import m
def test_f(): m.f()
def test_k(): m.K()
)py"}});
  EXPECT_THAT(repository.tests_of("m.first"), ElementsAre("test_f"));
  EXPECT_THAT(repository.tests_of("m.second"), ElementsAre("test_f"));
  EXPECT_THAT(repository.tests_of("m.made"), ElementsAre("test_k"));
}

constexpr std::string_view kSteps = R"py(
def above(): pass
def below(): pass
def of_file(): pass
def of_folder(): pass
def of_class(): pass
def of_module(): pass
def elsewhere(): pass
)py";

TEST(TestsToRun, OfWhatIsRunAroundThem) {
  const Repository repository({{"steps.py", kSteps},
                               {"tests/conftest.py", R"py(
import pytest, steps
@pytest.fixture(autouse=True)
def everywhere(): steps.of_folder()
)py"},
                               {"tests/test_m.py", R"py(
import pytest, steps, unittest
def setup_module(): steps.of_module()
@pytest.fixture(autouse = True)
def around(): steps.of_file()
class Base(unittest.TestCase):
    def setUp(self): steps.above()
class TestMixin(Base):
    @pytest.fixture(autouse=True)
    def around(self): steps.of_class()
    def test_mixed(self): pass
class TestOne(TestMixin):
    def setUp(self): steps.below()
def test_function(): pass
)py"},
                               {"other/test_n.py", R"py(
import pytest, steps
@pytest.fixture
def named(): steps.elsewhere()
def test_elsewhere(): pass
)py"}});
  const Strings both = {"test_mixed", "test_function"};
  EXPECT_THAT(repository.tests_of("steps.of_folder"), both);
  EXPECT_THAT(repository.tests_of("steps.of_file"), both);
  EXPECT_THAT(repository.tests_of("steps.of_module"), both);
  for (const std::string each : {"above", "below", "of_class"}) {
    EXPECT_THAT(repository.tests_of("steps." + each), ElementsAre("test_mixed")) << each;
  }
  EXPECT_THAT(repository.tests_of("steps.elsewhere"), IsEmpty());
}

TEST(TestsToRun, AreRunAsTheClassesDerivedFromTheirs) {
  const Repository repository({{"m.py", "def one(): pass\ndef two(): pass\n"}, {"test_m.py", R"py(
import m, unittest
class Mixin:
    def test_it(self): self.function()
class OneTest(Mixin, unittest.TestCase):
    function = staticmethod(m.one)
class TwoTest(Mixin, unittest.TestCase):
    def function(self): return m.two()
    def test_two(self): pass
)py"}});
  EXPECT_THAT(repository.tests_of("m.one"), ElementsAre("test_it"));
  EXPECT_THAT(repository.tests_of("m.two"), ElementsAre("test_it"));
}

TEST(TestsToRun, OfFixturesOfAClass) {
  const Repository repository({{"m.py", R"py(
class C:
    def get(self): return done()
def done(): pass
def takes(made): pass
)py"},
                               {"base_test.py", R"py(
import m, pytest
class TestBase:
    @pytest.fixture
    def made(self): return m.C()
)py"},
                               {"test_m.py", R"py(
import pytest, m
from base_test import TestBase
class TestDerived(TestBase):
    def test_it(self, made): made.get()
class TestOther:
    def test_other(self, made): made.get()
def test_takes(): m.takes(1)
)py"}});
  EXPECT_THAT(repository.tests_of("m.done"), ElementsAre("test_it"));
}

TEST(TestsToRun, OfWhatTheirDecoratorsAreGiven) {
  const Repository repository({{"m.py", R"py(
class A:
    def __init__(self): pass
def make(): pass
def by_keyword(): pass
CASES = [make]
)py"},
                               {"test_m.py", R"py(
import m, pytest
from m import A, CASES
@pytest.mark.parametrize("kind", [("a", A)])
def test_kinds(kind): kind()
class TestIt:
    @given(st.lists(m.make()), key=m.by_keyword)
    def test_given(self, made): pass
    @pytest.mark.parametrize("case", CASES)
    def test_cases(self, case): case()
    def test_none(self): pass
)py"}});
  EXPECT_THAT(repository.tests_of("m.A.__init__"), ElementsAre("test_kinds"));
  EXPECT_THAT(repository.tests_of("m.make"), ElementsAre("test_cases", "test_given"));
  EXPECT_THAT(repository.tests_of("m.by_keyword"), ElementsAre("test_given"));
}

TEST(TestsToRun, OfWhatATableHolds) {
  const Repository repository({{"m.py", R"py(
class Reader:
    def __call__(self): return done()
def first(): return done()
def done(): pass
def other(): pass
READERS, more = {
    "first": first,
    "second": {
        "third": Reader,
    },
}, 1
ALL = [other]
def choose(name): return READERS[name]
)py"},
                               {"test_m.py", R"py(
import m
def test_choose(): m.choose("first")()
def test_other(): m.ALL
)py"}});
  EXPECT_THAT(repository.tests_of("m.first"), ElementsAre("test_choose"));
  EXPECT_THAT(repository.tests_of("m.Reader.__call__"), ElementsAre("test_choose"));
  EXPECT_THAT(repository.tests_of("m.other"), ElementsAre("test_other"));
}

TEST(TestsToRun, OfWhatIsKnownByATellingName) {
  const Repository repository({{"m.py", R"py(
class Node:
    def get_children(self): pass
    def get(self): pass
class Leaf(Node):
    def get_children(self): return leaf()
def leaf(): pass
def walk(node):
    node.get_children()
    node.get()
)py"},
                               {"test_m.py", "import m\ndef test_walk(): m.walk(m.Leaf())\n"}});
  EXPECT_THAT(repository.tests_of("m.Node.get_children"), ElementsAre("test_walk"));
  EXPECT_THAT(repository.tests_of("m.leaf"), ElementsAre("test_walk"));
  EXPECT_THAT(repository.tests_of("m.Node.get"), IsEmpty());
}

TEST(TestsToRun, OfWhatATellingNameMayMean) {
  const Repository repository({{"m.py", R"py(
class Reader:
    def take_in(self): return read()
class Writer:
    def take_in(self): return written()
class Lister:
    def list_all(self): return listed()
class Derived(Lister): pass
def read(): pass
def written(): pass
def listed(): pass
def run(stream): stream.take_in()
def show(lister): lister.list_all()
)py"},
                               {"test_m.py", R"py(
import m
def test_read(): m.run(m.Reader())
def test_write(): m.run(m.Writer())
def test_list(): m.show(m.Derived())
def test_other(): m.show(None)
)py"}});
  EXPECT_THAT(repository.tests_of("m.read"), ElementsAre("test_read"));
  EXPECT_THAT(repository.tests_of("m.written"), ElementsAre("test_write"));
  EXPECT_THAT(repository.tests_of("m.listed"), ElementsAre("test_list"));
}

TEST(TestsToRun, AreOnObjectsOfTheirClass) {
  const Repository repository(
      {{"m.py", "def picked(): pass\ndef made(): pass\ndef named(): pass\n"}, {"test_m.py", R"py(
import m
class TestPick:
    def test_pick(self, kind="a"): getattr(self, "check_" + kind)()
    def check_a(self): m.picked()
class Base:
    def check(self): self.make()
class TestHook(Base):
    def test_hook(self): self.check()
    def make(self): m.made()
class TestOther(Base):
    def test_other(self): self.check()
class TestName:
    def test_name(self): call(self)
    def only_here(self): m.named()
def call(x): x.only_here()
)py"}});
  EXPECT_THAT(repository.tests_of("m.picked"), ElementsAre("test_pick"));
  EXPECT_THAT(repository.tests_of("m.made"), ElementsAre("test_hook"));
  EXPECT_THAT(repository.tests_of("m.named"), ElementsAre("test_name"));
}

TEST(TestsToRun, OfImportedFixtures) {
  const std::string fixture = "import m\nimport pytest\n@pytest.fixture\n";
  const Repository repository(
      {{"m.py", "def one(): pass\ndef two(): pass\ndef three(): pass\ndef four(): pass\n"},
       {"tests/__init__.py", ""},
       {"tests/test_base.py", fixture + "def client(): m.one()\n"},
       {"tests/test_use.py",
        "from .test_base import client\ndef test_it(client, lent, plugged): pass\n"},
       {"tests/conftest.py", "from .test_lent import *\n"},
       {"tests/test_lent.py", fixture + "def lent(): m.two()\n"},
       {"plugin.py",
        fixture + "def plugged(): m.three()\n@pytest.fixture\ndef plugged(): m.four()\n"}});
  EXPECT_THAT(repository.tests_of("m.one"), ElementsAre("test_it"));
  EXPECT_THAT(repository.tests_of("m.two"), ElementsAre("test_it"));
  EXPECT_THAT(repository.tests_of("m.four"), ElementsAre("test_it"));
}

TEST(TestsToRun, OfWhatIsPickedByANameThatIsMade) {
  const Repository repository({{"m.py", R"py(
class Visitor:
    def visit(self, node): return getattr(self, f"visit_{type(node).__name__}", None)(node)
class Printer(Visitor):
    def visit_Name(self, node): return printed()
    visit_Other = wrap(printed_otherwise)
    def invisible(self): pass
class Counter(Visitor):
    def visit_Name(self, node): return counted()
class Shapes:
    def one_kind(self): pass
    def other_kind(self): pass
    def __hidden(self): pass
class Chooser(Shapes):
    def choose(self, x):
        name = x + "_kind"
        return getattr(self, name)()
    def by_format(self, x): getattr(self, "on_%-3s_now" % x)()
    def by_fields(self, x): getattr(self, "at_{}".format(x))()
    def anything(self, x): getattr(self, x); getattr(self, "_" + x)
    def on_it_now(self): pass
    def at_it(self): pass
def of_one(x): return getattr(Chooser(), "at_" + x)
def printed(): pass
def printed_otherwise(): pass
def counted(): pass
)py"},
                               {"test_m.py", R"py(
import m
def test_print(): m.Printer().visit(1)
def test_count(): m.Counter().visit(1)
def test_choose(): m.Chooser().choose("one")
def test_format(): m.Chooser().by_format("it")
def test_fields(): m.Chooser().by_fields("it")
def test_anything(): m.Chooser().anything("hidden")
def test_of_one(): m.of_one("it")
)py"}});
  EXPECT_THAT(repository.tests_of("m.printed"), ElementsAre("test_print"));
  EXPECT_THAT(repository.tests_of("m.printed_otherwise"), ElementsAre("test_print"));
  EXPECT_THAT(repository.tests_of("m.counted"), ElementsAre("test_count"));
  EXPECT_THAT(repository.tests_of("m.Printer.invisible"), IsEmpty());
  EXPECT_THAT(repository.tests_of("m.Shapes.one_kind"), ElementsAre("test_choose"));
  EXPECT_THAT(repository.tests_of("m.Shapes.other_kind"), ElementsAre("test_choose"));
  EXPECT_THAT(repository.tests_of("m.Shapes.__hidden"), IsEmpty());
  EXPECT_THAT(repository.tests_of("m.Chooser.on_it_now"), ElementsAre("test_format"));
  EXPECT_THAT(repository.tests_of("m.Chooser.at_it"), ElementsAre("test_fields", "test_of_one"));
}

TEST(TestsToRun, OfWhatOnlySubclassesHave) {
  const Repository repository({{"m.py", R"py(
from collections.abc import MutableMapping
class Mixin:
    def run(self): return self.step()
    def get(self): return self.step
class Walker(Mixin):
    def step(self): return walked()
class Driver(Mixin):
    def step(self): return driven()
class Other:
    def step(self): return other()
class Another:
    def step(self): pass
class Cache(MutableMapping):
    def __setitem__(self, key, value): self.popitem()
class Last(Cache):
    def popitem(self): return last()
def start(mixin: Mixin): mixin.step()
def walked(): pass
def driven(): pass
def other(): pass
def last(): pass
)py"},
                               {"test_m.py", R"py(
import m
def test_walker(): m.Walker().run()
def test_driver(): m.start(m.Driver())
def test_other(): m.Other()
def test_last(): m.Last()[1] = 2
)py"}});
  EXPECT_THAT(repository.tests_of("m.walked"), ElementsAre("test_walker"));
  EXPECT_THAT(repository.tests_of("m.driven"), ElementsAre("test_driver"));
  EXPECT_THAT(repository.tests_of("m.last"), ElementsAre("test_last"));
  EXPECT_THAT(repository.tests_of("m.other"), IsEmpty());
}

TEST(TestsToRun, OfAnOverrideUseItsClass) {
  const Repository repository({{"m.py", R"py(
class Field:
    def load(self): return self.parsed()
    def parsed(self): pass
class Number(Field):
    def parsed(self): return number()
class Whole(Number):
    pass
class Text(Field):
    def parsed(self): return text()
def number(): pass
def text(): pass
DEFAULT = Text()
def load_default(): return DEFAULT.load()
)py"},
                               {"test_m.py", R"py(
import m
def test_field(): m.Field().load()
def test_number(): m.Number().load()
def test_whole(): m.Whole().load()
def test_text(): m.Text().load()
def test_default(): m.load_default()
)py"}});
  EXPECT_THAT(repository.tests_of("m.number"), ElementsAre("test_number", "test_whole"));
  EXPECT_THAT(repository.tests_of("m.text"), ElementsAre("test_default", "test_text"));
  EXPECT_THAT(repository.tests_of("m.Field.load"),
              ElementsAre("test_default", "test_field", "test_number", "test_text", "test_whole"));
}

}  // namespace
}  // namespace alluvium::code
