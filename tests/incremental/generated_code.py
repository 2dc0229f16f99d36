"""Random Python code of few names, so that names meet, miss and shadow each other often."""

CLASSES = ["Base", "Node", "Leaf", "Store", "View"]
FUNCTIONS = ["make", "load", "save", "find", "walk"]
METHODS = ["run", "get", "put", "close", "visit"]
ATTRIBUTES = ["node", "store", "left"]
VARIABLES = ["thing", "table", "LIMIT"]
NAMES = CLASSES + FUNCTIONS + VARIABLES
MODULES = [
    "pkg",
    "pkg.alpha",
    "pkg.beta",
    "pkg.core",
    "pkg.core.base",
    "pkg.core.models",
    "pkg.loose.tools",
    "pkg.util",
    "helper",
    "tests.conftest",
]
OUTSIDE = ["os", "os.path", "collections", "typing", "requests"]
FILES = [
    "pkg/__init__.py",
    "pkg/alpha.py",
    "pkg/beta.py",
    "pkg/core/__init__.py",
    "pkg/core/base.py",
    "pkg/core/models.py",
    "pkg/loose/tools.py",
    "pkg/util.py",
    "helper.py",
    "tests/conftest.py",
    "tests/test_alpha.py",
    "sub/lib/inner.py",
    "sub/lib/__init__.py",
]


