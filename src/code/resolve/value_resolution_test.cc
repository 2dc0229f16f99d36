#include <gtest/gtest.h>

#include "code/resolve/callee_testing.h"

namespace alluvium::code {
namespace {

using testing::Callee;
using testing::callee;
using testing::callee_in;
using testing::Files;
using testing::kClasses;
using testing::Resolved;

TEST(Annotations, NameWhatAParameterIs) {
  const std::vector<std::string> forms = {"A",
                                          "'A'",
                                          "Optional[A]",
                                          "t.Optional['A']",
                                          "A | None",
                                          "None | A",
                                          "'A|None'",
                                          "Union[A, None]",
                                          "Union[None, A]",
                                          "Annotated[A, 1]",
                                          "'Optional[A]'",
                                          "'t.Optional[\"A\"] | None'",
                                          "'Union[None, A]'",
                                          "\"\"\"\n Annotated[\n A ]\"\"\"",
                                          "Final[A]"};
  std::string code = kClasses + "from typing import *\nimport typing as t\n";
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const std::string name = "x" + std::to_string(i);
    code += "def g(" + name + ": " + forms[i] + "):\n    " + name + ".f()\n";
  }
  const Resolved resolved(Files{{"m.py", code}});
  for (std::size_t i = 0; i < forms.size(); ++i) {
    EXPECT_EQ(callee(resolved, "x" + std::to_string(i) + ".f"),
              (Callee{"m.A.f", "annotated", "0.9"}))
        << forms[i];
  }
}

TEST(Annotations, NameVariablesAndReturns) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
x: A = unknown()
x.f()
def make() -> 'B': return unknown()
make().f()
def g():
    y: B = unknown()
    y.f()
async def later() -> A: ...
async def h():
    (await later()).f()
)py"}});
  EXPECT_EQ(callee(resolved, "x.f"), (Callee{"m.A.f", "annotated", "0.9"}));
  EXPECT_EQ(callee(resolved, "make().f"), (Callee{"m.B.f", "annotated", "0.9"}));
  EXPECT_EQ(callee(resolved, "y.f"), (Callee{"m.B.f", "annotated", "0.9"}));
  EXPECT_EQ(callee(resolved, "(await later()).f"), (Callee{"m.A.f", "annotated", "0.9"}));
}

// What they leave to the value, the value tells; without one nothing is known.
TEST(Annotations, MayLeaveItToTheValue) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
import typing as t
from typing import Any, ClassVar, Final
x: Final = A()
x.f()
y: Any = A()
y.f()
class C:
    z: t.ClassVar = B()
    def g(self):
        self.z.f()
def g(w: Any):
    w.h()
)py"}});
  EXPECT_EQ(callee(resolved, "x.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "y.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "self.z.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "w.h").at(1), "unresolved");
}

TEST(Annotations, HaveNamesOfTheirOwn) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
import typing as t
from typing import Generic, NewType, Optional, TypeVar, Union
Bound = TypeVar("Bound", bound=A)
Later = t.TypeVar("Later", bound="Optional[B]")
Free = TypeVar("Free")
Named = NewType("Named", "A")
Maybe = Optional[A]
Either: t.TypeAlias = "Union[None, B]"
One = t.Union["B", None]
def g(bound: Bound, later: Later, free: Free, named: Named, maybe: Maybe, one: One, either: Either):
    either.f()
    bound.f()
    later.f()
    free.f()
    named.f()
    maybe.f()
    one.f()
class Wrapper(Generic[Bound]):
    wrapped: Bound
    def g(self):
        self.wrapped.f()
)py"}});
  for (const std::string of_a : {"bound.f", "named.f", "maybe.f", "self.wrapped.f"}) {
    EXPECT_EQ(callee(resolved, of_a).at(0), "m.A.f") << of_a;
  }
  for (const std::string of_b : {"later.f", "one.f", "either.f"}) {
    EXPECT_EQ(callee(resolved, of_b).at(0), "m.B.f") << of_b;
  }
  EXPECT_EQ(callee(resolved, "free.f").at(1), "ambiguous");
}

