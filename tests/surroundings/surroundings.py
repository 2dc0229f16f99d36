"""What tests in Python find around them: the program, the tools, the code bases.

`ALLUVIUM_PROGRAM` is the program, `ALLUVIUM_PYTHON` a Python with tools/requirements.txt, the cache
where tools/setup puts things. What is missing skips a test: exit code 77.
"""

import importlib
import os
import pathlib
import sys

CACHE = pathlib.Path(
    os.environ.get("ALLUVIUM_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alluvium"
)
CORPORA = pathlib.Path(os.environ.get("ALLUVIUM_CORPORA") or CACHE / "corpora")


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def use_tools(*modules):
    """Goes on in the Python that has the tools; call it before those modules are imported."""
    tools = os.environ.get("ALLUVIUM_PYTHON")
    if tools and os.path.exists(tools) and sys.prefix != str(pathlib.Path(tools).parent.parent):
        os.execv(tools, [tools, "-B", *sys.argv])
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            skip(error)


def program():
    path = os.environ.get("ALLUVIUM_PROGRAM", "")
    if not path or not pathlib.Path(path).exists():
        skip("ALLUVIUM_PROGRAM names no program")
    return path


def corpus(name):
    folder = CORPORA / name
    if not folder.is_dir():
        skip(f"no corpus {folder}")
    return folder
