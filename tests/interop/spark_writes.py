"""Tables that Spark writes, one for each feature of Delta: `alluvium delta` reads the rows that Spark reads,
or refuses by name; each change by Alluvium leaves the rows that it should, and Spark reads and changes them
after that, or the change is refused by name before anything is written.

Prints a table, feature x operation. Fails if a cell isn't what REFUSED says.
"""

import hashlib
import json
import os
import pathlib
import shutil
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
import delta_steps
from pyspark.sql.types import VariantVal
from spark_engine import load, open_spark
from spark_tables import FEATURES
from table_rows import difference, plain, read

EPOCH = int(time.time()) - 7200  # the time of version 0's commit file, where it is set
MADE = 4  # the version after spark_tables' changes of every table
NEW = [{"id": 100, "part": "even", "n": 1}, {"id": 101, "part": "odd", "n": 2}]
MERGED = [{"id": 1, "part": "odd", "n": -1}, {"id": 102, "part": "even", "n": 3}]


def with_(row, **values):
    return {**row, **values}


# Each: what `alluvium delta` is told, and the rows that it leaves: of the rows before, of the rows at version 2,
# and of the new ones and the merged ones with what the feature adds.
OPERATIONS = {
    "append": (["write", "--from", "new.parquet"], lambda rows, old, new, merged: [*rows, *new]),
    "overwrite": (
        ["write", "--from", "new.parquet", "--mode", "overwrite"],
        lambda rows, old, new, merged: new,
    ),
    "replace where": (
        ["write", "--from", "new.parquet", "--mode", "overwrite", "--replace-where", "id >= 10"],
        lambda rows, old, new, merged: [*(row for row in rows if row["id"] < 10), *new],
    ),
    "merge schema": (
        ["write", "--from", "wide.parquet", "--merge-schema"],
        lambda rows, old, new, merged: [*rows, *(with_(row, extra=True) for row in new)],
    ),
    "overwrite schema": (
        ["write", "--from", "wide.parquet", "--mode", "overwrite", "--overwrite-schema"],
        lambda rows, old, new, merged: [with_(row, extra=True) for row in new],
    ),
    "merge": (
        [
            "merge",
            "--from",
            "merged.parquet",
            "--on",
            "target.id = source.id",
            "--update-all",
            "--insert-all",
        ],
        lambda rows, old, new, merged: [*(row for row in rows if row["id"] != 1), *merged],
    ),
    "update": (
        ["update", "--set", "n=n + 1000", "--where", "id % 2 = 0"],
        lambda rows, old, new, merged: [
            with_(row, n=row["n"] + 1000) if row["id"] % 2 == 0 else row for row in rows
        ],
    ),
    "delete": (
        ["delete", "--where", "id BETWEEN 4 AND 12"],
        lambda rows, old, new, merged: [row for row in rows if not 4 <= row["id"] <= 12],
    ),
    "delete all": (["delete", "--all"], lambda rows, old, new, merged: []),
    "optimize": (["optimize", "--verify"], lambda rows, old, new, merged: rows),
    "z-order": (["optimize", "--z-order", "id", "--verify"], lambda rows, old, new, merged: rows),
    "restore": (["restore", "--version", "2", "--apply"], lambda rows, old, new, merged: old),
    "checkpoint": (["checkpoint"], lambda rows, old, new, merged: rows),
    "vacuum": (
        ["vacuum", "--retention-hours", "0", "--unsafe", "--apply"],
        lambda rows, old, new, merged: rows,
    ),
    "constraint": (["constraints", "--add", "positive=id >= 0"], lambda rows, old, new, merged: rows),
    "property": (
        ["properties", "--set", "delta.logRetentionDuration=interval 40 days"],
        lambda rows, old, new, merged: rows,
    ),
    "feature": (
        ["features", "--add", "deletionVectors", "--raise-protocol"],
        lambda rows, old, new, merged: rows,
    ),
}
# What must leave the table's metadata alone.
SAME_METADATA = {
    "append",
    "overwrite",
    "replace where",
    "merge",
    "update",
    "delete",
    "delete all",
    "optimize",
    "z-order",
    "checkpoint",
    "vacuum",
}
# A checkpoint is written of what the log says, whatever it is.
CHANGES = set(OPERATIONS) - {"checkpoint"}
REMOVING = {"overwrite", "replace where", "overwrite schema", "merge", "update", "delete", "delete all"}
MAPPED = {"merge schema", "overwrite schema", "optimize", "z-order"}
REFUSED = {
    "column mapping by name": MAPPED,
    "column mapping by id": MAPPED,
    "change feed and column mapping": MAPPED | {"feed"},
    "variant": {"merge schema", "overwrite schema"},
    "append only": REMOVING,
    "identity column": CHANGES,
    "liquid clustering": CHANGES,
    "row tracking": CHANGES,
    "column default": CHANGES,
    "in-commit timestamp": CHANGES,
    "domain metadata": CHANGES,
    "iceberg compatibility": CHANGES,
    "materialised partitions": CHANGES,
    "type widening": CHANGES | {"read"},
    "vacuum protocol check": CHANGES | {"read"},
}


