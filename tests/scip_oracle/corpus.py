"""The code bases, their SCIP indexes, and the lakes that the program makes of them.

The tables are read with the `deltalake` package, of the Python $ALLUVIUM_PYTHON.
"""

import os
import pathlib
import subprocess
import sys

import wire
from python_calls import Source


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


# The peers are installed in a Python of their own.
PEERS = os.environ.get("ALLUVIUM_PYTHON")
if PEERS and os.path.exists(PEERS) and sys.prefix != str(pathlib.Path(PEERS).parent.parent):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])

try:
    import deltalake
except ImportError as error:
    skip(error)

CACHE = pathlib.Path(
    os.environ.get("ALLUVIUM_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alluvium"
)
CORPORA = pathlib.Path(os.environ.get("ALLUVIUM_CORPORA") or CACHE / "corpora")
INDEXES = pathlib.Path(os.environ.get("ALLUVIUM_TEST_DATA", "")) / "scip"


class Tables:
    def __init__(self, lake):
        self.lake = lake

    def rows(self, table, *columns):
        arrow = deltalake.DeltaTable(str(self.lake / table)).to_pyarrow_table(columns=list(columns))
        return list(zip(*(arrow.column(name).to_pylist() for name in columns)))


class Corpus:
    """The folder `name` of $ALLUVIUM_CORPORA with the index of $ALLUVIUM_TEST_DATA/scip.

    Leaves with 77 when one of them, the program or a peer is missing.
    """

    def __init__(self, name, index, scratch):
        self.folder, packed = CORPORA / name, INDEXES / index
        if not self.folder.is_dir():
            skip(f"no corpus {self.folder}")
        if not packed.is_file():
            skip(f"no index {packed}")
        self.program = os.environ.get("ALLUVIUM_PROGRAM")
        if not self.program or not pathlib.Path(self.program).exists():
            skip("ALLUVIUM_PROGRAM names no program")
        self.scratch = pathlib.Path(scratch)
        self.scip = self.scratch / "index.scip"
        subprocess.run(["zstd", "-q", "-d", packed, "-o", self.scip], check=True)
        self.documents, self.external = wire.index(self.scip.read_bytes())
        self.sources = {document.path: Source(self.folder / document.path)
                        for document in self.documents}

    def tables(self, *options):
        """Of a lake that `alluvium index` makes with these options."""
        lake = self.scratch / "lake"
        subprocess.run([self.program, "index", self.folder, "--lake", lake, "--repo", "r",
                        *options], check=True)
        return Tables(lake)
