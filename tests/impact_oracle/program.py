"""The program that is measured, and the Python that runs the suites."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "surroundings"))
import surroundings  # noqa: E402

surroundings.use_tools("coverage", "pytest")
CACHE, skip = surroundings.CACHE, surroundings.skip
PROGRAM = surroundings.program()


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
