"""The code bases that are indexed: files as values, of the folders that tools/setup unpacks."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "incremental"))
import trees  # noqa: E402

# Each is a folder, and a package in it.
NAMES = ["django", "sympy", "homeassistant"]


def add_options(options, default=NAMES):
    options.add_argument("--corpora", type=pathlib.Path, required=True)
    options.add_argument("--corpus", action="append", choices=NAMES,
                         help=f"default: {', '.join(default)}")


def tree(arguments, name):
    """{path: bytes} of what Alluvium reads: no contender shall have more to read than others."""
    folder = arguments.corpora / name
    if not folder.is_dir():
        sys.exit(f"no corpus {folder}: `tools/setup benchmarks` makes it")
    return trees.read(folder, trees.is_source)


def python_files(files):
    return sum(path.endswith((".py", ".pyi")) for path in files)
