"""The code bases, their SCIP indexes, and the lakes that the program makes of them.

The tables are read with the `deltalake` package, of the Python $ALLUVIUM_PYTHON.
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "surroundings"))
import surroundings  # noqa: E402

surroundings.use_tools("deltalake")
import deltalake  # noqa: E402
import indexer  # noqa: E402
import wire  # noqa: E402
from python_calls import Source  # noqa: E402

INDEXES = pathlib.Path(os.environ.get("ALLUVIUM_TEST_DATA", "")) / "scip"


class Tables:
    def __init__(self, lake):
        self.lake = lake

    def rows(self, table, *columns):
        arrow = deltalake.DeltaTable(str(self.lake / table)).to_pyarrow_table(columns=list(columns))
        return list(zip(*(arrow.column(name).to_pylist() for name in columns)))


class Corpus:
    """The folder `name` of $ALLUVIUM_CORPORA with the index of $ALLUVIUM_TEST_DATA/scip, or with
    one that is made when `index` is empty.

    Leaves with 77 when one of them, the program or a peer is missing.
    """

    def __init__(self, name, index, scratch):
        self.folder = surroundings.corpus(name)
        self.program = surroundings.program()
        self.scratch = pathlib.Path(scratch)
        self.scip = self._unpacked(INDEXES / index) if index else indexer.index(name)
        self.documents, self.external = wire.index(self.scip.read_bytes())
        self.sources = {document.path: Source(self.folder / document.path)
                        for document in self.documents}

    def _unpacked(self, packed):
        if not packed.is_file():
            surroundings.skip(f"no index {packed}")
        index = self.scratch / "index.scip"
        subprocess.run(["zstd", "-q", "-d", packed, "-o", index], check=True)
        return index

    def tables(self, *options):
        """Of a lake that `alluvium index` makes with these options."""
        lake = self.scratch / "lake"
        subprocess.run([self.program, "index", self.folder, "--lake", lake, "--repo", "r",
                        *options], check=True)
        return Tables(lake)