def commits(table):
    """The log's files by version. (Checkpoints may be JSON too.)"""
    return {int(path.stem): path for path in (table / "_delta_log").glob("*.json") if path.stem.isdigit()}


def digest(table):
    """Of every file below the table: what must not change where something is refused."""
    return {
        str(path.relative_to(table)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in table.rglob("*")
        if path.is_file()
    }


def run(verb, table, *arguments):
    return delta_steps.run(table.parent, verb, table, *arguments, "--json")


def known(row):
    """A column that is null is as good as one that isn't there; a variant is its JSON."""

    def value_of(value):
        if isinstance(value, VariantVal):
            return value.toJson()
        if isinstance(value, dict) and set(value) == {"metadata", "value"}:
            return VariantVal(value["value"], value["metadata"]).toJson()
        return value

    return {name: value_of(value) for name, value in row.items() if value is not None}


def text(rows):
    return sorted(repr(plain(known(row))) for row in rows)


def spark_rows(spark, table, **options):
    return [known(row.asDict(recursive=True)) for row in load(spark, table, **options).collect()]


def our_rows(table):
    return read(table).to_pylist()


def metadata(spark, table):
    """Protocol, properties, clustering columns, and row ids where there are some."""
    detail = spark.sql(f"DESCRIBE DETAIL delta.`{table}`").collect()[0].asDict()
    kept = {
        name: detail[name]
        for name in (
            "partitionColumns",
            "clusteringColumns",
            "properties",
            "minReaderVersion",
            "minWriterVersion",
            "tableFeatures",
        )
    }
    if kept["properties"].get("delta.enableRowTracking") == "true":
        kept["row ids"] = sorted(load(spark, table).selectExpr("id", "_metadata.row_id").collect())
    return kept


def message(done):
    try:
        error = json.loads(done.stderr.strip().splitlines()[-1])
        return f"{error['code']}: {error['message']}"
    except (ValueError, IndexError, KeyError):
        return f"ended with {done.returncode}: {done.stderr.strip()[:300]}"


def sources(feature, folder):
    """Writes the files to write from; gives their rows."""
    made = []
    for name, rows in (("new", NEW), ("merged", MERGED)):
        columns = {key: pyarrow.array([row[key] for row in rows]) for key in ("id", "part", "n")}
        if feature.adds:
            column, kind, value = feature.adds
            columns[column] = pyarrow.array([value(row) if callable(value) else value for row in rows], kind)
        table = pyarrow.table(columns)
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
        if name == "new":
            wide = table.append_column("extra", pyarrow.array([True] * len(rows)))
            pyarrow.parquet.write_table(wide, folder / "wide.parquet")
        made.append(table.to_pylist())
    return made


class Cell:
    """One operation on a copy of one table."""

    def __init__(self, spark, feature, table, readable, has_feed):
        self.spark, self.feature, self.table, self.has_feed = spark, feature, table, has_feed
        self.readers = {"Spark": lambda: spark_rows(spark, table)}
        if readable:
            self.readers["Alluvium"] = lambda: our_rows(table)

    def refused(self, done, before):
        """Why this isn't a refusal as it should be, or nothing."""
        if digest(self.table) != before:
            return f"refused, but something was written: {message(done)}"
        told = message(done)
        return self.feature.why_not_named(told)

    def differs(self, expected):
        for name, read_rows in self.readers.items():
            problem = difference(text(read_rows()), text(expected))
            if problem:
                return f"wrong rows in {name}: {problem}"
        return ""

    def spark_goes_on(self, operation, expected):
        """Spark changes the table after Alluvium."""
        if self.feature.name == "appendOnly":
            return ""
        self.spark.sql(f"UPDATE delta.`{self.table}` SET n = n + 5 WHERE part = 'odd'")
        # Nothing is generated in columns that were replaced.
        made = dict if operation == "overwrite schema" else self.feature.after_update
        return self.differs(
            [made(with_(row, n=row["n"] + 5)) if row["part"] == "odd" else row for row in expected]
        )

    def outcome(self, operation, expected, metadata_before):
        verb, *arguments = OPERATIONS[operation][0]
        before = digest(self.table)
        done = run(verb, self.table, *arguments)
        if done.returncode != 0:
            return "refused", self.refused(done, before), message(done)
        problem = self.differs(expected)
        if not problem and operation in SAME_METADATA:
            after = metadata(self.spark, self.table)
            changed = {
                key: (metadata_before.get(key), after.get(key))
                for key in after
                if after[key] != metadata_before.get(key)
            }
            problem = f"changed {changed}" if changed else ""
        return "right", problem or self.spark_goes_on(operation, expected) or self.feeds_differ(), ""

    def feeds_differ(self):
        """Of the change by Alluvium, and of Spark's after it."""
        if not self.has_feed:
            return ""
        done = run("cdf", self.table, "--from-version", MADE + 1)
        if done.returncode != 0:
            return self.feature.why_not_named(message(done))
        problem = difference(*change_feeds(self.spark, self.table, MADE + 1, max(commits(self.table))))
        return f"another change feed: {problem}" if problem else ""


def reading(spark, feature, table):
    """The cell for reading."""
    done = run("read", table)
    if done.returncode != 0:
        return "refused", feature.why_not_named(message(done)), message(done)
    return "right", difference(text(our_rows(table)), text(spark_rows(spark, table))), ""


def by_time(spark, table):
    """The cell for the version of a moment. The files' times don't say when in-commit timestamps do."""
    for version, commit in commits(table).items():
        os.utime(commit, (EPOCH + 60 * version,) * 2)
    history = spark.sql(f"DESCRIBE HISTORY delta.`{table}`").collect()
    moment = next(commit["timestamp"] for commit in history if commit["version"] == 2)
    theirs = spark_rows(spark, table, timestampAsOf=f"{moment:%F %T.%f}")
    return (
        "right",
        difference(text(read(table, "--timestamp", f"{moment:%FT%T.%fZ}").to_pylist()), text(theirs)),
        "",
    )


def feed(spark, feature, table):
    """The cell for the change feed."""
    if "delta.enableChangeDataFeed" not in feature.properties:
        return "none", "", ""
    done = run("cdf", table, "--from-version", "0")
    if done.returncode != 0:
        return "refused", feature.why_not_named(message(done)), message(done)
    return "right", difference(*change_feeds(spark, table, 0, MADE)), ""


def attempt(cell, *arguments):
    try:
        return cell(*arguments)
    except Exception as error:  # noqa: BLE001: the other cells are still of interest
        return "right", f"failed: {str(error)[:300]}", ""


def check_feature(spark, name, folder):
    feature, cells = FEATURES[name], {}
    folder.mkdir()
    original = folder / "original"
    feature.make(spark, original)
    new, merged = sources(feature, folder)
    before, old = spark_rows(spark, original), spark_rows(spark, original, versionAsOf=2)
    metadata_before = metadata(spark, original)
    cells["read"] = attempt(reading, spark, feature, original)
    cells["time"] = ("none", "", "")
    if cells["read"][0] == "right":
        dated = folder / "dated"
        shutil.copytree(original, dated)
        cells["time"] = attempt(by_time, spark, dated)
    cells["feed"] = attempt(feed, spark, feature, original)
    for operation, (_, result) in OPERATIONS.items():
        copy = folder / operation.replace(" ", "_")
        shutil.copytree(original, copy)
        cell = Cell(spark, feature, copy, cells["read"][0] == "right", cells["feed"][0] == "right")
        expected = result(before, old, new, merged)
        if operation == "update":
            expected = [feature.after_update(row) for row in expected]
        cells[operation] = attempt(cell.outcome, operation, expected, metadata_before)
        shutil.rmtree(copy)
    return cells


def main():
    chosen = sys.argv[1:] or FEATURES
    print("| feature | " + " | ".join(["read", "time", "feed", *OPERATIONS]) + " |", flush=True)
    problems = []
    with tempfile.TemporaryDirectory() as place:
        spark = open_spark(pathlib.Path(place))
        for name in chosen:
            cells = check_feature(spark, name, pathlib.Path(place) / name.replace(" ", "_"))
            line = []
            for operation, (state, problem, told) in cells.items():
                if (
                    not problem
                    and state != "none"
                    and (state == "refused") != (operation in REFUSED.get(name, ()))
                ):
                    problem = f"{state}: {told}"
                line.append("WRONG" if problem else state)
                if problem:
                    problems.append(f"{name}, {operation}: {problem}")
            print(f"| {name} | " + " | ".join(line) + " |", flush=True)
        spark.stop()
    print("\n".join([*problems, f"{len(problems)} wrong"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
