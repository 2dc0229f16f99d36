"""A table as each operation of `alluvium delta` leaves it reads the same in the deltalake package and in
DuckDB's delta extension, row for row."""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77

try:
    import deltalake
    import duckdb
    import duckdb_extension_delta
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
# Each on the table that the ones before it left.
STEPS = [
    ("write", "--from", "first.csv", "--partition-by", "part", "--property",
     "delta.enableChangeDataFeed=true"),
    ("write", "--from", "second.csv"),
    ("write", "--from", "wide.csv", "--merge-schema"),
    ("merge", "--from", "second.csv", "--on", "target.id = source.id", "--update-all", "--insert-all"),
    ("update", "--set", "text='updated'", "--where", "id % 3 = 0"),
    ("delete", "--where", "id % 5 = 0"),
    ("optimize",),
    ("optimize", "--z-order", "id"),
    ("constraints", "--add", "small=id < 1000"),
    ("write", "--from", "first.csv", "--mode", "overwrite", "--replace-where", "part = 'a'", "--query",
     "SELECT *, CAST(NULL AS BIGINT) AS extra FROM source WHERE part = 'a'"),
    ("checkpoint",),
    ("restore", "--version", "4", "--apply"),
    ("vacuum", "--retention-hours", "0", "--unsafe", "--apply"),
    ("write", "--from", "second.csv", "--mode", "overwrite", "--overwrite-schema"),
]


def make_sources(folder):
    def write(name, ids, extra=False):
        head = "id,part,text" + (",extra" if extra else "")
        rows = [f"{i},{'ab'[i % 2]},t{i}" + (f",{i * 2}" if extra else "") for i in ids]
        (folder / name).write_text("\n".join([head, *rows]) + "\n")

    write("first.csv", range(0, 20))
    write("second.csv", range(15, 40))
    write("wide.csv", range(100, 110), extra=True)


def comparable(names, rows):
    order = sorted(range(len(names)), key=lambda i: names[i])
    return sorted(tuple(("" if row[i] is None else str(row[i])) for i in order) for row in rows)


def ours(table):
    out = subprocess.run([PROGRAM, "delta", "read", table, "--format", "csv"], check=True,
                         capture_output=True, text=True).stdout
    head, *rows = csv.reader(out.splitlines())
    return comparable(head, rows)


def through_deltalake(table):
    rows = deltalake.DeltaTable(str(table)).to_pyarrow_table()
    return comparable(rows.column_names, [tuple(row.values()) for row in rows.to_pylist()])


def through_duckdb(table):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    extension = next(pathlib.Path(duckdb_extension_delta.__file__).parent.rglob("*.duckdb_extension*"))
    connection.execute(f"LOAD '{extension}'")
    result = connection.execute(f"SELECT * FROM delta_scan('{table}')")
    return comparable([column[0] for column in result.description], result.fetchall())


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        make_sources(folder)
        table = folder / "table"
        for verb, *arguments in STEPS:
            done = subprocess.run([PROGRAM, "delta", verb, "table", *arguments], cwd=folder,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                print(f"{verb} {arguments}: {done.stderr.strip()}")
                return 1
            rows = ours(table)
            for name, read in (("deltalake", through_deltalake), ("duckdb", through_duckdb)):
                theirs = read(table)
                wrong += rows != theirs
                print(f"after {verb}: {len(rows)} rows, {name} "
                      f"{'the same' if rows == theirs else f'DIFFERS: {len(theirs)} rows'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
