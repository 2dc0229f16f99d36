"""A table that `alluvium delta` makes with a property, or gives one, is one that Spark reads and writes; or the
property is refused, because it needs a feature that Alluvium can't write."""

import json
import pathlib
import sys
import tempfile

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

from delta_steps import alluvium, run
from spark_engine import load, open_spark
from table_rows import difference, read, rows

PROPERTIES = {
    "delta.appendOnly": "true",
    "delta.checkpointPolicy": "v2",
    "delta.columnMapping.mode": "name",
    "delta.enableChangeDataFeed": "true",
    "delta.enableDeletionVectors": "true",
    "delta.enableIcebergCompatV2": "true",
    "delta.enableInCommitTimestamps": "true",
    "delta.enableRowTracking": "true",
    "delta.enableTypeWidening": "true",
    "delta.feature.allowColumnDefaults": "supported",
    "delta.feature.deletionVectors": "supported",
    "delta.logRetentionDuration": "interval 3 days",
    "delta.minWriterVersion": "7",
}


def created(folder, name, setting):
    return run(folder, "create", name, "--column", "id BIGINT", "--property", setting, "--json")


def changed(folder, name, setting):
    alluvium(folder, "create", name, "--column", "id BIGINT", "--property", "delta.enableChangeDataFeed=true")
    return run(folder, "properties", name, "--set", setting, "--json")


def raised(folder, name, setting):
    """The versions that the property needs give way to features."""
    done = created(folder, name, setting)
    if done.returncode != 0:
        return done
    return run(folder, "features", name, "--add", "appendOnly", "--raise-protocol", "--json")


HOW = (created, changed, raised)


def problem_with(spark, folder, name, setting, how):
    done = how(folder, name, setting)
    if done.returncode != 0:
        error = json.loads(done.stderr.strip().splitlines()[-1])
        return (
            ""
            if error["code"] in ("Unsupported", "InvalidArgument")
            else f"{error['code']}: {error['message']}"
        )
    try:
        alluvium(folder, "write", name, "--from", "rows.parquet")
        spark.sql(f"INSERT INTO delta.`{folder / name}` VALUES (3)")
        alluvium(folder, "write", name, "--from", "rows.parquet")
        return difference(rows(read(folder / name)), rows(load(spark, folder / name).toArrow()))
    except Exception as error:  # noqa: BLE001: the other properties are still of interest
        return str(error)[:400]


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        spark = open_spark(folder)
        pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2]}), folder / "rows.parquet")
        for key, value in PROPERTIES.items():
            for how in HOW:
                problem = problem_with(spark, folder, f"{how.__name__}-{key}", f"{key}={value}", how)
                wrong += bool(problem)
                if problem:
                    print(f"{how.__name__} with {key}={value}: {problem}", flush=True)
        spark.stop()
    print(f"{len(HOW) * len(PROPERTIES)} properties, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
