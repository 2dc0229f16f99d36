"""How Spark makes a table with each feature of Delta, and what is there afterwards.

Every table has the columns id, part, n (a feature may add some), 20 rows by two inserts (versions 1 and 2),
then a delete and an update.
"""

import datetime
import re
from dataclasses import dataclass, field

import pyarrow
from pyspark.sql.types import VariantVal

CHANGES = [
    "INSERT INTO {t} (id, part, n) SELECT id, IF(id % 2 = 0, 'even', 'odd'), id * 10 FROM range(0, 10)",
    "INSERT INTO {t} (id, part, n) SELECT id, IF(id % 2 = 0, 'even', 'odd'), id * 10 FROM range(10, 20)",
    "DELETE FROM {t} WHERE id % 7 = 3",
    "UPDATE {t} SET n = n + 1 WHERE id % 5 = 0",
]
NTZ = datetime.datetime(2024, 2, 29, 12, 34, 56, 789012)


def variant(json):
    parsed = VariantVal.parseJson(json)
    return {"metadata": parsed.metadata, "value": parsed.value}


@dataclass
class Feature:
    # A refusal must have it in its message, however it is written; several, where one of them is enough.
    name: str = ""
    properties: dict = field(default_factory=dict)
    column: str = ""
    layout: str = "PARTITIONED BY (part)"
    after: list = field(default_factory=list)
    changes: list = field(default_factory=lambda: CHANGES)
    # A generated or identity column: only the builder makes them for a table that has no catalog's name.
    build: object = None
    # The column that it adds: name, type, and the value in rows that are written by Alluvium.
    adds: tuple = ()
    # The code of a refusal.
    refusal: str = "Unsupported"

    def make(self, spark, path):
        table = f"delta.`{path}`"
        if self.build:
            build(spark, path, self.build)
        else:
            listed = "".join(f", '{key}' = '{value}'" for key, value in self.properties.items())
            spark.sql(
                f"CREATE TABLE {table} (id BIGINT, part STRING, n BIGINT{self.column}) USING delta "
                f"{self.layout} TBLPROPERTIES ('made.by' = 'spark'{listed})"
            )
        for statement in [*self.changes, *self.after]:
            spark.sql(statement.replace("{t}", table))

    def why_not_named(self, told):
        """What is wrong with this message of a refusal, or nothing."""

        def letters(text):
            return re.sub("[^a-z0-9]", "", text.lower())

        if not told.startswith(self.refusal):
            return f"refused, but not as {self.refusal}: {told}"
        if not any(letters(name) in letters(told) for name in self.name.split()):
            return f"refused without a name: {told}"
        return ""

    def after_update(self, row):
        """A row as Spark makes it when it changes other columns."""
        if self.adds and callable(self.adds[2]):
            return {**row, self.adds[0]: self.adds[2](row)}
        return row


def build(spark, path, column):
    tables = spark._jvm.io.delta.tables.DeltaTable  # noqa: SLF001: there is no Python for it in pyspark
    builder = tables.create(spark._jsparkSession).location(str(path))  # noqa: SLF001
    for name, kind in (("id", "BIGINT"), ("part", "STRING"), ("n", "BIGINT")):
        builder.addColumn(name, kind)
    builder.addColumn(column(tables)).execute()