// As text too, which the grammar doesn't look into.
TEST(Annotations, ThatAreNoTypesTellNothing) {
  for (const std::string text : {"'A['", "'A]'", "'A,'", "'A B'", "'[A]'", "'A || B'", "'2A'",
                                 "'list[A'", "''", "'Optional[A)]'"}) {
    EXPECT_EQ(callee_in(kClasses + "def g(x: " + text + "):\n    x.f()\n", "x.f").at(1),
              "ambiguous")
        << text;
  }
  const std::string deep = std::string(500, 'A') + std::string(5000, '[');
  EXPECT_EQ(callee_in(kClasses + "def g(x: '" + deep + "'):\n    x.f()\n", "x.f").at(1),
            "ambiguous");
}

TEST(Annotations, NameClassesThemselves) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
def g(kind: type[A], other: 'B'):
    kind().f()
    type(other)().f()
)py"}});
  EXPECT_EQ(callee(resolved, "kind().f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "type(other)().f"), (Callee{"m.B.f", "inferred", "0.8"}));
}

TEST(Results, AreWhatTheMethodWasCalledOn) {
  const std::string methods = R"py(
from typing import Self
class Base:
    def by_self(self): return self
    def by_annotation(self) -> Self: ...
    @classmethod
    def by_cls(cls): return cls()
    def f(self): pass
class Derived(Base):
    def f(self): pass
)py";
  const Callee expected{"m.Derived.f", "inferred", "0.8"};
  const Resolved resolved(Files{{"m.py", methods + R"py(
Derived().by_self().f()
Derived().by_annotation().by_self().f()
Derived.by_cls().f()
)py"}});
  EXPECT_EQ(callee(resolved, "Derived().by_self().f"), expected);
  EXPECT_EQ(callee(resolved, "Derived().by_annotation().by_self().f").at(0), "m.Derived.f");
  EXPECT_EQ(callee(resolved, "Derived.by_cls().f"), expected);
}

TEST(Locals, AreFollowed) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
def make():
    made = A()
    return made
def g():
    x = make()
    y = x
    z, w = y, B()
    z.f()
    w.f()
    if (v := B()):
        v.f()
)py"}});
  EXPECT_EQ(callee(resolved, "z.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "w.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "v.f"), (Callee{"m.B.f", "inferred", "0.8"}));
}

TEST(Locals, MayBeAskedForTheirClass) {
  EXPECT_EQ(callee_in(kClasses + R"py(
def g(x):
    if isinstance(x, A):
        x.f()
)py",
                      "x.f"),
            (Callee{"m.A.f", "annotated", "0.9"}));
  const Callee one_of_two = callee_in(kClasses + R"py(
def g(x):
    if isinstance(x, (A, B)):
        x.f()
)py",
                                      "x.f");
  EXPECT_EQ(one_of_two.at(2), "0.45");
}

