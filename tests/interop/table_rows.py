"""The rows of a table as values that compare the same whichever engine and Arrow type they came in."""

import datetime

import pyarrow.parquet
from delta_steps import alluvium


def plain(value):
    if isinstance(value, dict):
        return tuple(sorted((key, plain(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(plain(item) for item in value)
    if isinstance(value, float) and value != value:
        return "NaN"
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.timezone.utc).isoformat()
    return value


def sort_maps(table):
    """Map entries have no order; to_pylist gives them as pairs."""
    return [
        {
            name: sorted(value, key=repr)
            if isinstance(value, list) and value and isinstance(value[0], tuple)
            else value
            for name, value in row.items()
        }
        for row in table.to_pylist()
    ]


def rows(table, without=()):
    """Sorted, as text, of an Arrow table."""
    names = sorted(set(table.column_names) - set(without))
    return sorted(repr([(name, plain(row[name])) for name in names]) for row in sort_maps(table))


def difference(ours, theirs):
    """What only one side has, for a message; nothing if they are equal."""
    if ours == theirs:
        return ""
    extra, missing = list(ours), []
    for row in theirs:
        if row in extra:
            extra.remove(row)
        else:
            missing.append(row)
    return (
        f"{len(ours)} rows against {len(theirs)}; only ours: {len(extra)} {extra[:2]}; "
        f"only theirs: {len(missing)} {missing[:2]}"
    )


def read(table, *options):
    """A table through `alluvium delta read`."""
    out = table.parent / "read.parquet"
    alluvium(table.parent, "read", table, "--format", "parquet", "--output", out, *options)
    return pyarrow.parquet.ParquetFile(out).read()
