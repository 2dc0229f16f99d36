"""What is skipped by the statistics that the other one wrote: every comparison with every value of tables with a
row to a file finds the same rows in Spark and through `alluvium delta read`, whichever of the two wrote them."""

import datetime
import decimal
import pathlib
import sys
import tempfile

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

from delta_steps import alluvium
from spark_engine import load, open_spark

DAY, MOMENT, NUMBER = datetime.date, datetime.datetime, decimal.Decimal
UTC = datetime.timezone.utc
MOMENTS = [
    MOMENT(2024, 1, 1, 0, 0, 0, 999999),
    MOMENT(2024, 1, 1, 0, 0, 0, 1),
    MOMENT(1, 1, 1),
    MOMENT(9999, 12, 31, 23, 59, 59, 999999),
    MOMENT(1969, 12, 31, 23, 59, 59, 999999),
    MOMENT(1969, 12, 31, 23, 59, 59, 999001),
]
# Values whose statistics are shortened, rounded or without order: type in Arrow, in Spark, values.
COLUMNS = {
    "text": (
        pyarrow.string(),
        "string",
        ["a" * 40 + "z", "a" * 40 + "b", "\U0010ffff" * 40, "é" * 33, "", "a" * 31 + "\uffff" * 5],
    ),
    "instant": (pyarrow.timestamp("us", "UTC"), "timestamp", MOMENTS),
    "local": (pyarrow.timestamp("us"), "timestamp_ntz", MOMENTS),
    # Without zeros: Spark itself skips 0.0 where it looks for -0.0.
    "double": (
        pyarrow.float64(),
        "double",
        [float("nan"), float("inf"), float("-inf"), 1.0, 0.1 + 0.2, 1e-320],
    ),
    "decimal": (
        pyarrow.decimal128(38, 18),
        "decimal(38,18)",
        [
            NUMBER("12345678901234567890.123456789012345678"),
            NUMBER("12345678901234567890.123456789012345679"),
            NUMBER("-0.000000000000000001"),
            NUMBER("99999999999999999999.999999999999999999"),
            NUMBER("0"),
            NUMBER("1"),
        ],
    ),
    "long": (pyarrow.int64(), "bigint", [2**63 - 1, 2**63 - 2, -(2**63), 2**53 + 1, 2**53, 0]),
    "date": (
        pyarrow.date32(),
        "date",
        [
            DAY(1, 1, 1),
            DAY(9999, 12, 31),
            DAY(1970, 1, 1),
            DAY(1582, 10, 4),
            DAY(1969, 12, 31),
            DAY(2024, 2, 29),
        ],
    ),
}
ROWS = 7  # the last one is null


def source():
    columns = {"id": pyarrow.array(range(ROWS), pyarrow.int64())}
    columns |= {name: pyarrow.array([*values, None], kind) for name, (kind, _, values) in COLUMNS.items()}
    return pyarrow.table(columns)


def literal(value):
    if isinstance(value, decimal.Decimal):
        return f"'{value:f}'"
    return f"'{value.isoformat()}'" if hasattr(value, "isoformat") else f"'{value}'"


def conditions():
    """As Spark and as DataFusion write them."""
    for name, (kind, in_spark, values) in COLUMNS.items():
        yield f"{name} IS NULL", f"{name} IS NULL"
        for value in values:
            for compared in ("=", "<", ">"):
                text = literal(value)
                yield f"{name} {compared} CAST({text} AS {in_spark})", f"{name} {compared} {ours(kind, text)}"


def ours(kind, text):
    if pyarrow.types.is_timestamp(kind):
        plain = f"arrow_cast({text}, 'Timestamp(Microsecond, None)')"
        zone = 'Some("UTC")' if kind.tz else "None"
        return f"arrow_cast({plain}, 'Timestamp(Microsecond, {zone})')"
    names = {"string": "Utf8", "double": "Float64", "int64": "Int64", "date32[day]": "Date32"}
    return f"arrow_cast({text}, '{names.get(str(kind), 'Decimal128(38, 18)')}')"


def found_by_us(table, condition):
    out = alluvium(
        table.parent, "read", table, "--query", f'SELECT id FROM "table" WHERE {condition}', "--format", "csv"
    )
    return sorted(int(line) for line in out.splitlines()[1:])


def found(frame, condition):
    return sorted(row.id for row in frame.filter(condition).select("id").collect())


def main():
    wrong, made = 0, 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        spark = open_spark(folder)
        rows = source()
        for row in range(ROWS):
            pyarrow.parquet.write_table(rows.slice(row, 1), folder / "row.parquet")
            alluvium(folder, "write", "ours", "--from", "row.parquet")
        written = load(spark, folder / "ours")
        for row in range(ROWS):
            one = written.filter(f"id = {row}").coalesce(1)
            one.write.format("delta").mode("append").save(str(folder / "spark's"))
        whole = written.localCheckpoint()
        for in_spark, in_ours in conditions():
            wanted = found(whole, in_spark)
            for table in (folder / "ours", folder / "spark's"):
                for engine, answer in (
                    ("Spark", found(load(spark, table), in_spark)),
                    ("Alluvium", found_by_us(table, in_ours)),
                ):
                    made += 1
                    if answer != wanted:
                        wrong += 1
                        print(
                            f"{engine} on {table.name}, {in_spark}: rows {answer}, not {wanted}", flush=True
                        )
        spark.stop()
    print(f"{made} questions, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
