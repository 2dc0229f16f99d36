"""A pytest plug-in: what runs is told by the test that it runs for, its fixtures included.

Beside coverage's data it writes, to the file that $TESTS_FILE names, which function each test is.
"""

import inspect
import json
import os
import pathlib

import coverage
import pytest


def function_of(item):
    """Where the test is defined, which for an inherited one is another class than its own."""
    function = getattr(item, "function", None) or getattr(item, "obj", None)
    code = getattr(inspect.unwrap(function), "__code__", None) if function else None
    if code is None:
        return None
    return os.path.relpath(code.co_filename), code.co_firstlineno


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    measured = coverage.Coverage.current()
    measured.switch_context(item.nodeid)
    result = yield
    measured.switch_context("")
    return result


def pytest_collection_finish(session):
    tests = {item.nodeid: function_of(item) for item in session.items}
    pathlib.Path(os.environ["TESTS_FILE"]).write_text(json.dumps(tests))
