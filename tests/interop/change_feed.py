"""The change feed of a table, of Alluvium and of Spark, as text that can be compared."""

import json

from delta_steps import alluvium
from spark_engine import load

# Of the commit, not of the row; and it has no common source: the file's time, or what the commit says.
COMMIT_TIME = "_commit_timestamp"


def text(rows):
    return sorted(
        json.dumps(
            {key: value for key, value in sorted(row.items()) if value is not None and key != COMMIT_TIME}
        )
        for row in rows
    )


def change_feeds(spark, table, first, last):
    """Ours and theirs, of these versions."""
    printed = alluvium(
        table.parent, "cdf", table, "--from-version", first, "--to-version", last, "--format", "ndjson"
    )
    theirs = load(spark, table, readChangeFeed="true", startingVersion=first, endingVersion=last)
    return (
        text(json.loads(line) for line in printed.splitlines()),
        text(theirs.drop(COMMIT_TIME).toArrow().to_pylist()),
    )
