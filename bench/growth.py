"""Times what a change costs as the code base grows, and as the change does, and prints two Markdown
tables or JSON.

    python bench/growth.py --build out/dev --corpora FOLDER [--corpus NAME ...] [--rounds 5]
        [--changed NAME] [--json]

By the code base: each round indexes all of them, one after another, anew; then each again without a
change, after one of its large central file, and after one of a file of 10 kB. By the change: each
round indexes one code base (--changed) anew, and again after a function was added to 1, 10 and 100
files of it, spread over all. Reported are medians of seconds and of the ratios within one round: to
the first code base, to the full run, and to the change of one file. The first round warms up.
"""

import argparse
import contextlib
import json
import os
import statistics
import tempfile
from pathlib import Path

import contenders
import corpora
import edits
import trees
from processes import run

SMALL = 10_000
COUNTS = [1, 10, 100]
STEPS = ["full", "unchanged", "central file", "small file"]


class Kept:
    """A code base and the lake that is kept current with it."""

    def __init__(self, arguments, corpus, files, scratch):
        self.root, self.scratch, self.tree = scratch / "files", scratch, files
        self.root.mkdir(parents=True)
        trees.write(self.root, {}, files)
        self.its = contenders.Alluvium(arguments, corpus, self.root, scratch)

    def seconds(self, tree=None):
        """Of indexing it, after it became this tree."""
        if tree is not None:
            trees.write(self.root, self.tree, tree)
            self.tree = tree
        return run(self.its.full, self.scratch)[0]


@contextlib.contextmanager
def kept(arguments, corpus, files):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        yield Kept(arguments, corpus, files, Path(scratch))


def round_of_corpora(arguments, trees_of):
    """{(corpus, step): seconds}"""
    found = {}
    for corpus, files in trees_of.items():
        with kept(arguments, corpus, files) as its:
            found[corpus, "full"] = its.seconds()
            found[corpus, "unchanged"] = its.seconds()
            for step, path in (("central file", edits.CENTRAL[corpus]),
                               ("small file", edits.of_bytes(files, SMALL))):
                found[corpus, step] = its.seconds(edits.add_function(its.tree, path))
    return found


def round_of_counts(arguments, corpus, files):
    """{files changed: seconds}, with 0 for all of them: the full run."""
    with kept(arguments, corpus, files) as its:
        found = {0: its.seconds()}
        for count in COUNTS:
            tree = its.tree
            for path in edits.spread(files, count):
                tree = edits.add_function(tree, path, f"added_to_{count}")
            found[count] = its.seconds(tree)
    return found


def measured(rounds, one_round):
    return [one_round() for _ in range(rounds + 1)][1:]


def median(rounds, value):
    return statistics.median(map(value, rounds))


def by_corpus(arguments, names):
    trees_of = {name: corpora.tree(arguments, name) for name in names}
    rounds = measured(arguments.rounds, lambda: round_of_corpora(arguments, trees_of))
    for name, files in trees_of.items():
        row = {"corpus": name, "files": corpora.python_files(files),
               "bytes": sum(map(len, files.values()))}
        for step in STEPS:
            row[step] = {
                "seconds": median(rounds, lambda one, key=(name, step): one[key]),
                "of_full": median(rounds, lambda one, n=name, s=step: one[n, s] / one[n, "full"]),
                "of_first": median(rounds,
                                   lambda one, n=name, s=step: one[n, s] / one[names[0], s])}
        yield row


def by_count(arguments, corpus):
    files = corpora.tree(arguments, corpus)
    rounds = measured(arguments.rounds, lambda: round_of_counts(arguments, corpus, files))
    for count in COUNTS:
        yield {"corpus": corpus, "changed": count,
               "seconds": median(rounds, lambda one, n=count: one[n]),
               "of_full": median(rounds, lambda one, n=count: one[n] / one[0]),
               "of_one": median(rounds, lambda one, n=count: one[n] / one[COUNTS[0]])}


def print_tables(corpora_rows, count_rows):
    print("| corpus | files | MB | step | seconds | of its full run | of "
          f"{corpora_rows[0]['corpus']}'s |\n|---|---|---|---|---|---|---|")
    for row in corpora_rows:
        for step in STEPS:
            cell = row[step]
            print(f"| {row['corpus']} | {row['files']:,} | {row['bytes'] / 1e6:.1f} | {step} "
                  f"| {cell['seconds']:.2f} | {cell['of_full']:.3f} | {cell['of_first']:.2f} |")
    print("\n| corpus | files changed | seconds | of its full run | of one file's |\n"
          "|---|---|---|---|---|")
    for row in count_rows:
        print(f"| {row['corpus']} | {row['changed']} | {row['seconds']:.2f} "
              f"| {row['of_full']:.3f} | {row['of_one']:.2f} |")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--changed", default="homeassistant", choices=corpora.NAMES)
    options.add_argument("--json", action="store_true")
    corpora.add_options(options)
    arguments = options.parse_args()
    load = os.getloadavg()[0]
    corpora_rows = list(by_corpus(arguments, arguments.corpus or corpora.NAMES))
    count_rows = list(by_count(arguments, arguments.changed))
    if arguments.json:
        print(json.dumps({"rounds": arguments.rounds, "load_before": load,
                          "by_corpus": corpora_rows, "by_count": count_rows}, indent=1))
        return
    print(f"{arguments.rounds} rounds, load before: {load:.1f}\n")
    print_tables(corpora_rows, count_rows)


if __name__ == "__main__":
    main()
