"""Runs over a one-file change that end early: the next one is as if they had never been.

Usage: kills_test.py [--rounds N] [--corpus NAME] [--seed S]

A run is killed (or interrupted) at moments spread over its time, and as soon as it has committed
its first, second, ... table, whose rows then lie in the lake unpublished. Readers must have the old
run or the new one. Then the same files are indexed, or those from before, or yet others, and the
lake must be a fresh one of them.
"""

import argparse
import pathlib
import random
import signal
import sys
import tempfile
import time

import program  # noqa: I001

import edit_generator
import tables
import trees
from chain import Chain, Differ


class Ends:
    """Ways to choose the moment of the end: at a share of a run's time, or after a commit."""

    def __init__(self, chain, took):
        self.chain, self.took = chain, took

    def commits(self):
        return sum(1 for table in self.chain.lake.iterdir()
                   for _ in (table / "_delta_log").glob("*.json"))

    def at_share(self, share):
        return lambda process: time.sleep(share * self.took)

    def after_commit(self, number):
        before = self.commits()

        def wait(process):
            while process.poll() is None and self.commits() < before + number:
                time.sleep(0.001)

        return wait


class Kills:
    def __init__(self, scratch, seed, tree):
        self.rng = random.Random(seed)
        self.generator = edit_generator.Generator(seed, tree)
        self.chain = Chain(scratch)
        self.chain.become(self.generator.tree)
        begun = time.monotonic()
        self.chain.become(self.one_file_change())
        self.ends = Ends(self.chain, time.monotonic() - begun)
        self.counts = {"ended": 0, "too late": 0}

    def one_file_change(self):
        """Of its content; now and then of which files there are."""
        kind = (self.generator.source_edit if self.rng.random() < 0.8 else self.generator.tree_edit)
        _, tree = kind(self.chain.tree)
        if tree is None or not self.generator.is_allowed(tree, self.chain.tree):
            return self.one_file_change()
        return tree

    def end(self, wait, how):
        """Starts a run over changed files and ends it; returns the files before."""
        published = self.chain.tables()
        before = self.chain.tree
        self.chain.write(self.one_file_change())
        process = self.chain.start()
        wait(process)
        process.send_signal(how)
        _, errors = process.communicate(timeout=120)
        # Before the program handles it, SIGINT ends it as any other signal does.
        if process.returncode not in (0, -how, 130):
            raise program.Failed(errors.decode())
        self.counts["too late" if process.returncode == 0 else "ended"] += 1
        now = self.chain.tables()
        if now.run_id == published.run_id:
            difference = tables.compare(now, published)
            if difference:
                raise Differ("an ended run changed what is published", difference)
            if process.returncode == 0:
                raise program.Failed("a run that succeeded published nothing")
        else:
            self.chain.check("a run that ended when it was published")
        return before

    def go_on(self, before):
        """The next run: of the same files, of those from before, or of others."""
        files = self.rng.choice(["the same files", "the files before", "other files"])
        if files == "the files before":
            self.chain.write(before)
        elif files == "other files":
            self.chain.write(self.one_file_change())
        self.chain.index()
        self.chain.check(f"after an ended run, {files}")
        return files

    def round(self, number, rounds, how):
        commits = number % 2 == 1
        wait = (self.ends.after_commit(self.rng.randint(1, 14)) if commits
                else self.ends.at_share((number + self.rng.random()) / rounds))
        changes_from = self.chain.tree
        try:
            self.go_on(self.end(wait, how))
        except (Differ, program.Failed) as error:
            sys.exit(f"round {number} ({how.name}, {'after a commit' if commits else 'in time'}, "
                     f"{trees.changes(changes_from, self.chain.tree)}): {error}")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--corpus")
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    tree = program.sources(arguments.corpus)
    print(f"seed {arguments.seed}", flush=True)
    for how in (signal.SIGKILL, signal.SIGINT):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            kills = Kills(pathlib.Path(scratch), arguments.seed, tree)
            for number in range(arguments.rounds):
                kills.round(number, arguments.rounds, how)
            # What ended runs left behind is not in the way of a longer life either.
            for _ in range(3):
                kills.chain.become(kills.one_file_change())
                kills.chain.check("later runs")
        print(f"{how.name}: {kills.counts['ended']} runs ended early, "
              f"{kills.counts['too late']} were done before; all equal afterwards", flush=True)
        if not kills.counts["ended"]:
            sys.exit("no run was ended: the moments are wrong")


if __name__ == "__main__":
    main()
