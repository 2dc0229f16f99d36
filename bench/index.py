"""Times `alluvium index` end to end beside its peers, in one run, and prints a Markdown table.

    python bench/index.py --build out/dev --corpora FOLDER [--corpus NAME ...] [--rounds 5]
        [--optave COMMAND] [--colby COMMAND] [--scip-python COMMAND] [--joern COMMAND]
        [--once NAME ...] [--json]

Each round runs every contender once, in turn, as a process of its own that starts with nothing but
its own copy of the files; the table has medians, the median over the rounds of the ratio within one
round of alluvium to the peer, and the largest peak of memory. A contender that is named by --once
runs in one round only. Beside bench/contenders.py:

  alluvium, unchanged  the same again, of files and a lake that are as it left them
  tree-sitter          the C library alone, one thread, no facts (bench/bare_parse.cc)
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path

import contenders
import corpora
import trees
from processes import run

UNCHANGED = "alluvium, unchanged"


class TreeSitter:
    def __init__(self, arguments, _package, root, scratch):
        self.store = scratch / "nothing"
        self.full = [Path(arguments.build).resolve() / "bench" / "bare_parse", root]


def runs_of(kind, arguments, package, home):
    """[(seconds, peak MiB)] of a first run, and for Alluvium of one more."""
    root, scratch = home / "files", home / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    its = kind(arguments, package, root, scratch)
    if its.store.is_relative_to(root):
        shutil.rmtree(its.store, ignore_errors=True)
    found = [run(its.full, scratch)]
    if kind is contenders.Alluvium:
        found.append(run(its.full, scratch))
    return found


def rounds_of(kinds, arguments, corpus, folder):
    """For each round {contender: (seconds, peak MiB)}."""
    files = corpora.tree(arguments, corpus)
    for name in kinds:
        (folder / name / "files").mkdir(parents=True)
        trees.write(folder / name / "files", {}, files)
    rounds = []
    for names in contenders.turns(kinds, arguments):
        rounds.append({})
        for name in names:
            found = runs_of(kinds[name], arguments, corpus, folder / name)
            rounds[-1].update(zip([name, UNCHANGED], found))
    # The first round warms up.
    return rounds[1:], corpora.python_files(files)


def rows_of(corpus, rounds, files):
    for name in dict.fromkeys(name for one in rounds for name in one):
        its = [one for one in rounds if name in one]
        yield {"corpus": corpus, "files": files, "contender": name, "rounds": len(its),
               "seconds": statistics.median(one[name][0] for one in its),
               "alluvium_of_it": statistics.median(one["alluvium"][0] / one[name][0]
                                                   for one in its),
               "peak_mib": max(one[name][1] for one in its)}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", action="store_true")
    corpora.add_options(options)
    contenders.add_options(options)
    arguments = options.parse_args()
    kinds = contenders.chosen(arguments)
    kinds = {"alluvium": kinds.pop("alluvium"), "tree-sitter": TreeSitter, **kinds}
    load, rows = os.getloadavg()[0], []
    for corpus in arguments.corpus or corpora.NAMES:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rows += rows_of(corpus, *rounds_of(kinds, arguments, corpus, Path(folder)))
    if arguments.json:
        print(json.dumps({"load_before": load, "rows": rows}, indent=1))
        return
    print(f"load before: {load:.1f}\n")
    print("| corpus | files | contender | rounds | seconds | alluvium / it | peak MiB |\n"
          "|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['corpus']} | {row['files']:,} | {row['contender']} | {row['rounds']} "
              f"| {row['seconds']:.2f} | {row['alluvium_of_it']:.2f} | {row['peak_mib']:.0f} |")


if __name__ == "__main__":
    main()
