"""A folder whose files change, and a lake that `alluvium index` keeps current with it."""

import pathlib
import shutil

import program
import tables
import trees


class Differ(Exception):
    """The lake is not what a fresh one of the same files is."""

    def __init__(self, what, difference):
        super().__init__(f"{what}: the lake differs from a fresh one\n{difference}")
        self.difference = difference


class Chain:
    def __init__(self, scratch, repo="r", lake=None):
        self.scratch = pathlib.Path(scratch)
        self.repo = repo
        self.root = self.scratch / f"files-{repo}"
        self.lake = lake or self.scratch / f"lake-{repo}"
        self.tree = {}
        self.root.mkdir()

    def write(self, tree):
        trees.write(self.root, self.tree, tree)
        self.tree = dict(tree)

    def index(self, *options):
        return program.index(self.root, self.lake, self.repo, *options)

    def start(self):
        """Begins to index, and returns the process."""
        return program.start("index", self.root, "--lake", self.lake, "--repo", self.repo)

    def become(self, tree, *options):
        """Changes the files and indexes them once."""
        self.write(tree)
        return self.index(*options)

    def tables(self, run_id=None):
        return tables.of_run(self.lake, self.repo, run_id)

    def fresh(self, *options):
        """The tables of a lake of its own, made of the same folder."""
        lake = self.scratch / f"fresh-{self.repo}"
        shutil.rmtree(lake, ignore_errors=True)
        program.index(self.root, lake, self.repo, *options)
        found = tables.of_run(lake, self.repo)
        shutil.rmtree(lake)
        return found

    def check(self, what, *options):
        """Compares with a fresh lake, and returns the tables."""
        found, expected = self.tables(), self.fresh(*options)
        difference = tables.compare(found, expected)
        if difference:
            raise Differ(what, difference)
        return found
