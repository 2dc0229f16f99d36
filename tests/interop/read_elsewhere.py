"""A lake's tables read the same through `alluvium sql`, the deltalake package and DuckDB's delta
extension, row for row."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SKIPPED = 77

try:
    import deltalake
    import duckdb
    import duckdb_extension_delta
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
CORPUS = Path(os.environ["ALLUVIUM_CORPORA"]) / "requests"
TABLES = ["files", "modules", "definitions", "refs", "calls", "imports", "imports_resolved", "exports",
          "scopes", "bindings", "diagnostics"]


def counted(rows):
    return Counter(json.dumps(row, sort_keys=True, default=str) for row in rows)


def through_alluvium(lake, table):
    command = [PROGRAM, "sql", "--lake", lake, "--format", "ndjson", f"SELECT * FROM {table}"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return counted(json.loads(line) for line in out.splitlines())


def through_deltalake(lake, table):
    return counted(deltalake.DeltaTable(f"{lake}/{table}").to_pyarrow_table().to_pylist())


def through_duckdb(lake, table):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    extension = next(Path(duckdb_extension_delta.__file__).parent.rglob("*.duckdb_extension*"))
    connection.execute(f"LOAD '{extension}'")
    result = connection.execute(f"SELECT * FROM delta_scan('{lake}/{table}')")
    names = [column[0] for column in result.description]
    return counted(dict(zip(names, row)) for row in result.fetchall())


def main():
    if not CORPUS.is_dir():
        print(f"skipped: there is no {CORPUS}")
        return SKIPPED
    wrong = 0
    with tempfile.TemporaryDirectory() as lake:
        subprocess.run([PROGRAM, "index", CORPUS, "--repo", "requests", "--lake", lake], check=True,
                       capture_output=True)
        for table in TABLES:
            ours = through_alluvium(lake, table)
            for name, read in (("deltalake", through_deltalake), ("duckdb", through_duckdb)):
                theirs = read(lake, table)
                same = ours == theirs
                wrong += not same
                print(f"{table}: {ours.total()} rows, {name} {'the same' if same else 'DIFFERS'}")
                if not same:
                    print(f"  only here: {list((ours - theirs))[:1]}\n  only there: {list((theirs - ours))[:1]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
