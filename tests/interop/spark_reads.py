"""Tables as `alluvium delta` leaves them read equal in Spark: the rows after each operation, each version
by number and by time, the change feed, and every type."""

import datetime
import decimal
import os
import pathlib
import sys
import tempfile
import time

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

from change_feed import change_feeds
from delta_steps import STEPS, alluvium, make_sources, run
from spark_engine import load, open_spark
from table_rows import difference, read, rows

UTC = datetime.timezone.utc
# Of version 0; each next one is a minute later.
EPOCH = int(time.time()) - 7200


class Comparison:
    def __init__(self, spark):
        self.spark, self.made, self.wrong = spark, 0, 0

    def same(self, what, ours, theirs):
        self.made += 1
        problem = difference(ours, theirs)
        if problem:
            self.wrong += 1
            print(f"{what}: {problem}")

    def latest(self, what, table):
        ours = rows(read(table))
        self.same(what, ours, rows(load(self.spark, table).toArrow()))
        return ours


def versions(table):
    return sorted(int(path.stem) for path in (table / "_delta_log").glob("*.json"))


def each_operation(comparison, folder):
    make_sources(folder)
    table, at_version = folder / "table", {}
    for verb, *arguments in STEPS:
        if verb == "vacuum":
            travel(comparison, table, at_version)
        alluvium(folder, verb, "table", *arguments)
        ours = comparison.latest(f"after {verb} {arguments}", table)
        for version in versions(table):
            if version not in at_version:
                at_version[version] = ours
                os.utime(table / "_delta_log" / f"{version:020}.json", (EPOCH + 60 * version,) * 2)
                if version > 0:
                    comparison.same(
                        f"the change feed of {verb} {arguments}",
                        *change_feeds(comparison.spark, table, version, version),
                    )


def travel(comparison, table, at_version):
    """Each version again, in turn by its number and by a moment when it was the latest."""
    for version, expected in at_version.items():
        moment = datetime.datetime.fromtimestamp(EPOCH + 60 * version, UTC)
        ours, theirs = ("--version", version), {"versionAsOf": version}
        if version % 2:
            ours, theirs = ("--timestamp", moment.isoformat()), {"timestampAsOf": f"{moment:%F %T}"}
        found = rows(read(table, *ours))
        comparison.same(f"version {version} as it was", found, expected)
        comparison.same(f"version {version}", found, rows(load(comparison.spark, table, **theirs).toArrow()))


