"""A package of which it is known which test runs what: the measurement itself, and `impact`.

Exits with 1 when what tests ran isn't what is said here, or a test is missing in the impact of a
function that it runs.
"""

import pathlib
import sys
import tempfile

import program  # noqa: I001

import suites
from measure import DEFAULT, Measurement

FILES = {
    "shop/__init__.py": "from .basket import Basket\n",
    "shop/basket.py": """
import functools


def checked(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)
    return wrapper


def at_import():
    return 5


LIMIT = at_import()


def one_line(): return 1


class Basket:
    def __init__(self, items=()):
        self.items = list(items)

    @checked
    def add(self, item):
        self.items.append(item)

    def __len__(self):
        return len(self.items)

    @property
    def total(self):
        return sum(self.items)

    def never_run(self):
        return one_line()
""",
    "tests/conftest.py": """
import pytest
from shop import Basket


@pytest.fixture
def full():
    basket = Basket([1])
    basket.add(2)
    yield basket
""",
    "tests/test_basket.py": """
import pytest
from shop import Basket


@pytest.mark.parametrize("item", [3, 4])
def test_add(full, item):
    full.add(item)
    assert len(full) == 3


class Inherited:
    def test_total(self, full):
        assert full.total == 3


class TestBasket(Inherited):
    def test_empty(self):
        assert not Basket()
""",
}

ADD, TOTAL, EMPTY = (f"tests/test_basket.py::{test}" for test in (
    "test_add", "Inherited::test_total", "TestBasket::test_empty"))
EXECUTED = {
    "checked.<locals>.wrapper": {ADD, TOTAL},
    "Basket.__init__": {ADD, TOTAL, EMPTY},
    "Basket.add": {ADD, TOTAL},
    "Basket.__len__": {ADD, EMPTY},
    "Basket.total": {TOTAL},
}


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = pathlib.Path(scratch) / "files"
        for path, text in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        suite = suites.understood(folder, "shop", suites.run(folder, "shop", scratch))
        measured = Measurement(suite, program.Lake(folder, f"{scratch}/lake"), [DEFAULT])
    executed = {suite.files[path].names[line]: tests
                for (path, line), tests in suite.executed.items()}
    if executed != EXECUTED:
        sys.exit(f"the tests ran {executed}")
    missing = {place: tests - measured.in_impact(place, DEFAULT)
               for place, tests in suite.executed.items()}
    if any(missing.values()):
        sys.exit(f"missing in the impact: {missing}")


if __name__ == "__main__":
    main()
