"""A lake's tables and views read the same through `alluvium sql` and Spark with the shipped script: row for
row, and as they were at an earlier run too."""

import pathlib
import sys
import tempfile

try:
    import pyarrow  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

from lake_of_two import CORPUS, LakeOfTwo, compare
from spark_engine import SKIPPED, open_spark


def main():
    if not CORPUS.is_dir():
        print(f"skipped: there is no {CORPUS}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        lake = LakeOfTwo(folder)
        spark = open_spark(folder)

        def through_spark(views, tables):
            for statement in (views / "spark.sql").read_text().split(";\n"):
                if statement.strip():
                    spark.sql(statement)
            for table in tables:
                yield table, spark.sql(f"SELECT * FROM {table}").toArrow()

        wrong = compare(lake, "spark", through_spark)
        spark.stop()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
