"""Times an index that is kept current: a full run, one without changes, and one after each of two
one-file edits of Django, beside its peers, and prints a Markdown table or JSON.

    python bench/incremental.py --build out/dev --corpora FOLDER [--rounds 5] [--json]
        [--optave COMMAND] [--colby COMMAND]

Each round gives every contender, in turn, its own copy of the files and runs all four steps as
processes of their own. Reported are medians; ratios are medians over the rounds of the ratio within
one round: to the same contender's full run, and of Alluvium to the peer in the same step. Bytes are
those of files that a step added to the store, and by which it made others longer. Peers:

  grimp   grimp.build_graph with its cache: the import graph alone
  optave  npm's @optave/codegraph, `build --engine native`, when a command for it is given
  colby   npm's @colbymchenry/codegraph, `init` and `sync`, when a command for it is given
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "incremental"))
import django_edits  # noqa: E402
import trees  # noqa: E402

EDITS = {"body-only edit": django_edits.edit_body, "add a function": django_edits.add_function}
STEPS = ["full", "unchanged", *EDITS]


def run(command, home):
    """Returns (seconds, peak MiB) of a command that must succeed."""
    begin = time.perf_counter()
    # Peers keep state in a home; it shall not be this one.
    process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, "HOME": str(home)})
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command} failed: {errors.decode()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


class Alluvium:
    def __init__(self, arguments, root, scratch):
        self.store = scratch / "lake"
        command = [Path(arguments.build).resolve() / "bin" / "alluvium", "index", root, "--repo",
                   "django", "--lake", self.store]
        self.first = self.next = command


class Grimp:
    def __init__(self, _arguments, root, scratch):
        self.store = scratch / "cache"
        code = (f"import sys; sys.path.insert(0, {str(root)!r}); import grimp; "
                f"grimp.build_graph('django', cache_dir={str(self.store)!r})")
        self.first = self.next = [sys.executable, "-c", code]


class Optave:
    def __init__(self, arguments, root, _scratch):
        self.store = root / ".codegraph"
        self.first = self.next = [*shlex.split(arguments.optave), "build", "--engine", "native",
                                  root]


class Colby:
    def __init__(self, arguments, root, _scratch):
        self.store = root / ".codegraph"
        command = shlex.split(arguments.colby)
        self.first, self.next = [*command, "init", root], [*command, "sync", root]


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


def one_round(contender, arguments, files):
    """{step: (seconds, peak MiB, bytes added)} of a contender that starts with nothing."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        root = scratch / "files"
        root.mkdir()
        trees.write(root, {}, files)
        its = contender(arguments, root, scratch)
        found, tree = {}, files
        for step in STEPS:
            if step in EDITS:
                edited = EDITS[step](tree)
                trees.write(root, tree, edited)
                tree = edited
            before = sizes(its.store)
            seconds, peak = run(its.first if step == "full" else its.next, scratch)
            found[step] = (seconds, peak, growth(before, sizes(its.store)))
    return found


def summary(rounds):
    """Rows for people, of rounds that are each {contender: {step: (seconds, peak, bytes)}}."""
    rows = []
    for name in rounds[0]:
        for step in STEPS:
            def median(value, step=step, name=name):
                return statistics.median(value(one, one[name][step]) for one in rounds)

            rows.append({
                "contender": name, "step": step,
                "seconds": median(lambda _, cell: cell[0]),
                "of_full": median(lambda one, cell, n=name: cell[0] / one[n]["full"][0]),
                "alluvium_of_it": median(lambda one, cell, s=step: one["alluvium"][s][0] / cell[0]),
                "bytes_added": median(lambda _, cell: cell[2]),
                "bytes_of_full": median(lambda one, cell, n=name: cell[2] / one[n]["full"][2]),
                "peak_mib": max(one[name][step][1] for one in rounds)})
    return rows


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--optave", default="")
    options.add_argument("--colby", default="")
    options.add_argument("--json", action="store_true")
    arguments = options.parse_args()
    contenders = {"alluvium": Alluvium, "grimp": Grimp}
    if arguments.optave:
        contenders["optave"] = Optave
    if arguments.colby:
        contenders["colby"] = Colby
    files = django_edits.tree(arguments.corpora / "django")
    load = os.getloadavg()[0]
    # The first round warms up.
    rounds = [{name: one_round(contender, arguments, files)
               for name, contender in contenders.items()}
              for _ in range(arguments.rounds + 1)][1:]
    rows = summary(rounds)
    if arguments.json:
        print(json.dumps({"rounds": arguments.rounds, "load_before": load, "rows": rows}, indent=1))
        return
    print(f"{arguments.rounds} rounds, load before: {load:.1f}\n")
    print("| contender | step | seconds | of its full run | alluvium / it | MB added | of its full "
          "run | peak MiB |\n|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['contender']} | {row['step']} | {row['seconds']:.2f} | {row['of_full']:.3f} "
              f"| {row['alluvium_of_it']:.2f} | {row['bytes_added'] / 1e6:.3f} "
              f"| {row['bytes_of_full']:.4f} | {row['peak_mib']:.0f} |")


if __name__ == "__main__":
    main()
