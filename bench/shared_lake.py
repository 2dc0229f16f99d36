"""Times a repository in a lake of its own and beside another one; prints a Markdown table or JSON.

    python bench/shared_lake.py --build out/dev --corpora FOLDER [--rounds 7] [--first sympy]
        [--second django] [--json]

Each round makes three lakes: one for each repository alone, and one with both. A step is run in a
repository's own lake and in the one with both, one right after the other, and the rounds change
which comes first: a full run of the second repository, then of each a run without a change and one
after a function was added to its large central file. Reported are medians of seconds, and of the
ratio within one round of the lake with both to the one alone: 1 when a second repository makes
neither slower. The first round warms up.
"""

import argparse
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


class Repository:
    """Its files, and the runs that index them into its own lake or the one with both."""

    def __init__(self, arguments, corpus, files, scratch):
        self.corpus, self.files, self.scratch, self.root = corpus, files, scratch, scratch / corpus
        self.root.mkdir()
        trees.write(self.root, {}, files)
        self.commands = {}
        for lake, folder in (("alone", scratch / f"{corpus} alone"), ("both", scratch / "both")):
            folder.mkdir(exist_ok=True)
            self.commands[lake] = contenders.Alluvium(arguments, corpus, self.root, folder).full

    def seconds(self, lake):
        return run(self.commands[lake], self.scratch)[0]

    def change(self):
        edited = edits.add_function(self.files, edits.CENTRAL[self.corpus])
        trees.write(self.root, self.files, edited)
        self.files = edited


def one_round(arguments, files, lakes):
    """{(corpus, step): {"alone" or "both": seconds}}"""
    found = {}

    def time(repository, step):
        found[repository.corpus, step] = {lake: repository.seconds(lake) for lake in lakes}

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        first, second = (Repository(arguments, name, files[name], Path(folder))
                         for name in (arguments.first, arguments.second))
        # Nothing is beside the first one yet.
        for lake in lakes:
            first.seconds(lake)
        time(second, "full")
        for repository in (second, first):
            time(repository, "unchanged")
            repository.change()
            time(repository, "one file changed")
    return found


def rows_of(rounds):
    for corpus, step in rounds[0]:
        pairs = [one[corpus, step] for one in rounds]
        yield {"repository": corpus, "step": step,
               "alone": statistics.median(pair["alone"] for pair in pairs),
               "both": statistics.median(pair["both"] for pair in pairs),
               "both_of_alone": statistics.median(pair["both"] / pair["alone"] for pair in pairs)}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--first", default="sympy", choices=corpora.NAMES)
    options.add_argument("--second", default="django", choices=corpora.NAMES)
    options.add_argument("--json", action="store_true")
    arguments = options.parse_args()
    if arguments.first == arguments.second:
        options.error("two different repositories, please")
    files = {name: corpora.tree(arguments, name) for name in (arguments.first, arguments.second)}
    load = os.getloadavg()[0]
    rounds = [one_round(arguments, files, ["alone", "both"][::-1 if i % 2 else 1])
              for i in range(arguments.rounds + 1)][1:]
    rows = list(rows_of(rounds))
    if arguments.json:
        print(json.dumps({"rounds": arguments.rounds, "load_before": load, "rows": rows}, indent=1))
        return
    print(f"{arguments.rounds} rounds, load before: {load:.1f}\n")
    print("| repository | step | alone s | beside the other s | beside / alone |\n"
          "|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['repository']} | {row['step']} | {row['alone']:.2f} | {row['both']:.2f} "
              f"| {row['both_of_alone']:.2f} |")


if __name__ == "__main__":
    main()
