"""A table as each operation of `alluvium delta` leaves it reads the same in the deltalake package and in
DuckDB's delta extension, row for row."""

import datetime
import json
import pathlib
import sys
import tempfile

SKIPPED = 77

try:
    import deltalake
    import duckdb
    import duckdb_extension_delta
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)

from delta_steps import CONVERTED, STEPS, alluvium, make_sources, mapped
from table_rows import difference, read, rows

MAPPED = ("name", "id")
SERIES = {"plain": STEPS, "name": mapped("name"), "id": mapped("id"), "converted": CONVERTED}


def make_parquet(folder):
    folder.mkdir()
    columns = [("id", pyarrow.int64()), ("part", pyarrow.string()), ("text", pyarrow.string())]
    schema = pyarrow.schema([
        pyarrow.field(name, kind, metadata={"PARQUET:field_id": str(number)})
        for number, (name, kind) in enumerate(columns, 7)])
    values = {"id": [500, 501], "part": ["a", "b"], "text": ["x", "y"]}
    pyarrow.parquet.write_table(pyarrow.table(values, schema=schema), folder / "part.parquet")


def through_deltalake(table):
    return deltalake.DeltaTable(str(table)).to_pyarrow_table()


def through_duckdb(table):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    extension = next(pathlib.Path(duckdb_extension_delta.__file__).parent.rglob("*.duckdb_extension*"))
    connection.execute(f"LOAD '{extension}'")
    return connection.execute(f"SELECT * FROM delta_scan('{table}')").to_arrow_table()


def with_int96(folder):
    """The number of wrong answers of a table with Spark's timestamps, at the ends of what they hold."""
    moments = [
        datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc),
        None,
    ]
    instant = pyarrow.timestamp("us", "UTC")
    values = pyarrow.table({
        "id": [0, 1, 2],
        "at": pyarrow.array(moments, instant),
        "deep": pyarrow.array([[{"at": at}] for at in moments], pyarrow.list_(pyarrow.struct([("at", instant)]))),
    })
    pyarrow.parquet.write_table(values, folder / "int96.parquet")
    alluvium(folder, "write", "int96", "--from", "int96.parquet")
    data = next((folder / "int96").glob("*.parquet"))
    pyarrow.parquet.write_table(
        values, data, use_deprecated_int96_timestamps=True, store_schema=False
    )
    commit = folder / "int96" / "_delta_log" / f"{0:020}.json"
    actions = [json.loads(line) for line in commit.read_text().splitlines()]
    for action in actions:
        if "add" in action:
            action["add"]["size"] = data.stat().st_size
    commit.write_text("".join(json.dumps(action) + "\n" for action in actions))
    wrong, expected = 0, rows(values)
    for verb, *arguments in [
        ("checkpoint",),
        ("write", "--from", "int96.parquet"),
        ("optimize",),
        ("update", "--set", "deep=deep", "--all"),
    ]:
        alluvium(folder, verb, "int96", *arguments)
        if verb == "write":
            expected = sorted(2 * expected)
        problem = difference(rows(read(folder / "int96")), expected)
        wrong += bool(problem)
        print(f"INT96 after {verb}: {problem or 'the same'}")
    return wrong


READERS = {"deltalake": through_deltalake, "duckdb": through_duckdb}


def run(folder, name, steps):
    """The number of reads that differ."""
    wrong = 0
    table = folder / name
    for verb, *arguments in steps:
        alluvium(folder, verb, name, *arguments)
        ours = rows(read(table))
        for reader, their_read in READERS.items():
            if name in MAPPED and reader == "deltalake":
                continue  # its PyArrow dataset doesn't know column mapping
            problem = difference(ours, rows(their_read(table)))
            wrong += bool(problem)
            print(f"{name} after {verb}: {len(ours)} rows, {reader} {problem or 'the same'}")
    return wrong


def main():
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        make_sources(folder)
        make_parquet(folder / "converted")
        wrong = sum(run(folder, name, steps) for name, steps in SERIES.items())
        wrong += with_int96(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