TEST(Locals, OfNothingButABuiltinOrNone) {
  EXPECT_EQ(callee_in(kClasses + R"py(
def g(x=None, y=()):
    x = x or A()
    for each in x.f(), y.count(1): pass
)py",
                      "x.f"),
            (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Choices, ShareTheConfidence) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
def g(x):
    one = A() if x else None
    one.f()
    two = A() if x else B()
    two.f()
    three = x or B()
    three.f()
)py"}});
  EXPECT_EQ(callee(resolved, "one.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "three.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  const Callee two = callee(resolved, "two.f");
  EXPECT_EQ(two.at(1), "inferred");
  EXPECT_EQ(two.at(2), "0.4");
}

TEST(Choices, AreTakenInAnOrderOfTheirOwn) {
  const auto chosen = [](const std::string& choice) {
    return callee_in(kClasses + "x = " + choice + "\nx.f()\n", "x.f");
  };
  EXPECT_EQ(chosen("A() or B()"), chosen("B() or A()"));
  // What is surer is taken first.
  EXPECT_EQ(callee_in(kClasses + "def g(x: B = A()):\n    x.f()\n", "x.f"),
            (Callee{"m.B.f", "annotated", "0.45"}));
}

TEST(Choices, WithTheSameMethodAreOne) {
  EXPECT_EQ(callee_in(kClasses + R"py(
class C(A): pass
class D(A): pass
x = C() or D()
x.f()
)py",
                      "x.f"),
            (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Choices, OfTooManyAreNotKnown) {
  std::string code = kClasses + "def g(n):\n    x = A()\n";
  for (int i = 0; i < 10; ++i) {
    const std::string name = "C" + std::to_string(i);
    code = "class " + name + ":\n    def f(self): pass\n" + code + "    x = " + name + "()\n";
  }
  EXPECT_EQ(callee_in(code + "    x.f()\n", "x.f"), (Callee{"NULL", "unresolved", "0.0"}));
}

TEST(With, GivesWhatIsEntered) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
from contextlib import contextmanager
class Plain:
    def __enter__(self): return self
    def f(self): pass
class Other:
    def __enter__(self): return A()
@contextmanager
def managed():
    yield B()
def g():
    with Plain() as plain, Other() as other:
        plain.f()
        other.f()
    with managed() as it:
        it.f()
)py"}});
  EXPECT_EQ(callee(resolved, "plain.f").at(0), "m.Plain.f");
  EXPECT_EQ(callee(resolved, "other.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "it.f"), (Callee{"m.B.f", "inferred", "0.8"}));
}

TEST(For, GivesWhatIsYielded) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class Items:
    def __iter__(self):
        yield B()
class Reader:
    def __iter__(self): return self
    def __next__(self): return A()
def generate():
    yield A()
for one in generate():
    one.f()
for two in Items():
    two.f()
for three in Reader():
    three.f()
[four.f() for four in generate()]
)py"}});
  EXPECT_EQ(callee(resolved, "one.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "two.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "three.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "four.f"), (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Except, GivesAnInstance) {
  EXPECT_EQ(callee_in(kClasses + R"py(
class Failure(Exception):
    def f(self): pass
try: pass
except Failure as failure:
    failure.f()
)py",
                      "failure.f")
                .at(0),
            "m.Failure.f");
}

TEST(Fixtures, ArePassedByName) {
  const std::string fixtures = R"py(
import pytest
@pytest.fixture
def made(): return m.A()
@pytest.fixture(scope="module")
def lent():
    with open("x"):
        yield m.B()
@pytest.fixture
def near(): return m.A()
)py";
  const Resolved resolved(Files{{"m.py", kClasses},
                                {"conftest.py", "import m\n" + fixtures},
                                {"tests/conftest.py", "import m\n" + fixtures + R"py(
@pytest.fixture
def near(near): return m.B()
)py"},
                                {"other/conftest.py", R"py(
import pytest
import m
@pytest.fixture
def far(): return m.A()
)py"},
                                {"tests/test_other.py", R"py(
import pytest
import m
@pytest.fixture
def kept(): return m.A()
)py"},
                                {"m_fixtures.py", R"py(
import pytest
import m
@pytest.fixture
def plugged(): return m.B()
)py"},
                                {"tests/test_m.py", R"py(
import m
def test_it(made, lent, near, far, kept, plugged, typed: m.B):
    kept.f()
    plugged.f()
    made.f()
    lent.f()
    near.f()
    far.f()
class TestM:
    def test_more(self, made):
        made.g()
def helper(lent):
    lent.h()
)py"}});
  EXPECT_EQ(callee(resolved, "made.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "lent.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "near.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "far.f"), (Callee{"NULL", "ambiguous", "0.0"}));
  EXPECT_EQ(callee(resolved, "kept.f"), (Callee{"NULL", "ambiguous", "0.0"}));
  EXPECT_EQ(callee(resolved, "plugged.f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "lent.h"), (Callee{"NULL", "unresolved", "0.0"}));
}

TEST(Decorated, FunctionsMayBecomeInstances) {
  const std::string decorators = kClasses + R"py(
from typing import Callable
class Command:
    def __init__(self, callback): pass
    def run(self): pass
    def clone(self): pass
class Other:
    def run(self): pass
def command(function): return Command(function)
def named(name) -> "Callable": pass
def option(name):
    def decorator(function): return function
    return decorator
def group(name=None) -> Command | Callable[[int], Command]: pass
)py";
  EXPECT_EQ(callee_in(decorators + "@command\n@option('x')\ndef f(): pass\nf.run()\n", "f.run"),
            (Callee{"m.Command.run", "inferred", "0.8"}));
  EXPECT_EQ(callee_in(decorators + "@group()\ndef f(): pass\nf.run()\n", "f.run"),
            (Callee{"m.Command.run", "annotated", "0.9"}));
  // It is still a function.
  EXPECT_EQ(callee_in(decorators + "@command\ndef f(): return A()\nf().f()\n", "f().f"),
            (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Annotations, TellWhatContainersHold) {
  const std::string code = kClasses + R"py(
import typing as t
from collections.abc import Iterator, Sequence
def some(a: list[A], b: dict[str, B], c: t.Sequence[B], d: list[int]):
    for one in a: one.f()
    a[0].f(0)
    b["x"].f(1)
    b.get("x").f(2)
    for value in b.values(): value.f(3)
    for item in c or (): item.f(4)
    d.append(1)
    for number in d: number.f(5)
def lent() -> Iterator[A]: yield A()
with lent() as one_lent: one_lent.f()
def kept(p: "list[A]", q: "t.Mapping[str, 'A'] | None", r: "t.Callable[[int, B], A]"):
    for one_kept in p: one_kept.f()
    q["x"].f(7)
    r(1).f(8)
def entered() -> t.AbstractAsyncContextManager[A]: ...
def awaited() -> t.Coroutine[t.Any, t.Any, A]: ...
async def wait():
    async with entered() as one_entered: one_entered.f()
    (await awaited()).f(9)
)py";
  for (const std::string of_a : {"one.f", "a[0].f", "one_lent.f", "one_kept.f", "q[\"x\"].f",
                                 "r(1).f", "one_entered.f", "(await awaited()).f"}) {
    EXPECT_EQ(callee_in(code, of_a), (Callee{"m.A.f", "annotated", "0.9"})) << of_a;
  }
  for (const std::string of_b : {"b[\"x\"].f", "b.get(\"x\").f", "value.f", "item.f"}) {
    EXPECT_EQ(callee_in(code, of_b), (Callee{"m.B.f", "annotated", "0.9"})) << of_b;
  }
  EXPECT_EQ(callee_in(code, "d.append"), (Callee{"NULL", "builtin", "1.0"}));
}

TEST(Imports, AreFollowedToClasses) {
  const Resolved resolved(Files{{"p/__init__.py", "from .deep import A\nfrom . import deep\n"},
                                {"p/deep.py", kClasses},
                                {"m.py", R"py(
from p import A as Renamed
from p.deep import *
import p
import p.deep as d
Renamed().f()
B().f()
p.A().f()
p.deep.B().f()
d.A.f(1)
)py"}});
  EXPECT_EQ(callee(resolved, "Renamed().f"), (Callee{"p.deep.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "B().f"), (Callee{"p.deep.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "p.A().f"), (Callee{"p.deep.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "p.deep.B().f"), (Callee{"p.deep.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "d.A.f"), (Callee{"p.deep.A.f", "member", "0.9"}));
}

TEST(Imports, MayGoInCircles) {
  const Resolved resolved(Files{{"a.py", R"py(
import b
class A(b.B):
    def f(self): return b.make()
def g():
    A().h().f()
)py"},
                                {"b.py", R"py(
import a
class B:
    def f(self): pass
    def h(self): return self
def make(): return a.A()
make().f()
)py"}});
  EXPECT_EQ(callee(resolved, "A().h().f").at(0), "a.A.f");
  EXPECT_EQ(callee(resolved, "make().f"), (Callee{"a.A.f", "inferred", "0.8"}));
}

TEST(TheUnknown, OfOutsideIsNotGuessed) {
  const Resolved resolved(Files{{"m.py", R"py(
import other
class C(other.Base):
    def g(self):
        self.only_one()
        self.mine()
    def mine(self): pass
class D:
    def only_one(self): pass
other.thing().only_one()
)py"}});
  EXPECT_EQ(callee(resolved, "self.only_one"), (Callee{"NULL", "external", "1.0"}));
  EXPECT_EQ(callee(resolved, "self.mine"), (Callee{"m.C.mine", "self", "0.9"}));
  EXPECT_EQ(callee(resolved, "other.thing().only_one"), (Callee{"NULL", "external", "1.0"}));
}

TEST(TheUnknown, IsWhatContainersFromOutsideHold) {
  const Resolved resolved(Files{{"m.py", R"py(
import collections
import other
from collections import OrderedDict as Ordered
from weakref import WeakSet
class D:
    def one(self): pass
    def two(self): pass
    def three(self): pass
    def four(self): pass
class C:
    def __init__(self):
        self.ordered = Ordered()
        self.weak = WeakSet()
        self.queue = collections.deque()
        self.other = other.Things()
    def g(self):
        self.ordered.move_to_end()
        for first in self.ordered.values(): first.one()
        for second in self.weak: second.two()
        self.queue.popleft().three()
        for fourth in self.other: fourth.four()
)py"}});
  EXPECT_EQ(callee(resolved, "self.ordered.move_to_end"), (Callee{"NULL", "external", "1.0"}));
  EXPECT_EQ(callee(resolved, "first.one"), (Callee{"m.D.one", "name_only", "0.5"}));
  EXPECT_EQ(callee(resolved, "second.two"), (Callee{"m.D.two", "name_only", "0.5"}));
  EXPECT_EQ(callee(resolved, "self.queue.popleft().three"),
            (Callee{"m.D.three", "name_only", "0.5"}));
  EXPECT_EQ(callee(resolved, "fourth.four"), (Callee{"NULL", "external", "1.0"}));
}

TEST(TheUnknown, IsGuessedByANameThatIsUnique) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class C:
    @property
    def only_one(self): pass
    @only_one.setter
    def only_one(self, value): pass
    def local(self):
        def inner(): pass
    def get(self): pass
    def also(self): pass
class D(C):
    def also(self): pass
class E(D):
    def also(self): pass
def g(x):
    x.only_one()
    x.get()
    x.also()
    x.f()
    x.inner()
    x.nowhere()
)py"}});
  EXPECT_EQ(callee(resolved, "x.only_one"), (Callee{"m.C.only_one", "name_only", "0.5"}));
  EXPECT_EQ(callee(resolved, "x.get"), (Callee{"m.C.get", "name_only", "0.3"}));
  EXPECT_EQ(callee(resolved, "x.also"), (Callee{"m.C.also", "name_only", "0.5"}));
  EXPECT_EQ(callee(resolved, "x.f"), (Callee{"NULL", "ambiguous", "0.0"}));
  EXPECT_EQ(callee(resolved, "x.inner"), (Callee{"NULL", "unresolved", "0.0"}));
  EXPECT_EQ(callee(resolved, "x.nowhere"), (Callee{"NULL", "unresolved", "0.0"}));
}

TEST(TheUnknown, IsWhatBuiltinsGiveOfWhatTheyHold) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class C:
    def only_one(self): pass
def generate():
    yield A()
kinds = {}
kinds.get(0).only_one()
getattr(kinds, name).only_one(1)
next(generate()).f()
)py"}});
  EXPECT_EQ(callee(resolved, "kinds.get(0).only_one").at(1), "name_only");
  EXPECT_EQ(callee(resolved, "getattr(kinds, name).only_one").at(1), "name_only");
  EXPECT_EQ(callee(resolved, "next(generate()).f"), (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Circles, OfClassesEnd) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class Own(Own):
    def f(self): pass
class X(Y, A): pass
class Y(X): pass
Own().f()
X().f()
Y().f()
)py"}});
  EXPECT_EQ(callee(resolved, "Own().f").at(0), "m.Own.f");
  EXPECT_EQ(callee(resolved, "X().f").at(0), "m.A.f");
}

TEST(Circles, OfValuesEnd) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class Node:
    def next(self): return Other()
class Other:
    def next(self): return A()
    def g(self): pass
class Unrelated:
    def g(self): pass
def g():
    x = Node()
    while x:
        x = x.next()
    x.g()
def h(): return h()
h().f()
y = z
z = y
y.f()
)py"}});
  EXPECT_EQ(callee(resolved, "h().f"), (Callee{"NULL", "ambiguous", "0.0"}));
  EXPECT_EQ(callee(resolved, "y.f"), (Callee{"NULL", "ambiguous", "0.0"}));
  // x is what Node.next() gives, once round what Other.next() gives, then nothing new.
  EXPECT_EQ(callee(resolved, "x.g"), (Callee{"m.Other.g", "inferred", "0.8"}));
}

TEST(Hostile, ChainsOfAttributes) {
  std::string chain = "x";
  for (int i = 0; i < 5000; ++i) chain += ".a";
  const Resolved resolved(Files{{"m.py", kClasses + "x = A()\n" + chain + ".f()\n" + chain +
                                             " = B()\nx.f()\nclass C(" + chain + "): pass\n"}});
  EXPECT_EQ(callee(resolved, "x.f").at(0), "m.A.f");
}

TEST(Hostile, AssignmentsToOneName) {
  std::string code = kClasses + "def g():\n";
  for (int i = 0; i < 10'000; ++i) code += "    x = A()." + std::string(i % 7 + 1, 'a') + "\n";
  for (int i = 0; i < 10'000; ++i) code += "    x = x.f(" + std::to_string(i) + ").g()\n";
  code += "    y = A()\n    y.f()\n";
  EXPECT_EQ(callee_in(code, "y.f"), (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Hostile, NamesMadeFromEachOther) {
  std::string code = kClasses + "x0 = A()\nx1 = A()\n";
  for (int i = 2; i < 5000; ++i) {
    const auto before = [&](int by) { return "x" + std::to_string(i - by); };
    code += "x" + std::to_string(i) + " = " + before(1) + " or " + before(2) + "\n";
  }
  for (int i = 0; i < 50; ++i) code += "class C" + std::to_string(i) + "(x4000): pass\n";
  const Resolved resolved(Files{{"m.py", code + "x20.f()\n"}});
  EXPECT_EQ(callee(resolved, "x20.f"), (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Hostile, BasesThatMayBeMuch) {
  std::string code = kClasses + "x0 = A\n";
  for (int i = 1; i < 100; ++i) {
    for (int j = 0; j < 16; ++j) {
      code += "x" + std::to_string(i) + " = x" + std::to_string(i - 1) + ".a" + std::to_string(j) +
              "\n";
    }
  }
  EXPECT_EQ(callee_in(code + "class C(A, x99): pass\nC().f()\n", "C().f"),
            (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Values, AreTheSameForFilesInAnyOrder) {
  const Files files = {{"a.py", kClasses}, {"b.py", "from a import *\nx = A() or B()\nx.f()\n"}};
  const auto rows = [](const Files& of) {
    return Resolved(of).rows(
        "SELECT lookup_id, def_id, resolution, confidence FROM lookups "
        "ORDER BY lookup_id");
  };
  EXPECT_EQ(rows(files), rows({files.rbegin(), files.rend()}));
}

}  // namespace
}  // namespace alluvium::code
