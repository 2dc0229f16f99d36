"""A lake of two repositories, one of which is indexed again, and what `alluvium sql` says of it."""

import json
import os
import pathlib
import shutil
import subprocess
from collections import Counter

import pyarrow.parquet
from table_rows import rows

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
CORPUS = pathlib.Path(os.environ["ALLUVIUM_CORPORA"]) / "requests"
# Without it, the tables of SCIP are empty.
INDEX = pathlib.Path(os.environ.get("ALLUVIUM_TEST_DATA", "")) / "scip/requests-2.34.2.scip.zst"

# Something of each kind of node and edge, and text that engines write differently.
SOURCES = {
    "app/__init__.py": "",
    "app/core.py": '''import functools
LIMIT = len("é")
def traced(function):
    @functools.wraps(function)
    def wrapper(): return function()
    return wrapper
class Base:
    """Quotes ' and ", a \\\\ backslash,
    and lines."""
    def __init__(self, n=LIMIT): self.n = n
    def step(self): return self.n
    def run(self): return self.step()
    def __iter__(self): yield self.run()
class Derived(Base):
    @staticmethod
    @traced
    def step(): return 1
async def guess(thing): return thing.wrapper() or Derived().run()
def either(thing): return thing.step()
''',
    "tests/test_core.py": '''import unittest, pytest
from app.core import Derived
from requests import get
@pytest.fixture
def derived(): return Derived()
def test_runs(derived): assert derived.run()
class MakeTest(unittest.TestCase):
    def setUp(self): self.made = Derived()
    def test_made(self): self.assertTrue(self.made.run())
''',
    "broken.py": "def (\n",
}


def alluvium(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout


class LakeOfTwo:
    """`states` are the lake's states, first to last: the folder with their scripts, and the options by
    which `alluvium sql` reads them."""

    def __init__(self, folder):
        self.folder, self.lake = folder, folder / "it's a lake"
        self.states = []
        root = folder / "it's 50% $x"
        for name, text in SOURCES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        self.index(CORPUS, "--repo", "requests", *self.scip())
        finished = self.index(root)
        self.keep_state("--at", finished)
        (root / "app/core.py").write_text(SOURCES["app/core.py"].replace("step", "pace"))
        (root / "broken.py").unlink()
        self.index(root)
        self.keep_state()

    def scip(self):
        if not INDEX.is_file():
            return []
        subprocess.run(["zstd", "-q", "-d", INDEX, "-o", self.folder / "index.scip"], check=True)
        return ["--scip", self.folder / "index.scip"]

    def index(self, *arguments):
        """Returns when the run was finished."""
        run = json.loads(alluvium("index", *arguments, "--lake", self.lake, "--json"))["run_id"]
        query = f"SELECT finished_at FROM runs WHERE run_id = '{run}'"
        return json.loads(alluvium("sql", "--lake", self.lake, "--json", query))[0]["finished_at"]

    def keep_state(self, *options):
        kept = self.folder / f"state{len(self.states)}"
        shutil.copytree(self.lake / "views", kept)
        self.states.append((kept, options))

    def tables(self):
        query = ("SELECT table_name FROM information_schema.tables "
                 "WHERE table_schema <> 'information_schema' ORDER BY table_name")
        return [row["table_name"] for row in json.loads(alluvium("sql", "--lake", self.lake, "--json", query))]

    def rows(self, table, *options):
        """Of a table or view, through `alluvium sql`."""
        out = self.folder / "rows.parquet"
        query = f"SELECT * FROM {table}"
        alluvium("sql", "--lake", self.lake, *options, "--format", "parquet", "--output", out, query)
        return rows(pyarrow.parquet.ParquetFile(out).read())


def compare(lake, engine, read):
    """How many tables differ, in some state, from what `read(script, tables)` yields for them as Arrow."""
    wrong, tables = 0, lake.tables()
    assert {"nodes", "edges", "props", "definitions", "repos", "runs", "relations",
            "imports_across"} <= set(tables), tables
    for number, (views, options) in enumerate(lake.states):
        for table, theirs in read(views, tables):
            if table == "runs" and options:  # all runs that there are, at whatever moment
                continue
            ours = Counter(lake.rows(table, *options))
            theirs = Counter(rows(theirs))
            wrong += ours != theirs
            print(f"{engine}, state {number}, {table}: {ours.total()} rows",
                  "" if ours == theirs else f"DIFFER\n  only ours: {list((ours - theirs))[:2]}\n"
                                            f"  only theirs: {list((theirs - ours))[:2]}")
    return wrong
