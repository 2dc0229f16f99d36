"""Tables that Spark writes, one per feature of Delta: `alluvium delta` reads the rows that Spark reads, or
refuses by name; each change by Alluvium leaves what it should, which Spark reads too, or is refused by name
before anything is written.

Prints a table: feature x operation. Every table has the columns id, part, n; a feature may add some.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from pyspark.sql.types import VariantVal
from spark_engine import load, open_spark
from table_rows import difference, rows

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
DATA = 9  # the exit code of Unsupported, among others

COLUMNS = "id BIGINT, part STRING, n BIGINT"
INSERT = ["INSERT INTO {t} (id, part, n) SELECT id, IF(id % 2 = 0, 'even', 'odd'), id * 10 FROM range(0, 10)",
          "INSERT INTO {t} (id, part, n) SELECT id, IF(id % 2 = 0, 'even', 'odd'), id * 10 FROM range(10, 20)"]
CHANGE = ["DELETE FROM {t} WHERE id % 7 = 3", "UPDATE {t} SET n = n + 1 WHERE id % 5 = 0"]


def created(properties=(), columns="", tail="PARTITIONED BY (part)", after=()):
    listed = "".join(f", '{key}' = '{value}'" for key, value in dict(properties).items())
    make = (f"CREATE TABLE {{t}} ({COLUMNS}{columns}) USING delta {tail} "
            f"TBLPROPERTIES ('made.by' = 'spark'{listed})")
    return [make, *INSERT, *CHANGE, *after]


# What Spark does to make each table, and what a row that is appended without the column has in it.
FEATURES = {
    "none": created(),
    "deletion vectors": created({"delta.enableDeletionVectors": "true"}),
    "column mapping, name": created({"delta.columnMapping.mode": "name"}, columns=", old STRING",
                                    after=["ALTER TABLE {t} RENAME COLUMN old TO `new, name`"]),
    "column mapping, id": created({"delta.columnMapping.mode": "id"}),
    "v2 checkpoint": created({"delta.checkpointPolicy": "v2", "delta.checkpointInterval": "2"}),
    "generated column": created(columns=", twice BIGINT GENERATED ALWAYS AS (n * 2)"),
    "check constraint": created(after=["ALTER TABLE {t} ADD CONSTRAINT small CHECK (id < 1000)"]),
    "not null": created(columns=", must BIGINT",
                        after=["UPDATE {t} SET must = id", "ALTER TABLE {t} ALTER COLUMN id SET NOT NULL"][:1]),
    "change data feed": created({"delta.enableChangeDataFeed": "true"}),
    "append only": [*created()[:3], "ALTER TABLE {t} SET TBLPROPERTIES ('delta.appendOnly' = 'true')"],
    "timestamp_ntz": created(columns=", at TIMESTAMP_NTZ",
                             after=["UPDATE {t} SET at = TIMESTAMP_NTZ '2024-02-29 12:34:56.789012'"]),
    "variant": created(columns=", v VARIANT", after=["UPDATE {t} SET v = parse_json('{{\"a\": [1, \"x\"]}}')"]),
    "liquid clustering": created(tail="CLUSTER BY (id)", after=["OPTIMIZE {t}"]),
    "row tracking": created({"delta.enableRowTracking": "true"}),
    "type widening": created({"delta.enableTypeWidening": "true"}, columns=", small SMALLINT",
                             after=["UPDATE {t} SET small = 7", "ALTER TABLE {t} ALTER COLUMN small TYPE INT",
                                    "UPDATE {t} SET small = 70000 WHERE id = 1"]),
    "type widening, unused": created({"delta.enableTypeWidening": "true"}),
    "identity column": created(columns=", auto BIGINT GENERATED ALWAYS AS IDENTITY"),
    "column default": created({"delta.feature.allowColumnDefaults": "supported"},
                              columns=", word STRING DEFAULT 'none'"),
    "in-commit timestamp": created({"delta.enableInCommitTimestamps": "true"}),
    "domain metadata": created({"delta.feature.domainMetadata": "supported"}),
    "vacuum protocol check": created({"delta.feature.vacuumProtocolCheck": "supported"}),
    "iceberg compatibility": created({"delta.columnMapping.mode": "name", "delta.enableIcebergCompatV2": "true"}),
    "materialised partitions": created({"delta.feature.materializePartitionColumns": "supported"}),
}
PLAIN_COLUMNS = {"id", "part", "n"}


def added(row):
    """A new row of the source; the columns of the feature come from what is written."""
    return {"id": row["id"], "part": row["part"], "n": row["n"]}


NEW = [{"id": 100, "part": "even", "n": 1}, {"id": 101, "part": "odd", "n": 2}]
MERGED = [{"id": 1, "part": "odd", "n": -1}, {"id": 102, "part": "even", "n": 3}]


def changed(row, **values):
    return {**row, **values}


def restored(before, history):
    return history[2]


# Each: what `alluvium delta` is told, and the rows it leaves, of the rows before and the rows at version 2.
OPERATIONS = {
    "append": (["write", "{t}", "--from", "new.parquet"], lambda rows, _: [*rows, *NEW]),
    "overwrite": (["write", "{t}", "--from", "new.parquet", "--mode", "overwrite"], lambda rows, _: NEW),
    "replace where": (["write", "{t}", "--from", "new.parquet", "--mode", "overwrite", "--replace-where",
                       "part IN ('even', 'odd') AND id >= 10"],
                      lambda rows, _: [*(row for row in rows if row["id"] < 10), *NEW]),
    "merge schema": (["write", "{t}", "--from", "wide.parquet", "--merge-schema"],
                     lambda rows, _: [*(changed(row, extra=None) for row in rows),
                                      *(changed(row, extra=True) for row in NEW)]),
    "overwrite schema": (["write", "{t}", "--from", "wide.parquet", "--mode", "overwrite", "--overwrite-schema"],
                         lambda rows, _: [changed(row, extra=True) for row in NEW]),
    "merge": (["merge", "{t}", "--from", "merged.parquet", "--on", "target.id = source.id", "--update", "n=source.n",
               "--insert", "id=source.id", "--insert", "part=source.part", "--insert", "n=source.n"],
              lambda rows, _: [*(changed(row, n=-1) if row["id"] == 1 else row for row in rows), MERGED[1]]),
    "update": (["update", "{t}", "--set", "n=n + 1000", "--where", "id % 2 = 0"],
               lambda rows, _: [changed(row, n=row["n"] + 1000) if row["id"] % 2 == 0 else row for row in rows]),
    "delete": (["delete", "{t}", "--where", "id BETWEEN 4 AND 12"],
               lambda rows, _: [row for row in rows if not 4 <= row["id"] <= 12]),
    "delete all": (["delete", "{t}", "--all"], lambda rows, _: []),
    "optimize": (["optimize", "{t}", "--verify"], lambda rows, _: rows),
    "z-order": (["optimize", "{t}", "--z-order", "id", "--verify"], lambda rows, _: rows),
    "restore": (["restore", "{t}", "--version", "2", "--apply"], lambda rows, old: old),
    "checkpoint": (["checkpoint", "{t}"], lambda rows, _: rows),
    "vacuum": (["vacuum", "{t}", "--retention-hours", "0", "--unsafe", "--apply"], lambda rows, _: rows),
    "add constraint": (["constraints", "{t}", "--add", "positive=id >= 0"], lambda rows, _: rows),
    "set property": (["properties", "{t}", "--set", "delta.logRetentionDuration=interval 40 days"],
                     lambda rows, _: rows),
    "add feature": (["features", "{t}", "--add", "appendOnly", "--raise-protocol"], lambda rows, _: rows),
    "fsck": (["fsck", "{t}", "--apply"], lambda rows, _: rows),
}
