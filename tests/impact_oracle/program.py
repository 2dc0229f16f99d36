"""The program that is measured, and the Python that runs the suites.

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
    import coverage  # noqa: F401
    import pytest  # noqa: F401
except ImportError as error:
    skip(error)

CACHE = pathlib.Path(
    os.environ.get("ALLUVIUM_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alluvium"
)
PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
if not PROGRAM or not pathlib.Path(PROGRAM).exists():
    skip("ALLUVIUM_PROGRAM names no program")


def run(*arguments, text=""):
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=text, capture_output=True,
                          text=True, timeout=1500)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


class Lake:
    """The lake of a folder of code."""

    def __init__(self, folder, lake):
        self.folder = str(lake)
        run("index", folder, "--lake", lake, "--repo", "r")

    def ask(self, *queries):
        """The rows of all the queries, asked in one session."""
        rows = run("sql", "--lake", self.folder, "--format", "ndjson", text=";\n".join(queries))
        return [json.loads(row) for row in rows.splitlines()]
