"""Times what it takes to follow files that are switched to a branch and back, and prints a Markdown table
or JSON.

    python bench/switches.py --build out/dev --corpora FOLDER [--corpus NAME ...] [--rounds 3]
        [--changed 100] [--optave COMMAND] [--colby COMMAND] [--json]

On the branch that many files, spread over all, have a function more. Each round gives every
contender (bench/contenders.py), in turn, its own copy of the files and runs as processes of their own:
a full run, one after the first switch to the branch, one back on the first files, one on the branch again.
Reported are medians; ratios are medians over the rounds of the ratio within one round: to the first
switch, and of Alluvium to the peer in the same step. The first round warms up.
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

STEPS = ["full", "to the branch", "back", "to the branch again"]


def one_round(kind, arguments, corpus, files):
    """{step: seconds} of a contender that starts with nothing."""
    branch = files
    for path in edits.spread(files, arguments.changed):
        branch = edits.add_function(branch, path)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        root = scratch / "files"
        root.mkdir()
        its = kind(arguments, corpus, root, scratch)
        found, tree = {}, {}
        for step, now in zip(STEPS, [files, branch, files, branch]):
            trees.write(root, tree, now)
            tree = now
            command = its.full if step == "full" else its.update(edits.CENTRAL[corpus])
            found[step] = run(command, scratch)[0]
    return found


def rows_of(corpus, rounds):
    """Rows for people, of rounds that are each {contender: {step: seconds}}."""
    for name in rounds[0]:
        for step in STEPS:
            yield {"corpus": corpus, "contender": name, "step": step,
                   "seconds": statistics.median(one[name][step] for one in rounds),
                   "of_first": statistics.median(
                       one[name][step] / one[name][STEPS[1]] for one in rounds),
                   "alluvium_of_it": statistics.median(
                       one["alluvium"][step] / one[name][step] for one in rounds)}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--changed", type=int, default=100)
    options.add_argument("--json", action="store_true")
    corpora.add_options(options, default=["django"])
    contenders.add_options(options)
    arguments = options.parse_args()
    kinds, load, rows = contenders.chosen(arguments), os.getloadavg()[0], []
    for corpus in arguments.corpus or ["django"]:
        files = corpora.tree(arguments, corpus)
        rounds = [{name: one_round(kind, arguments, corpus, files) for name, kind in kinds.items()}
                  for _ in range(arguments.rounds + 1)][1:]
        rows += rows_of(corpus, rounds)
    if arguments.json:
        print(json.dumps({"load_before": load, "rows": rows}, indent=1))
        return
    print(f"load before: {load:.1f}\n")
    print("| corpus | contender | step | seconds | of the first switch | alluvium / it |\n"
          "|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['corpus']} | {row['contender']} | {row['step']} | {row['seconds']:.2f} "
              f"| {row['of_first']:.2f} | {row['alluvium_of_it']:.2f} |")


if __name__ == "__main__":
    main()
