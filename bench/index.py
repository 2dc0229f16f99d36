"""Times `alluvium index` end to end beside its peers, in one run, and prints a Markdown table.

    python bench/index.py --build out/dev --corpora FOLDER [--rounds 5] [--codegraph COMMAND]

Each round runs every contender once, in turn, as a process of its own; the table has medians, the
median over the rounds of the ratio alluvium / peer, and the largest resident set of each. Peers:

  tree-sitter  the C library alone, one thread, no facts (bench/bare_parse.cc)
  grimp        grimp.build_graph without its cache: the import graph alone
  codegraph    npm's @optave/codegraph, `build --engine native`, when a command for it is given
"""

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = {"django": ["django"], "sympy": ["sympy"]}


def run(command, cwd=None):
    """Returns (seconds, peak MiB) of a command that must succeed."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command} failed: {errors.decode()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


def contenders(arguments, corpus, package, scratch):
    build = Path(arguments.build)
    program, parser = build / "bin" / "alluvium", build / "bench" / "bare_parse"

    def alluvium():
        lake = scratch / "lake"
        shutil.rmtree(lake, ignore_errors=True)
        return run([program, "index", corpus, "--repo", package, "--lake", lake])

    def unchanged():
        return run([program, "index", corpus, "--repo", package, "--lake", scratch / "lake"])

    def tree_sitter():
        return run([parser, corpus])

    def grimp():
        code = f"import grimp; grimp.build_graph({package!r}, cache_dir=None)"
        return run([sys.executable, "-c", code], cwd=corpus)

    def codegraph():
        copy = scratch / "codegraph"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(corpus, copy)
        return run([*shlex.split(arguments.codegraph), "build", copy])

    found = {"alluvium": alluvium, "alluvium, unchanged": unchanged, "tree-sitter": tree_sitter,
             "grimp": grimp}
    if arguments.codegraph:
        found["codegraph"] = codegraph
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--codegraph", default="")
    arguments = options.parse_args()
    print("| corpus | contender | seconds | alluvium / it | peak MiB |")
    print("|---|---|---|---|---|")
    for corpus, packages in PACKAGES.items():
        with tempfile.TemporaryDirectory() as scratch:
            timed = contenders(arguments, arguments.corpora / corpus, packages[0], Path(scratch))
            rounds = [{name: call() for name, call in timed.items()}
                      for _ in range(arguments.rounds + 1)][1:]
        for name in timed:
            seconds = statistics.median(one[name][0] for one in rounds)
            ratio = statistics.median(one["alluvium"][0] / one[name][0] for one in rounds)
            peak = max(one[name][1] for one in rounds)
            print(f"| {corpus} | {name} | {seconds:.2f} | {ratio:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
