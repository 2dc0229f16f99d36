"""Times a one-file change, and a question, after many changes and after a few; prints a Markdown table or
JSON.

    python bench/many_changes.py --build out/dev --corpora FOLDER [--corpus NAME] [--few 5]
        [--many 150] [--rounds 15] [--json]

Two lakes of one code base get that many runs, each after a change of its large central file, which gets a function
of another name. Then each round makes one more change in either lake and asks each one question (`sql`, which
opens the lake and reads a table), one lake right after the other; the rounds change which comes first.
Reported are medians of seconds, and of the ratio within one round: 1 when it makes no difference how
many changes there were.
"""

import argparse
import itertools
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

QUESTION = "SELECT count(*) FROM definitions WHERE kind = 'class'"
STEPS = ["one file changed", "question"]


class Changing:
    """A code base and its lake."""

    def __init__(self, arguments, corpus, files, scratch):
        self.original, self.tree, self.root, self.scratch = files, files, scratch / "files", scratch
        self.root.mkdir(parents=True)
        trees.write(self.root, {}, files)
        self.path, self.numbers = edits.CENTRAL[corpus], itertools.count()
        its = contenders.Alluvium(arguments, corpus, self.root, scratch)
        self.index = its.full
        self.question = [its.full[0], "sql", "--lake", its.store, QUESTION]
        self.seconds_of_change()

    def seconds_of_change(self):
        tree = edits.add_function(self.original, self.path, f"added_by_{next(self.numbers)}")
        trees.write(self.root, self.tree, tree)
        self.tree = tree
        return run(self.index, self.scratch)[0]

    def seconds(self, step):
        if step == STEPS[0]:
            return self.seconds_of_change()
        return run(self.question, self.scratch)[0]


def measured(arguments, lakes):
    """[{step: [seconds after few, seconds after many]}]"""
    rounds = []
    for number in range(arguments.rounds):
        found = {}
        for step in STEPS:
            took = [0, 0]
            for which in (0, 1) if number % 2 else (1, 0):
                took[which] = lakes[which].seconds(step)
            found[step] = took
        rounds.append(found)
    return rounds


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--corpus", default="django", choices=corpora.NAMES)
    options.add_argument("--few", type=int, default=5)
    options.add_argument("--many", type=int, default=150)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--json", action="store_true")
    arguments = options.parse_args()
    files = corpora.tree(arguments, arguments.corpus)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lakes = []
        for changes in (arguments.few, arguments.many):
            its = Changing(arguments, arguments.corpus, files, Path(folder) / str(len(lakes)))
            for _ in range(changes):
                its.seconds_of_change()
            lakes.append(its)
        rounds = measured(arguments, lakes)
    rows = [{"step": step,
             "few": statistics.median(one[step][0] for one in rounds),
             "many": statistics.median(one[step][1] for one in rounds),
             "many_of_few": statistics.median(one[step][1] / one[step][0] for one in rounds)}
            for step in STEPS]
    if arguments.json:
        print(json.dumps({"corpus": arguments.corpus, "few": arguments.few, "many": arguments.many,
                          "rounds": arguments.rounds, "load_before": load, "rows": rows}, indent=1))
        return
    print(f"{arguments.corpus}, {arguments.rounds} rounds, load before: {load:.1f}\n")
    print(f"| step | after {arguments.few} changes s | after {arguments.many} s | many / few |\n"
          "|---|---|---|---|")
    for row in rows:
        print(f"| {row['step']} | {row['few']:.3f} | {row['many']:.3f} | {row['many_of_few']:.2f} |")


if __name__ == "__main__":
    main()
