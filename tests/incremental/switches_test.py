"""Files that go back to what they were: the lake goes back with them, and is a fresh one of them.

Usage: switches_test.py [--rounds N] [--corpus NAME] [--seed S]

Two repositories share a lake. The files of each become those of one of its branches in turn, as they
were or with an edit more, now and then also something new; some runs are killed on the way, and old
runs are removed. After each run the lake must be a fresh one, the change feed the change, and the
run before readable as it was.
"""

import argparse
import collections
import pathlib
import random
import signal
import sys
import tempfile
import time

import program  # noqa: I001

import change_feed
import edit_generator
import tables
from chain import Chain, Differ

BRANCHES = 4
# So many edits lie between branches, most of them of files of their own.
EDITS_BETWEEN = 10
# Fewer files that differ are worked on from the last run.
FEW = 4
KEPT = 6


def differing(tree, other):
    return sum(tree.get(path) != other.get(path) for path in tree.keys() | other.keys()
               if path.endswith((".py", ".pyi")))


class Repository:
    def __init__(self, scratch, name, lake, seed, tree):
        self.rng = random.Random(seed)
        self.generator = edit_generator.Generator(seed, tree)
        self.chain = Chain(scratch, name, lake)
        self.branches = [self.generator.tree]
        for _ in range(BRANCHES - 1):
            for _ in range(EDITS_BETWEEN):
                self.generator.step()
            self.branches.append(self.generator.tree)
        self.counts = collections.Counter()
        self.seen = {}
        self.index(self.branches[0])

    def index(self, tree):
        """Makes the files those of `tree`, and the lake what they are."""
        before = self.chain.tables() if self.seen else None
        report = self.chain.become(tree)
        now = self.chain.check("after a switch")
        if before:
            feed = change_feed.compare(self.chain.lake, self.chain.repo, before, now)
            if feed:
                raise Differ("change feed", feed)
            then = tables.compare(self.chain.tables(before.run_id), before)
            if then:
                raise Differ("the run before", then)
        if not report["unchanged"]:
            self.seen[report["run_id"]] = tree
        return report

    def expect_way_back(self, tree, last, report):
        """Files as a run had them, with more than few others than the last run's, are not worked on."""
        kept = {run for run, _, _ in tables.runs(self.chain.lake, self.chain.repo)}
        known = [run for run, files in self.seen.items()
                 if run in kept and run != report["run_id"] and not differing(files, tree)]
        if not known or differing(tree, last) <= FEW:
            return
        self.counts["gone back"] += 1
        if report["went_back_to"] not in known:
            self.counts["worked on"] += 1
        elif report["files_resolved"] or report["files_changed"] or report["files_added"]:
            raise program.Failed(f"gone back, and yet worked on: {report}")

    def switch(self):
        last = self.chain.tree
        tree = self.rng.choice(self.branches)
        what = self.rng.choice(["as it was", "as it was", "edited", "killed"])
        if what == "edited":
            self.generator.tree = tree
            _, tree = self.generator.step()
        if what == "killed":
            self.end_a_run(tree)
            if self.rng.random() < 0.5:
                tree = self.rng.choice(self.branches)
        report = self.index(tree)
        if what == "as it was":
            self.expect_way_back(tree, last, report)
        self.counts[what] += 1
        self.counts["back and on"] += bool(report["went_back_to"] and what == "edited")

    def end_a_run(self, tree):
        self.chain.write(tree)
        process = self.chain.start()
        time.sleep(self.rng.random() * 0.25)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=120)
        self.seen.setdefault(self.chain.tables().run_id, tree)

    def remove_old_runs(self):
        program.run("gc", "--lake", self.chain.lake, "--keep", str(KEPT))
        self.chain.check("after gc")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--corpus")
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    tree = program.sources(arguments.corpus)
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        lake = pathlib.Path(scratch) / "lake"
        repositories = [Repository(scratch, f"r{number}", lake, arguments.seed + number, tree)
                        for number in range(2)]
        for number in range(arguments.rounds):
            repository = repositories[number % 2]
            try:
                repository.switch()
                if number % 10 == 9:
                    repository.remove_old_runs()
            except (Differ, program.Failed) as error:
                sys.exit(f"round {number}: {error}")
        for repository in repositories:
            repository.chain.check("at the end")
    counts = repositories[0].counts + repositories[1].counts
    print(f"{arguments.rounds} switches, all equal: "
          + ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))
    if not counts["gone back"] or counts["worked on"] > counts["gone back"] / 4:
        sys.exit("runs did not go back")


if __name__ == "__main__":
    main()
