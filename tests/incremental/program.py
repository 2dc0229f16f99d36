"""The program, the Python that reads its tables, and the folders of real code.

`ALLUVIUM_PROGRAM` is the program, `ALLUVIUM_PYTHON` a Python with tools/requirements.txt. What is
missing skips a test: exit code 77.
"""

import json
import os
import pathlib
import subprocess
import sys


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


# The peers are installed in a Python of their own.
PEERS = os.environ.get("ALLUVIUM_PYTHON")
if PEERS and os.path.exists(PEERS) and sys.prefix != str(pathlib.Path(PEERS).parent.parent):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])

try:
    import deltalake  # noqa: F401
    import duckdb  # noqa: F401
    import pyarrow  # noqa: F401
except ImportError as error:
    skip(error)

CACHE = pathlib.Path(
    os.environ.get("ALLUVIUM_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alluvium"
)
CORPORA = pathlib.Path(os.environ.get("ALLUVIUM_CORPORA") or CACHE / "corpora")
RELEASES = pathlib.Path(os.environ.get("ALLUVIUM_RELEASES") or CACHE / "releases")
PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
if not PROGRAM or not pathlib.Path(PROGRAM).exists():
    skip("ALLUVIUM_PROGRAM names no program")


def corpus(name):
    folder = CORPORA / name
    if not folder.is_dir():
        skip(f"no corpus {folder}")
    return folder


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
