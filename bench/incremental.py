"""Times an index that is kept current: a full run, one without changes, and one after each of two
edits of one file, beside its peers, and prints a Markdown table or JSON.

    python bench/incremental.py --build out/dev --corpora FOLDER [--corpus NAME ...] [--rounds 5]
        [--optave COMMAND] [--colby COMMAND] [--scip-python COMMAND] [--joern COMMAND]
        [--once NAME ...] [--json]

The file is a large one that much of the code base depends on (bench/edits.py). Each round gives
every contender (bench/contenders.py), in turn, its own copy of the files and runs all four steps as
processes of their own. Reported are medians; ratios are medians over the rounds of the ratio within
one round: to the same contender's full run, and of Alluvium to the peer in the same step. Bytes are
those of files that a step added to the store, and by which it made others longer. A contender that
is named by --once runs in one round only.
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

EDITS = {"body-only edit": edits.edit_body, "add a function": edits.add_function}
STEPS = ["full", "unchanged", *EDITS]


def sizes(folder):
    """By path and node: a file that replaced another one is new."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            status = path.stat()
            found[str(path), status.st_ino] = status.st_size
    return found


def growth(before, after):
    return sum(max(size - before.get(name, 0), 0) for name, size in after.items())


def one_round(kind, arguments, corpus, files):
    """{step: (seconds, peak MiB, bytes added)} of a contender that starts with nothing."""
    path = edits.CENTRAL[corpus]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        root = scratch / "files"
        root.mkdir()
        trees.write(root, {}, files)
        its = kind(arguments, corpus, root, scratch)
        found, tree = {}, files
        for step in STEPS:
            if step in EDITS:
                edited = EDITS[step](tree, path)
                trees.write(root, tree, edited)
                tree = edited
            before = sizes(its.store)
            seconds, peak = run(its.full if step == "full" else its.update(path), scratch)
            found[step] = (seconds, peak, growth(before, sizes(its.store)))
    return found


def rows_of(corpus, rounds):
    """Rows for people, of rounds that are each {contender: {step: (seconds, peak, bytes)}}."""
    for name in dict.fromkeys(name for one in rounds for name in one):
        its = [one for one in rounds if name in one]
        for step in STEPS:
            def median(value, step=step, name=name, its=its):
                return statistics.median(value(one, one[name][step]) for one in its)

            yield {
                "corpus": corpus, "contender": name, "step": step, "rounds": len(its),
                "seconds": median(lambda _, cell: cell[0]),
                "of_full": median(lambda one, cell, n=name: cell[0] / one[n]["full"][0]),
                "alluvium_of_it": median(lambda one, cell, s=step: one["alluvium"][s][0] / cell[0]),
                "bytes_added": median(lambda _, cell: cell[2]),
                "bytes_of_full": median(lambda one, cell, n=name: cell[2] / one[n]["full"][2]),
                "peak_mib": max(one[name][step][1] for one in its)}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", action="store_true")
    corpora.add_options(options, default=["django"])
    contenders.add_options(options)
    arguments = options.parse_args()
    kinds, load, rows = contenders.chosen(arguments), os.getloadavg()[0], []
    for corpus in arguments.corpus or ["django"]:
        files = corpora.tree(arguments, corpus)
        # The first round warms up.
        rounds = [{name: one_round(kinds[name], arguments, corpus, files) for name in names}
                  for names in contenders.turns(kinds, arguments)][1:]
        rows += rows_of(corpus, rounds)
    if arguments.json:
        print(json.dumps({"load_before": load, "rows": rows}, indent=1))
        return
    print(f"load before: {load:.1f}\n")
    print("| corpus | contender | step | rounds | seconds | of its full run | alluvium / it "
          "| MB added | of its full run | peak MiB |\n|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['corpus']} | {row['contender']} | {row['step']} | {row['rounds']} "
              f"| {row['seconds']:.2f} | {row['of_full']:.3f} | {row['alluvium_of_it']:.2f} "
              f"| {row['bytes_added'] / 1e6:.3f} | {row['bytes_of_full']:.4f} "
              f"| {row['peak_mib']:.0f} |")


if __name__ == "__main__":
    main()
