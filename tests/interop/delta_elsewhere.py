"""A table as each operation of `alluvium delta` leaves it reads the same in the deltalake package and in
DuckDB's delta extension, row for row."""

import pathlib
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

from delta_steps import STEPS, alluvium, make_sources
from table_rows import difference, read, rows


def through_deltalake(table):
    return deltalake.DeltaTable(str(table)).to_pyarrow_table()


def through_duckdb(table):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    extension = next(pathlib.Path(duckdb_extension_delta.__file__).parent.rglob("*.duckdb_extension*"))
    connection.execute(f"LOAD '{extension}'")
    return connection.execute(f"SELECT * FROM delta_scan('{table}')").to_arrow_table()


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        make_sources(folder)
        table = folder / "table"
        for verb, *arguments in STEPS:
            alluvium(folder, verb, "table", *arguments)
            ours = rows(read(table))
            for name, their_read in (("deltalake", through_deltalake), ("duckdb", through_duckdb)):
                problem = difference(ours, rows(their_read(table)))
                wrong += bool(problem)
                print(f"after {verb}: {len(ours)} rows, {name} {problem or 'the same'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
