"""The program, the Python that reads its tables, and the folders of real code."""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "surroundings"))
import surroundings  # noqa: E402

import trees  # noqa: E402

surroundings.use_tools("deltalake", "duckdb", "pyarrow")
CORPORA, corpus, skip = surroundings.CORPORA, surroundings.corpus, surroundings.skip
RELEASES = pathlib.Path(os.environ.get("ALLUVIUM_RELEASES") or surroundings.CACHE / "releases")
PROGRAM = surroundings.program()


def sources(name):
    """A corpus as {path: bytes}; nothing without a name."""
    return trees.read(corpus(name), trees.is_source) if name else None


class Failed(Exception):
    """The program ended with an error."""


def start(*arguments):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=600)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, arguments))}: exit code {done.returncode}\n"
                     f"{done.stderr.decode(errors='replace')}")
    return done.stdout


def index(root, lake, repo, *options):
    """The run's report."""
    return json.loads(run("index", root, "--lake", lake, "--repo", repo, "--json", *options))
