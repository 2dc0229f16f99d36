"""Spark with Delta, in this process. Ends the test as skipped where it isn't installed."""

import os
import pathlib
import shutil
import sys

SKIPPED = 77
JARS = sorted(pathlib.Path(os.environ.get("ALLUVIUM_CACHE", "")).joinpath("java").glob("*.jar"))
# Compiling little, which is enough for tables this small; and time zones as the others have them.
JAVA_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=256m", "-Duser.timezone=UTC"]

try:
    from pyspark.sql import SparkSession
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)
if not JARS or not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    print("skipped: no Java, or no Delta for Spark")
    sys.exit(SKIPPED)


def open_spark(folder):
    """A session whose own files go to the folder. Interpreted and unpartitioned: the tables are tiny."""
    options = {
        "spark.jars": ",".join(map(str, JARS)),
        "spark.driver.memory": "2g",
        "spark.driver.extraJavaOptions": " ".join(JAVA_OPTIONS),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        "spark.sql.shuffle.partitions": "1",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]")
    for key, value in options.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def load(spark, table, **options):
    return spark.read.format("delta").options(**options).load(str(table))