FEATURES = {
    "none": Feature(),
    "deletion vectors": Feature("deletionVectors", {"delta.enableDeletionVectors": "true"}),
    "column mapping by name": Feature(
        "columnMapping",
        {"delta.columnMapping.mode": "name"},
        ", old STRING",
        after=["ALTER TABLE {t} RENAME COLUMN old TO `new, name`"],
        adds=("new, name", pyarrow.string(), "x"),
    ),
    "column mapping by id": Feature("columnMapping", {"delta.columnMapping.mode": "id"}),
    "v2 checkpoint": Feature(
        "v2Checkpoint", {"delta.checkpointPolicy": "v2", "delta.checkpointInterval": "2"}
    ),
    "generated column": Feature(
        "generatedColumns",
        adds=("twice", pyarrow.int64(), lambda row: row["n"] * 2),
        build=lambda tables: (
            tables.columnBuilder("twice").dataType("BIGINT").generatedAlwaysAs("n * 2").build()
        ),
    ),
    "identity column": Feature(
        "identityColumns",
        adds=("auto", pyarrow.int64(), 1000),
        build=lambda tables: (
            tables.columnBuilder("auto").dataType("BIGINT").generatedAlwaysAsIdentity().build()
        ),
    ),
    "check constraint": Feature(
        "checkConstraints",
        after=["ALTER TABLE {t} ADD CONSTRAINT small CHECK (id < 1000 AND part IS NOT NULL)"],
    ),
    "not null": Feature(
        "invariants",
        column=", must BIGINT NOT NULL",
        adds=("must", pyarrow.int64(), 5),
        changes=[
            statement.replace("(id, part, n)", "(id, part, n, must)").replace("id * 10", "id * 10, 7")
            for statement in CHANGES
        ],
    ),
    "change data feed": Feature("changeDataFeed", {"delta.enableChangeDataFeed": "true"}),
    "change feed and deletion vectors": Feature(
        "deletionVectors", {"delta.enableChangeDataFeed": "true", "delta.enableDeletionVectors": "true"}
    ),
    "change feed and column mapping": Feature(
        "columnMapping", {"delta.enableChangeDataFeed": "true", "delta.columnMapping.mode": "name"}
    ),
    # The table's own rule, not something that Alluvium can't do.
    "append only": Feature(
        "appendOnly",
        refusal="ConstraintViolation",
        changes=CHANGES[:2],
        after=["ALTER TABLE {t} SET TBLPROPERTIES ('delta.appendOnly' = 'true')"],
    ),
    "timestamp_ntz": Feature(
        "timestampNtz",
        column=", at TIMESTAMP_NTZ",
        adds=("at", pyarrow.timestamp("us"), NTZ),
        after=[f"UPDATE {{t}} SET at = TIMESTAMP_NTZ '{NTZ}'"],
    ),
    "variant": Feature(
        "variantType",
        column=", v VARIANT",
        after=["""UPDATE {t} SET v = parse_json('{"a": [1, "x"]}')"""],
        adds=(
            "v",
            pyarrow.struct(
                [pyarrow.field(name, pyarrow.binary(), nullable=False) for name in ("metadata", "value")]
            ),
            variant('{"b":2.5}'),
        ),
    ),
    "liquid clustering": Feature("cluster", layout="CLUSTER BY (id)", after=["OPTIMIZE {t}"]),
    "row tracking": Feature("rowTracking", {"delta.enableRowTracking": "true"}),
    "type widening": Feature(
        "typeWidening",
        {"delta.enableTypeWidening": "true"},
        ", small SMALLINT",
        adds=("small", pyarrow.int32(), 8),
        after=[
            "UPDATE {t} SET small = 7",
            "ALTER TABLE {t} ALTER COLUMN small TYPE INT",
            "UPDATE {t} SET small = 70000 WHERE id = 1",
        ],
    ),
    "column default": Feature(
        "allowColumnDefaults",
        {"delta.feature.allowColumnDefaults": "supported"},
        ", word STRING DEFAULT 'none'",
        adds=("word", pyarrow.string(), "x"),
    ),
    "in-commit timestamp": Feature("inCommitTimestamp", {"delta.enableInCommitTimestamps": "true"}),
    "domain metadata": Feature("domainMetadata", {"delta.feature.domainMetadata": "supported"}),
    "vacuum protocol check": Feature(
        "vacuumProtocolCheck", {"delta.feature.vacuumProtocolCheck": "supported"}
    ),
    "iceberg compatibility": Feature(
        "icebergCompat columnMapping",
        {"delta.columnMapping.mode": "name", "delta.enableIcebergCompatV2": "true"},
    ),
    "materialised partitions": Feature(
        "materializePartitionColumns", {"delta.feature.materializePartitionColumns": "supported"}
    ),
}
