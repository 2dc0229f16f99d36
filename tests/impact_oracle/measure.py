"""Measures how right `impact` is by what a package's tests ran.

Usage: measure.py --suite NAME --package FOLDER --share S --size M [--pytest OPTION] [--show N]

The suite runs with coverage for each test. A pair is a function of the package and a test that
runs it; a change of the function may be one of what the test sees. What runs as modules are
imported is of no test. Tests are functions: all parameters of one are one.

share: of all pairs, those whose test is in the function's impact, at the default least confidence.
size: the median over the functions of how many tests their impact has, to how many have the
function's file among all that they import, directly or not. Running those needs no index of calls.

Prints both for each least confidence, and the functions that miss the most tests and that have the
most which don't run them, N of each. Exits with 1 when less than S of the pairs are found
or the median is more than M, with 77 when the suite or the program is missing.
"""

import argparse
import collections
import statistics
import sys
import tempfile

import program  # noqa: I001

import suites

DEFAULT = 0.5
CONFIDENCES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]


def importers(lake):
    """path: the files that import it, directly or not; and itself.

    To import a module is to import the packages that it is in.
    """
    files = {row["file_id"]: row for row in lake.ask("SELECT file_id, path, module FROM files")}
    path_of = {row["module"]: row["path"] for row in files.values() if row.get("module")}
    direct = collections.defaultdict(set)
    for row in lake.ask("SELECT DISTINCT importer_file_id AS importer, imported_file_id AS imported"
                        " FROM imports_resolved WHERE imported_file_id IS NOT NULL"):
        imported = files[row["imported"]]
        module = imported.get("module") or ""
        importer = files[row["importer"]]["path"]
        direct[imported["path"]].add(importer)
        while "." in module:
            module = module.rpartition(".")[0]
            if module in path_of:
                direct[path_of[module]].add(importer)
    closure = {}
    for path in (row["path"] for row in files.values()):
        reached, left = {path}, [path]
        while left:
            new = direct[left.pop()] - reached
            reached |= new
            left.extend(new)
        closure[path] = reached
    return closure


def impacts(lake, functions, confidences):
    """(def_id, confidence): the tests in the impact."""
    edges = sorted(row["c"] for row in lake.ask("SELECT DISTINCT confidence AS c FROM edges"))
    # Between two confidences that edges have, all questions have one answer.
    asked = {least: next(i for i, edge in enumerate(edges) if edge >= least)
             for least in confidences}
    found = collections.defaultdict(set)
    for row in lake.ask(*(f"SELECT '{function}' AS function, {i} AS i, test_id FROM "
                          f"impact('{function}', min_confidence => {edges[i]!r}) WHERE is_test"
                          for function in functions for i in sorted(set(asked.values())))):
        found[row["function"], row["i"]].add(row["test_id"])
    return {(function, least): found[function, i]
            for function in functions for least, i in asked.items()}


class Measurement:
    def __init__(self, suite, lake, confidences):
        self.suite = suite
        ids = {(row["path"], row["line"]): row["def_id"] for row in lake.ask(
            "SELECT path, d.line, def_id FROM definitions d JOIN files f ON f.file_id = d.file_id "
            "WHERE d.kind IN ('function', 'method')")}
        self.functions = {place: ids[place] for place in sorted(suite.executed)}
        self.found = impacts(lake, self.functions.values(), confidences)
        closure = importers(lake)
        self.with_import = {path: {test for test, file in suite.tests.items() if file in reached}
                            for path, reached in closure.items()}

    def in_impact(self, function, least):
        return self.found[self.functions[function], least] & self.suite.tests.keys()

    def share(self, least):
        pairs = sum(map(len, self.suite.executed.values()))
        return sum(len(tests & self.in_impact(function, least))
                   for function, tests in self.suite.executed.items()) / pairs

    def size(self, least):
        return self._size(lambda function: self.in_impact(function, least))

    def size_of_truth(self):
        return self._size(self.suite.executed.get)

    def _size(self, tests_of):
        return statistics.median(
            len(tests_of(function)) / max(1, len(self.with_import[function[0]]))
            for function in self.functions)


def show(what, suite, tests_of, count):
    """The functions with the most such tests."""
    print(f"{what}: {sum(map(len, tests_of.values()))} pairs")
    for path, line in sorted(tests_of, key=lambda each: (-len(tests_of[each]), each))[:count]:
        tests = tests_of[path, line]
        if tests:
            print(f"  {len(tests)} tests of {path}:{line} {suite.files[path].names[line]}, which "
                  f"{len(suite.executed[path, line])} run; such as {min(tests)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--suite", required=True)
    parser.add_argument("--package", required=True)
    parser.add_argument("--pytest", action="append", default=[])
    parser.add_argument("--share", type=float, required=True)
    parser.add_argument("--size", type=float, required=True)
    parser.add_argument("--show", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        suite = suites.suite(arguments.suite, arguments.package, scratch, *arguments.pytest)
        lake = program.Lake(suite.folder, f"{scratch}/lake")
        found = Measurement(suite, lake, CONFIDENCES)
    print(f"{arguments.suite}: {len(suite.tests)} tests, {len(found.functions)} functions that "
          f"they run, {sum(map(len, suite.executed.values()))} pairs")
    print("least confidence   share    size")
    for least in CONFIDENCES:
        print(f"{least:16.1f}  {found.share(least):.4f}  {found.size(least):.4f}"
              f"{'  (default)' if least == DEFAULT else ''}")
    print(f"{'what tests ran':>16}  {1:.4f}  {found.size_of_truth():.4f}")
    missing = {function: tests - found.in_impact(function, DEFAULT)
               for function, tests in suite.executed.items()}
    show("missing", suite, missing, arguments.show)
    show("too many", suite, {function: found.in_impact(function, DEFAULT) - tests
                             for function, tests in suite.executed.items()}, arguments.show)
    share, size = found.share(DEFAULT), found.size(DEFAULT)
    print(f"share {share:.4f} (at least {arguments.share}), size {size:.4f} (at most "
          f"{arguments.size})")
    sys.exit(share < arguments.share or size > arguments.size)


if __name__ == "__main__":
    main()
