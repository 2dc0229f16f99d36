"""The change feeds of a lake's tables: from one run's pins to those of a later one."""

import program  # noqa: F401, I001

import deltalake
import pyarrow

import tables

# What a row was before a change.
REMOVED = ("delete", "update_preimage")


def tables_with_feed(lake, run):
    """By their properties, as they are now."""
    return sorted(table for table in run.versions if deltalake.DeltaTable(str(lake / table))
                  .metadata().configuration.get("delta.enableChangeDataFeed") == "true")


def changes(lake, repo, table, before, after):
    """The rows that the feed says were added and removed, as two Arrow tables."""
    empty = before.arrow[table].slice(0, 0)
    first, last = before.versions[table] + 1, after.versions[table]
    if first > last:
        return empty, empty
    feed = pyarrow.table(deltalake.DeltaTable(str(lake / table)).load_cdf(
        starting_version=first, ending_version=last))
    parts = []
    for negation in ("NOT", ""):
        found = tables.ask(f"SELECT {tables.columns(empty)} FROM feed "
                           f"WHERE _change_type {negation} IN {REMOVED} AND repo = '{repo}'",
                           feed=feed)
        parts.append(found.select(empty.schema.names).cast(empty.schema))
    return parts


def compare(lake, repo, before, after):
    """What differs when the feed of each table that has one is applied to the earlier run."""
    difference = tables.Difference()
    for table in tables_with_feed(lake, after):
        added, removed = changes(lake, repo, table, before, after)
        rows = tables.weighed([(after.arrow[table], 1), (before.arrow[table], -1), (added, -1),
                               (removed, 1)])
        if rows:
            difference.add(table, rows, {}, 6)
    return difference
