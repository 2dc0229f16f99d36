"""A run that knows most files by how the last one found them does what one does that reads all.

Usage: stat_cache_test.py [--rounds N] [--seed S]

One folder is edited and indexed into two lakes, one of which loses its stat cache before each run.
The edits are such as hide from times and sizes. After each, the runs' reports and all tables have
to be the same.
"""

import argparse
import collections
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

import program  # noqa: I001

import edit_generator
import tables
import trees
from chain import Chain

REST = 2.2  # seconds after which a file is trusted
REPORTED = ["unchanged", "files", "bytes", "files_added", "files_changed", "files_removed",
            "rebuild_reason", "counts"]


class Disguise:
    """What becomes of a source file, so that it looks as it did."""

    def __init__(self, root, rng):
        self.root, self.rng = root, rng

    def some(self, count):
        found = [path for path in sorted(self.root.rglob("*.py"))
                 if path.is_file() and not path.is_symlink() and path.stat().st_size]
        return self.rng.sample(found, min(count, len(found)))

    @staticmethod
    def other(content):
        """As many bytes, another file: a comment's worth of difference at its end."""
        return content[:-1] + (b" " if content[-1:] != b" " else b"\n")

    def touch(self):
        for path in self.some(3):
            path.touch()

    def write_the_same(self):
        for path in self.some(2):
            path.write_bytes(path.read_bytes())

    def set_time_back(self):
        for path in self.some(2):
            status = path.stat()
            path.write_bytes(self.other(path.read_bytes()))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def replace_by_rename(self):
        for path in self.some(2):
            copy = path.with_suffix(".new")
            shutil.copy2(path, copy)
            status = copy.stat()
            copy.write_bytes(self.other(path.read_bytes()))
            os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
            copy.rename(path)

    def swap(self):
        found = self.some(2)
        if len(found) == 2:
            aside = self.root / "aside"
            found[0].rename(aside)
            found[1].rename(found[0])
            aside.rename(found[1])

    def set_time_ahead(self):
        for path in self.some(1):
            os.utime(path, (2**32, 2**32))

    def become_a_link(self):
        for path in self.some(1):
            kept = self.root.parent / "linked.py"
            shutil.copy2(path, kept)
            path.unlink()
            path.symlink_to(kept)

    def become_a_hard_link(self):
        found = self.some(2)
        if len(found) == 2:
            found[0].unlink()
            os.link(found[1], found[0])

    def folder_becomes_a_link(self):
        folders = [path for path in sorted(self.root.rglob("*"))
                   if path.is_dir() and not path.is_symlink()]
        if folders:
            folder = self.rng.choice(folders)
            kept = self.root.parent / "linked"
            shutil.rmtree(kept, ignore_errors=True)
            folder.rename(kept)
            folder.symlink_to(kept)

    EDITS = (touch, write_the_same, set_time_back, replace_by_rename, swap, set_time_ahead,
             become_a_link, become_a_hard_link, folder_becomes_a_link)


class Lakes:
    def __init__(self, scratch, seed):
        self.rng = random.Random(seed)
        self.chain = Chain(scratch)
        self.reading = pathlib.Path(scratch) / "reading"
        self.generator = edit_generator.Generator(seed)
        self.chain.write(self.generator.tree)

    def index(self, what):
        stat = self.chain.lake / "stat"
        assert not stat.exists() or len(list(stat.iterdir())) == 1, "not one cache"
        known = self.chain.index()
        shutil.rmtree(self.reading / "stat", ignore_errors=True)
        read = program.index(self.chain.root, self.reading, self.chain.repo)
        for key in REPORTED:
            assert known.get(key) == read.get(key), (
                f"{what}: {key}: {known.get(key)}, reading all {read.get(key)}")
        if known["unchanged"]:
            return
        difference = tables.compare(self.chain.tables(),
                                    tables.of_run(self.reading, self.chain.repo))
        assert not difference, f"{what}: the lakes differ\n{difference}"

    def restore(self):
        """Makes the folder what the generator thinks it is."""
        shutil.rmtree(self.chain.root)
        self.chain.root.mkdir()
        trees.write(self.chain.root, {}, self.generator.tree)
        self.chain.tree = dict(self.generator.tree)

    def round(self):
        if self.rng.random() < 0.3:
            what, tree = self.generator.step()
            self.chain.write(tree)
            self.index(what)
            return "edit"
        edit = self.rng.choice(Disguise.EDITS)
        if self.rng.random() < 0.6:
            time.sleep(REST)
            self.index("nothing")  # what has rested is known from here
        edit(Disguise(self.chain.root, self.rng))
        self.index(edit.__name__)
        self.index(f"nothing after {edit.__name__}")
        self.restore()
        return edit.__name__


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("seed", arguments.seed)
    kinds = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        lakes = Lakes(pathlib.Path(scratch).resolve(), arguments.seed)
        lakes.index("the first files")
        for number in range(arguments.rounds):
            try:
                kinds[lakes.round()] += 1
            except AssertionError as error:
                sys.exit(f"seed {arguments.seed}, round {number}: {error}")
    print("all equal:", ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))


if __name__ == "__main__":
    main()
