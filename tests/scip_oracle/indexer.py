"""SCIP indexes of code bases, made with scip-python and kept in $ALLUVIUM_CACHE/scip-python.

Usage: indexer.py CORPUS...

Makes the indexes of these folders of $ALLUVIUM_CORPORA that aren't there yet, and prints their
paths. The indexer is installed first: the npm packages of tools/scip-python, by their hashes, none
of whose scripts run. A large code base takes minutes and gigabytes: SymPy 6 to 10, and 8.

What is on the machine shall not change an index, so the indexer finds no Python: it would read the
packages of that one. An index without any is, in its occurrences, one made in an empty environment.

Leaves with 77 when there is no npm, or no such corpus.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "surroundings"))
import surroundings  # noqa: E402

PINNED = pathlib.Path(__file__).resolve().parents[2] / "tools" / "scip-python"
FOLDER = surroundings.CACHE / "scip-python"
# Node's own limit is half of what SymPy takes.
MEMORY_MIB = 12_000


def is_installed():
    mine, pinned = FOLDER / "package-lock.json", PINNED / "package-lock.json"
    return mine.is_file() and mine.read_bytes() == pinned.read_bytes()


def install(npm):
    """Another indexer makes other indexes, so the old one's go with it."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    making = FOLDER.with_name("scip-python.making")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(PINNED, making)
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                   cwd=making, check=True, stdout=subprocess.DEVNULL)
    (making / "indexes").mkdir()
    # Nothing but Node on the path of what runs.
    (making / "bin").mkdir()
    (making / "bin" / "node").symlink_to(shutil.which("node"))
    making.rename(FOLDER)


def version_of(folder, name):
    """By what the wheel says of itself."""
    found = [path.name.removesuffix(".dist-info").rpartition("-")
             for path in sorted(folder.glob("*.dist-info"))]
    return next((version for of, _, version in found
                 if of.lower().replace("_", "-") == name), "unknown")


def make(name, folder, version, index):
    print(f"indexing {name} {version} with scip-python", flush=True)
    program = FOLDER / "node_modules" / "@sourcegraph" / "scip-python" / "index.js"
    no_packages = FOLDER / "no-packages.json"
    no_packages.write_text("[]")
    making = index.with_suffix(".making")
    making.unlink(missing_ok=True)
    subprocess.run(
        [FOLDER / "bin" / "node", f"--max-old-space-size={MEMORY_MIB}", program, "index", ".",
         "--quiet", "--project-name", name, "--project-version", version, "--environment",
         no_packages, "--output", making],
        cwd=folder, check=True, env={**os.environ, "PATH": str(FOLDER / "bin")})
    making.rename(index)


def index(name):
    """The path of an index of this corpus."""
    folder = surroundings.corpus(name)
    version = version_of(folder, name)
    made = FOLDER / "indexes" / f"{name}-{version}.scip"
    if is_installed() and made.is_file():
        return made
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        surroundings.skip("no npm to install scip-python with")
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    # One at a time: two would make the same index, or take twice the memory.
    with open(FOLDER.with_name("scip-python.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed():
            install(npm)
        if not made.is_file():
            make(name, folder, version, made)
    return made


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(index(each))
