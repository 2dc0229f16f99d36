"""Packages with their test suites, and which test ran which function of the package.

The source distributions are those of tools/suites.txt, as tools/setup fetches them. A suite runs
once for a distribution and a Python: what it said is kept in the cache.
"""

import collections
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

import program  # noqa: I001

import coverage
import pytest

from python_functions import Functions

LIST = pathlib.Path(__file__).resolve().parents[2] / "tools" / "suites.txt"
SUITES = program.CACHE / "suites"


@dataclasses.dataclass
class Suite:
    folder: pathlib.Path  # what is indexed: the package and its tests
    files: dict  # path: Functions, of the package and the tests
    tests: dict  # test as `impact` names it: path of its file
    executed: dict  # (path, line) of a function of the package: the tests that run it


def distributions():
    """name: (requirement, digest), of the list."""
    found = {}
    for line in LIST.read_text().splitlines():
        if line.startswith("#"):
            continue
        requirement, _, digest = line.partition(" --hash=sha256:")
        found[requirement.partition("==")[0]] = (requirement, digest)
    return found


def unpack(name, scratch):
    """The folder of a distribution, and its hash."""
    requirement, digest = distributions()[name]
    for path in SUITES.glob("*.tar.gz"):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            continue
        with tarfile.open(path) as archive:
            archive.extractall(scratch, filter="data")
        return next(pathlib.Path(scratch).glob("*/pyproject.toml")).parent, digest
    program.skip(f"no source distribution of {requirement} in {SUITES}")


def write_metadata(folder, site):
    """What tells a package its own version when it is asked for as an installed one."""
    if (folder / "PKG-INFO").exists():
        name, _, version = folder.name.rpartition("-")
        made = site / f"{name}-{version}.dist-info"
        made.mkdir(parents=True)
        shutil.copy(folder / "PKG-INFO", made / "METADATA")


def run(folder, package, scratch, *options):
    """Runs the suite: the lines that each test ran, and where the tests are defined."""
    here = pathlib.Path(__file__).resolve().parent
    scratch = pathlib.Path(scratch)
    data, tests, site = scratch / "coverage", scratch / "tests.json", scratch / "site"
    write_metadata(folder, site)
    modules = [(folder / package).parent, site, here]
    environment = {**os.environ, "TESTS_FILE": str(tests), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                   "PYTHONDONTWRITEBYTECODE": "1",
                   "PYTHONPATH": os.pathsep.join(map(str, modules))}
    command = [sys.executable, "-m", "coverage", "run", f"--data-file={data}", "--rcfile=/dev/null",
               f"--include={folder / package}/*", "-m", "pytest", "-q", "-p", "context_per_test",
               "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=1500)
    if done.returncode != 0:
        sys.exit(f"the suite does not pass\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    place_of = {test: place and tuple(place)
                for test, place in json.loads(tests.read_text()).items()}
    places = [*dict.fromkeys(place_of.values())]
    number = {test: places.index(place) for test, place in place_of.items()}
    measured = coverage.CoverageData(str(data))
    measured.read()
    lines = {}
    for path in measured.measured_files():
        by_line = measured.contexts_by_lineno(path)
        lines[os.path.relpath(path, folder)] = {
            line: sorted({number[test] for test in by_line[line] if test}) for line in by_line}
    if not lines:
        sys.exit("the suite ran nothing of the package")
    return {"lines": lines, "tests": places}


def kept_run(name, folder, package, digest, scratch, *options):
    """What `run` says, from the cache where that is of this distribution, measured in this way."""
    here = pathlib.Path(__file__).resolve().parent
    key = hashlib.sha256("\n".join(
        [digest, sys.version, coverage.__version__, pytest.__version__, *options,
         *((here / each).read_text() for each in ("suites.py", "context_per_test.py"))]
    ).encode()).hexdigest()[:16]
    kept = SUITES / f"{name}-{key}.json"
    if not kept.exists():
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(run(folder, package, scratch, *options)))
        part.replace(kept)
    return json.loads(kept.read_text())


def test_name(files, path, first_line):
    """As pytest and `impact` name it: the path, then the names on the way to it."""
    functions = files.get(path)
    line = functions and functions.first_lines.get(first_line)
    if line is None:
        return None
    return "::".join([path, *functions.names[line].split(".")])


def understood(folder, package, found):
    """What `run` said, by functions."""
    files = {str(path.relative_to(folder)): Functions(path.read_bytes())
             for part in (package, "tests") for path in sorted((folder / part).rglob("*.py"))}
    names = [place and test_name(files, *place) for place in found["tests"]]
    executed = collections.defaultdict(set)
    for path, lines in found["lines"].items():
        for line, tests in lines.items():
            function = files[path].of_line.get(int(line))
            if function is not None:
                executed[path, function].update(names[test] for test in tests if names[test])
    return Suite(folder, files, {test: test.partition("::")[0] for test in names if test},
                 {function: tests for function, tests in executed.items() if tests})


def suite(name, package, scratch, *options):
    """The suite of the distribution `name`, whose code is in the folder `package`; pytest gets the
    options.
    """
    folder, digest = unpack(name, scratch)
    return understood(folder, package, kept_run(name, folder, package, digest, scratch,
                                                  *options))
