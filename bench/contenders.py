"""Alluvium and the programs that it is compared with, each told to index one folder of files.

A contender is made for the files below `root`, and keeps what it makes in `store`. `full` is the
command of a first run, and `update(path)` that of one after a file changed, which for a program
without such a thing is the first one again. Those of another tool take a command for it:

  grimp        grimp.build_graph: the import graph alone. For updates it has its cache
  optave       npm's @optave/codegraph, `build --engine native`
  colby        npm's @colbymchenry/codegraph, `init` and `sync`
  scip-python  npm's @sourcegraph/scip-python, `index`, which needs --max-old-space-size=12000 of
               Node for SymPy. Its `--target-only` says what one file has, and no more
  joern        Joern's Python front end, the class io.joern.pysrc2cpg.NewMain of Maven's
               io.joern:pysrc2cpg_3: the graph as parsed, no calls resolved. It has no updates
"""

import pathlib
import shlex
import sys


class Alluvium:
    def __init__(self, arguments, package, root, scratch):
        self.store = scratch / "lake"
        program = pathlib.Path(arguments.build).resolve() / "bin" / "alluvium"
        self.full = [program, "index", root, "--repo", package, "--lake", self.store]

    def update(self, _path):
        return self.full


class Grimp:
    def __init__(self, _arguments, package, root, scratch):
        self.store = scratch / "cache"
        self.full = [sys.executable, "-c",
                     f"import sys; sys.path.insert(0, {str(root)!r}); import grimp; "
                     f"grimp.build_graph({package!r}, cache_dir={str(self.store)!r})"]

    def update(self, _path):
        return self.full


class Optave:
    def __init__(self, arguments, _package, root, _scratch):
        self.store = root / ".codegraph"
        self.program = shlex.split(arguments.optave)
        self.full = [*self.program, "build", "--engine", "native", root]

    def update(self, _path):
        return self.full


class Colby:
    def __init__(self, arguments, _package, root, _scratch):
        self.store, self.root = root / ".codegraph", root
        self.command = shlex.split(arguments.colby)
        self.full = [*self.command, "init", root]

    def update(self, _path):
        return [*self.command, "sync", self.root]


class ScipPython:
    def __init__(self, arguments, package, root, scratch):
        self.store = scratch / "scip"
        self.store.mkdir(exist_ok=True)
        # Else it asks pip for what is installed.
        environment = scratch / "no-packages.json"
        environment.write_text("[]")
        self.full = [*shlex.split(arguments.scip_python), "index", ".", "--cwd", root, "--quiet",
                     "--project-name", package, "--project-version", "1", "--environment",
                     environment, "--output", self.store / "index.scip"]

    def update(self, path):
        return [*self.full, "--target-only", path]


class Joern:
    def __init__(self, arguments, _package, root, scratch):
        self.store = scratch / "joern"
        self.store.mkdir(exist_ok=True)
        self.full = [*shlex.split(arguments.joern), root, "-o", self.store / "cpg.bin"]

    def update(self, _path):
        return self.full


OF_OTHER_TOOLS = {"optave": Optave, "colby": Colby, "scip-python": ScipPython, "joern": Joern}


def add_options(options):
    for name in OF_OTHER_TOOLS:
        options.add_argument(f"--{name}", default="", metavar="COMMAND")
    options.add_argument("--once", action="append", default=[], choices=OF_OTHER_TOOLS,
                         help="a slow one: it runs in one round only, and has no warm-up")


def chosen(arguments):
    """{name: class}: Alluvium, grimp and those that there is a command for."""
    return {"alluvium": Alluvium, "grimp": Grimp,
            **{name: contender for name, contender in OF_OTHER_TOOLS.items()
               if getattr(arguments, name.replace("-", "_"))}}


def turns(names, arguments):
    """For a round of warming up and each that counts, who runs in it."""
    others = [name for name in names if name not in arguments.once]
    return [others, list(names), *[others] * (arguments.rounds - 1)]