class Code:
    def __init__(self, rng):
        self.rng = rng

    def any(self, *pools):
        return self.rng.choice([name for pool in pools for name in pool])

    def expression(self):
        c, m, f, v, a = (
            self.any(pool) for pool in (CLASSES, METHODS, FUNCTIONS, VARIABLES, ATTRIBUTES)
        )
        return self.rng.choice(
            [
                f"{f}()",
                f"{c}()",
                f"{c}().{m}()",
                f"{v}.{m}()",
                f"self.{m}()",
                f"self.{a}.{m}()",
                f"{f}().{m}()",
                f"super().{m}()",
                f"alias.{f}()",
                f"alias.{c}().{m}()",
                f"x.{m}()",
                f"[{v} for {v} in {f}()]",
                f"(lambda y: y.{m}())({c}())",
                f"cls().{m}()",
                f"{c}.{m}(x)",
                f"len({v})",
                f"os.path.join({v})",
                f"x.only_{m}()",
                f"{v}",
                f"{c}.{a}",
                f"pkg.{f}()",
                f"pkg.core.base.{c}()",
                f"alpha.{f}({v}={c}())",
                f"isinstance(x, {c})",
                f"{f}({v}) or {c}()",
                f"self.{a}",
                f"getattr(self, '{m[:2]}' + x)()",
                f"getattr(x, f'{m[0]}{{x}}', None)",
            ]
        )

    def statement(self):
        e = self.expression()
        return self.rng.choice(
            [
                f"return {e}",
                f"{self.any(VARIABLES)} = {e}",
                f"{e}",
                f"self.{self.any(ATTRIBUTES)} = {e}",
                f"for thing in {e}: {self.expression()}",
                f"with {e} as thing: thing.{self.any(METHODS)}()",
                f"if isinstance(x, {self.any(CLASSES)}): x.{self.any(METHODS)}()",
                f"yield {e}",
                f"x = {e}",
                f"{self.import_statement(inside=True)}",
            ]
        )

    def annotation(self):
        return self.rng.choice(
            [
                "",
                "",
                f" -> {self.any(CLASSES)}",
                f' -> "{self.any(CLASSES)}"',
                f" -> list[{self.any(CLASSES)}]",
                " -> None",
                f" -> alias.{self.any(CLASSES)}",
            ]
        )

    def parameter(self):
        return self.rng.choice(
            [
                "x",
                "x=None",
                f"x: {self.any(CLASSES)}",
                f'x: "{self.any(CLASSES)}"',
                f"x: {self.any(CLASSES)} = None",
                "*x",
                f"x, {self.any(VARIABLES)}=1",
            ]
        )

    def decorator(self):
        return self.rng.choice(
            [
                f"@{self.any(FUNCTIONS)}",
                "@property",
                "@staticmethod",
                "@classmethod",
                f"@alias.{self.any(FUNCTIONS)}",
                f"@{self.any(CLASSES)}",
                "@pytest.fixture",
            ]
        )

    def function(self, name=None, method=False):
        """Lines of a function or a method."""
        name = name or self.any(METHODS if method else FUNCTIONS)
        first = "self, " if method else ""
        lines = [f"def {name}({first}{self.parameter()}){self.annotation()}:"]
        if self.rng.random() < 0.2:
            lines.append(f'    """Says {name}."""')
        lines += [f"    {self.statement()}" for _ in range(self.rng.randint(1, 3))]
        if self.rng.random() < 0.15:
            lines.insert(0, self.decorator())
        return lines

    def bases(self):
        return self.rng.choice(
            [
                "",
                f"({self.any(CLASSES)})",
                f"({self.any(CLASSES)})",
                f"(alias.{self.any(CLASSES)})",
                f"({self.any(CLASSES)}, {self.any(CLASSES)})",
                "(dict)",
                f"(pkg.core.base.{self.any(CLASSES)})",
            ]
        )

    def class_(self, name=None):
        lines = [f"class {name or self.any(CLASSES)}{self.bases()}:"]
        if self.rng.random() < 0.5:
            lines.append(f"    {self.any(ATTRIBUTES)} = {self.expression()}")
        if self.rng.random() < 0.3:
            lines.append(f"    {self.any(ATTRIBUTES)}: {self.any(CLASSES)}")
        if self.rng.random() < 0.4:
            lines += [
                f"    def __init__(self, {self.parameter()}):",
                f"        self.{self.any(ATTRIBUTES)} = {self.expression()}",
            ]
        for _ in range(self.rng.randint(1, 3)):
            lines += ["    " + line for line in self.function(method=True)]
        return lines

    def import_statement(self, inside=False):
        module, name = self.any(MODULES, OUTSIDE), self.any(NAMES)
        forms = [
            f"import {module}",
            f"import {module} as alias",
            f"from {module} import {name}",
            f"from {module} import {name} as {self.any(NAMES)}",
            f"from . import {self.any(['alpha', 'beta', 'core'])}",
            f"from .alpha import {name}",
            f"from ..util import {name}",
            f"from .base import {name}",
            f"from .core import {name}",
            f"from pkg import {self.any(['alpha', 'core', 'util', 'nowhere'])}",
            f"from {module} import {name}, {self.any(NAMES)}",
        ]
        if not inside:
            forms += [
                f"from {module} import *",
                "from .core.base import *",
                "from typing import TYPE_CHECKING",
            ]
        return self.rng.choice(forms)

    def dunder_all(self):
        names = self.rng.sample(NAMES, self.rng.randint(1, 3))
        return f"__all__ = {names}"

    def top_level(self):
        """Lines of one statement of a module."""
        roll = self.rng.random()
        if roll < 0.35:
            return self.function()
        if roll < 0.6:
            return self.class_()
        if roll < 0.72:
            return [f"{self.any(VARIABLES)} = {self.expression()}"]
        if roll < 0.77:
            return [f"{self.any(VARIABLES)}: {self.any(CLASSES)} = {self.expression()}"]
        if roll < 0.82:
            return [f"{self.any(NAMES)} = {self.any(NAMES)}"]
        if roll < 0.87:
            return [
                "try:",
                f"    {self.import_statement(inside=True)}",
                "except ImportError:",
                f"    {self.any(NAMES)} = None",
            ]
        if roll < 0.92:
            return ["if TYPE_CHECKING:", f"    {self.import_statement(inside=True)}"]
        if roll < 0.96:
            return [
                f"if {self.any(VARIABLES)}:",
                *("    " + line for line in self.function()),
                "else:",
                *("    " + line for line in self.function()),
            ]
        return [self.import_statement()]

    def module(self):
        lines = [self.import_statement() for _ in range(self.rng.randint(1, 4))]
        for _ in range(self.rng.randint(2, 5)):
            lines += ["", *self.top_level()]
        if self.rng.random() < 0.25:
            lines.append(self.dunder_all())
        return ("\n".join(lines) + "\n").encode()

    def package(self):
        return {path: self.module() for path in FILES}
