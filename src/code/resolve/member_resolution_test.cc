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

TEST(Methods, AreFoundThroughSelf) {
  EXPECT_EQ(callee_in(kClasses + R"py(
class C:
    def f(self): pass
    def g(self):
        self.f()
)py",
                      "self.f"),
            (Callee{"m.C.f", "self", "0.9"}));
}

TEST(Methods, AreInherited) {
  const Resolved resolved(Files{{"base.py", kClasses}, {"m.py", R"py(
import base
class Middle(base.A): pass
class C(Middle):
    def g(self):
        self.f()
C.f(None)
)py"}});
  EXPECT_EQ(callee(resolved, "self.f"), (Callee{"base.A.f", "self", "0.9"}));
  EXPECT_EQ(callee(resolved, "C.f"), (Callee{"base.A.f", "member", "0.9"}));
}

TEST(Methods, AreFoundInTheOrderOfBases) {
  const Resolved resolved(Files{{"m.py", R"py(
class Top:
    def f(self): pass
    def g(self): pass
class Left(Top):
    def g(self): pass
class Right(Top):
    def f(self): pass
    def g(self): pass
class Bottom(Left, Right): pass
b = Bottom()
b.f()
b.g()
)py"}});
  // Depth first, f would be that of Top.
  EXPECT_EQ(callee(resolved, "b.f"), (Callee{"m.Right.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "b.g"), (Callee{"m.Left.g", "inferred", "0.8"}));
}

TEST(Methods, OfClassesThatPythonRefusesAreFoundDepthFirst) {
  EXPECT_EQ(callee_in(kClasses + R"py(
class X(A, B): pass
class Y(B, A): pass
class Z(X, Y): pass
Z().f()
)py",
                      "Z().f"),
            (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Methods, OfClassesGoThroughCls) {
  EXPECT_EQ(callee_in(kClasses + R"py(
class C:
    def f(self): pass
    @classmethod
    def make(cls):
        return cls().f()
)py",
                      "cls().f"),
            (Callee{"m.C.f", "self", "0.9"}));
}

TEST(Methods, MayBeStatic) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class C:
    @staticmethod
    def make(thing: A):
        thing.f()
        return B()
C.make(1)
C().make(2).f()
)py"}});
  // The first parameter of a static method is no self.
  EXPECT_EQ(callee(resolved, "thing.f"), (Callee{"m.A.f", "annotated", "0.9"}));
  EXPECT_EQ(callee(resolved, "C.make"), (Callee{"m.C.make", "definition", "1.0"}));
  EXPECT_EQ(callee(resolved, "C().make(2).f"), (Callee{"m.B.f", "inferred", "0.8"}));
}

TEST(Super, IsTheNextOfTheOrder) {
  EXPECT_EQ(callee_in(kClasses + R"py(
class C(A, B):
    def f(self):
        super().f()
)py",
                      "super().f"),
            (Callee{"m.A.f", "super", "0.9"}));
}

TEST(Super, StartsAfterTheClassThatItNames) {
  const std::string classes = kClasses + R"py(
class Middle(A):
    def f(self): pass
class C(Middle, B):
    def f(self):
)py";
  EXPECT_EQ(callee_in(classes + "        super(C, self).f()\n", "super(C, self).f"),
            (Callee{"m.Middle.f", "super", "0.9"}));
  EXPECT_EQ(callee_in(classes + "        super(Middle, self).f()\n", "super(Middle, self).f"),
            (Callee{"m.A.f", "super", "0.9"}));
  // B is no ancestor of A, but comes after it in the order of C.
  EXPECT_EQ(callee_in(classes + "        super(A, self).f()\n", "super(A, self).f"),
            (Callee{"m.B.f", "super", "0.9"}));
}

TEST(Constructors, MakeInstances) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class C:
    def __call__(self): return A()
B().f()
C()().f()
)py"}});
  EXPECT_EQ(callee(resolved, "B().f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "C()().f"), (Callee{"m.A.f", "inferred", "0.8"}));
}

TEST(Attributes, OfClassesHaveValues) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class C:
    made = A()
    kind = B
    noted: 'A'
    def g(self):
        self.made.f()
        self.kind().f()
        self.noted.f()
)py"}});
  EXPECT_EQ(callee(resolved, "self.made.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "self.kind().f"), (Callee{"m.B.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "self.noted.f"), (Callee{"m.A.f", "annotated", "0.9"}));
}

TEST(Attributes, OfInstancesHaveValues) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class C:
    def __init__(self, given: B, unknown):
        self.made = A()
        self.given = given
        self.unknown = unknown
        self.noted: A = unknown
class D(C):
    def g(self):
        self.made.f()
        self.given.f()
        self.noted.f()
        self.unknown()
)py"}});
  EXPECT_EQ(callee(resolved, "self.made.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "self.given.f"), (Callee{"m.B.f", "annotated", "0.9"}));
  EXPECT_EQ(callee(resolved, "self.noted.f"), (Callee{"m.A.f", "annotated", "0.9"}));
  // It is an attribute, whatever it is, and no definition.
  EXPECT_EQ(callee(resolved, "self.unknown"), (Callee{"NULL", "attribute", "1.0"}));
}

TEST(Attributes, OfNestedClasses) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
class Outer:
    class Inner:
        def f(self): pass
    def g(self):
        self.Inner().f()
Outer.Inner().f()
)py"}});
  EXPECT_EQ(callee(resolved, "self.Inner().f"), (Callee{"m.Outer.Inner.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "Outer.Inner().f"), (Callee{"m.Outer.Inner.f", "inferred", "0.8"}));
}

TEST(Attributes, MayBeProperties) {
  const Resolved resolved(Files{{"m.py", kClasses + R"py(
from functools import cached_property
class C:
    @property
    def one(self): return A()
    @one.setter
    def one(self, value): pass
    @cached_property
    def two(self) -> B: ...
c = C()
c.one.f()
c.two.f()
)py"}});
  EXPECT_EQ(callee(resolved, "c.one.f"), (Callee{"m.A.f", "inferred", "0.8"}));
  EXPECT_EQ(callee(resolved, "c.two.f"), (Callee{"m.B.f", "annotated", "0.9"}));
}

}  // namespace
}  // namespace alluvium::code