def types():
    """Columns of every Delta type, with the ends of what they hold, and nulls."""
    day, moment = datetime.date, datetime.datetime
    dec = decimal.Decimal
    nested = pyarrow.struct(
        [
            ("a", pyarrow.int64()),
            ("b", pyarrow.struct([("c", pyarrow.string()), ("d", pyarrow.list_(pyarrow.int32()))])),
        ]
    )
    columns = {
        "truth": (pyarrow.bool_(), [True, False, None, True]),
        "byte": (pyarrow.int8(), [-128, 127, None, 0]),
        "short": (pyarrow.int16(), [-(2**15), 2**15 - 1, None, 0]),
        "int": (pyarrow.int32(), [-(2**31), 2**31 - 1, None, 0]),
        "long": (pyarrow.int64(), [-(2**63), 2**63 - 1, None, 0]),
        "float": (pyarrow.float32(), [float("nan"), float("-inf"), None, -0.0]),
        "double": (pyarrow.float64(), [float("inf"), float("nan"), None, 1e-320]),
        "small_decimal": (pyarrow.decimal128(5, 2), [dec("-999.99"), dec("999.99"), None, dec("0.01")]),
        "decimal": (
            pyarrow.decimal128(38, 18),
            [dec("-" + "9" * 20 + "." + "9" * 18), dec("1E-18"), None, dec(0)],
        ),
        "text": (pyarrow.string(), ["", "é ü 漢 🙂", None, "a\tb\nc\"'\\"]),
        "bytes": (pyarrow.binary(), [b"", b"\x00\xff\xfe", None, bytes(range(256))]),
        "date": (pyarrow.date32(), [day(1, 1, 1), day(9999, 12, 31), None, day(1582, 10, 4)]),
        "instant": (
            pyarrow.timestamp("us", "UTC"),
            [
                moment(1, 1, 1, tzinfo=UTC),
                moment(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
                None,
                moment(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            ],
        ),
        "local": (
            pyarrow.timestamp("us"),
            [moment(1, 1, 1), moment(9999, 12, 31, 23, 59, 59, 999999), None, moment(1900, 1, 1, 0, 0, 1)],
        ),
        "list": (pyarrow.list_(pyarrow.string()), [[], ["a", None, ""], None, ["x"]]),
        "map": (
            pyarrow.map_(pyarrow.string(), pyarrow.int64()),
            [[], [("k", None), ("l", 1)], None, [("", 2)]],
        ),
        "nested": (
            nested,
            [
                {"a": None, "b": {"c": "x", "d": [1, None]}},
                {"a": 1, "b": None},
                None,
                {"a": 2, "b": {"c": None, "d": None}},
            ],
        ),
        "lists": (
            pyarrow.list_(pyarrow.struct([("m", pyarrow.map_(pyarrow.int32(), pyarrow.date32()))])),
            [[{"m": [(1, day(2000, 2, 29))]}], [None], None, [{"m": None}]],
        ),
    }
    rows_of_types = {"id": pyarrow.array(range(4), pyarrow.int64())}
    rows_of_types |= {name: pyarrow.array(values, kind) for name, (kind, values) in columns.items()}
    return pyarrow.table(rows_of_types)


def every_type(comparison, folder):
    source = types()
    pyarrow.parquet.write_table(source, folder / "types.parquet")
    pyarrow.parquet.write_table(
        source.set_column(0, "id", pyarrow.array(range(2, 6), pyarrow.int64())), folder / "more.parquet"
    )
    table = folder / "types"
    alluvium(folder, "write", table, "--from", "types.parquet")
    comparison.same("every type", rows(source), comparison.latest("every type in Spark", table))
    for verb, *arguments in [
        ("merge", "--from", "more.parquet", "--on", "target.id = source.id", "--update-all", "--insert-all"),
        ("update", "--set", "text='t'", "--set", "nested=NULL", "--where", "id = 1"),
        ("delete", "--where", "id = 3"),
        ("optimize", "--z-order", "date"),
        ("checkpoint",),
    ]:
        alluvium(folder, verb, table, *arguments)
        comparison.latest(f"every type after {verb}", table)


def partition_values():
    moment = datetime.datetime
    texts = [
        "a b",
        "a/b",
        "a=b",
        "a%20b",
        "é漢",
        "a:b",
        "quo'te\"",
        "new\nline",
        "{x}[y]",
        "#?&+;,",
        "dot.",
        "back\\slash",
        " ",
        "*<>|^~`",
        "null",
        "__HIVE_DEFAULT_PARTITION__x",
        None,
    ]
    count = len(texts)
    return pyarrow.table(
        {
            "id": pyarrow.array(range(count), pyarrow.int64()),
            "text": pyarrow.array(texts, pyarrow.string()),
            "truth": pyarrow.array([True, False, None] + [True] * (count - 3)),
            "int": pyarrow.array([-1, None] + [7] * (count - 2), pyarrow.int32()),
            "double": pyarrow.array([0.1, 1e20, -2.5, None] + [1.0] * (count - 4)),
            "decimal": pyarrow.array(
                [decimal.Decimal("-1.50"), None] + [decimal.Decimal("7.00")] * (count - 2),
                pyarrow.decimal128(9, 2),
            ),
            "date": pyarrow.array(
                [datetime.date(1, 1, 1), None, datetime.date(2024, 2, 29)]
                + [datetime.date(1900, 3, 1)] * (count - 3)
            ),
            "instant": pyarrow.array(
                [moment(2024, 1, 2, 3, 4, 5, 678901), moment(1900, 1, 1), None]
                + [moment(2000, 1, 1, 12)] * (count - 3),
                pyarrow.timestamp("us", "UTC"),
            ),
            "local": pyarrow.array(
                [moment(2024, 1, 2, 3, 4, 5, 678901), None] + [moment(1900, 1, 1)] * (count - 2),
                pyarrow.timestamp("us"),
            ),
        }
    )


def every_partition_type(comparison, folder):
    source = partition_values()
    pyarrow.parquet.write_table(source, folder / "values.parquet")
    partitions = [name for name in source.column_names if name != "id"]
    for name in partitions:
        table = folder / f"by_{name}"
        alluvium(folder, "write", table, "--from", "values.parquet", "--partition-by", name)
        comparison.same(
            f"partitions by {name}", rows(source), comparison.latest(f"partitions by {name} in Spark", table)
        )
        alluvium(folder, "update", table, "--set", "id=id + 100", "--where", "id < 3")
        alluvium(folder, "optimize", table)
        comparison.latest(f"partitions by {name} after update and optimize", table)


def converted(comparison, folder):
    source = folder / "converted"
    for part in ("a b", "c%d", "é"):
        place = source / f"text={part.replace('%', '%25')}" / "n=1"
        place.mkdir(parents=True)
        pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2, 3]}), place / "rows.parquet")
    alluvium(folder, "convert", source, "--partition-column", "text STRING", "--partition-column", "n INT")
    ours = comparison.latest("converted from partitioned Parquet", source)
    expected = pyarrow.table(
        {"id": [1, 2, 3] * 3, "text": ["a b"] * 3 + ["c%d"] * 3 + ["é"] * 3, "n": [1] * 9}
    )
    comparison.same("what was converted", ours, rows(expected))
    alluvium(folder, "delete", source, "--where", "id = 2 AND text = 'c%d'")
    comparison.latest("converted, then deleted from", source)
    alluvium(folder, "export-snapshot", source, "--to", "exported")
    comparison.latest("exported", folder / "exported")


CREATED = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INT": "int",
    "BIGINT NOT NULL": "bigint",
    "REAL": "float",
    "DOUBLE": "double",
    "DECIMAL(38,18)": "decimal(38,18)",
    "STRING": "string",
    "BYTEA": "binary",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "BIGINT[]": "array<bigint>",
    "STRUCT<a BIGINT, b STRING>": "struct<a:bigint,b:string>",
}


def created(comparison, folder):
    for kind, expected in CREATED.items():
        table = folder / expected.partition("<")[0]
        made = run(folder, "create", table, "--column", f"c {kind}")
        if made.returncode == 0:
            column = load(comparison.spark, table).schema[0]
            found = column.dataType.simpleString()
            comparison.same(
                f"a column made as {kind}", [found, column.nullable], [expected, "NOT" not in kind]
            )
        else:
            comparison.same(f"a column made as {kind}", [made.stderr.strip()], [])


def main():
    with tempfile.TemporaryDirectory() as place:
        spark = open_spark(pathlib.Path(place))
        comparison = Comparison(spark)
        for part in (each_operation, every_type, every_partition_type, created, converted):
            folder = pathlib.Path(place) / part.__name__
            folder.mkdir()
            try:
                part(comparison, folder)
            except Exception as error:  # noqa: BLE001: the others are still of interest
                comparison.wrong += 1
                print(f"{part.__name__}: {str(error)[:500]}")
        spark.stop()
    print(f"{comparison.made} comparisons, {comparison.wrong} wrong")
    return 1 if comparison.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
