"""Changes of one Delta table by `alluvium delta`, each on the table that the ones before it left."""

import os
import subprocess

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
STEPS = [
    (
        "create",
        "--column",
        "id BIGINT",
        "--column",
        "part STRING",
        "--column",
        "text STRING",
        "--partition-by",
        "part",
        "--property",
        "delta.enableChangeDataFeed=true",
    ),
    ("write", "--from", "first.csv"),
    ("write", "--from", "second.csv"),
    ("write", "--from", "wide.csv", "--merge-schema"),
    ("merge", "--from", "second.csv", "--on", "target.id = source.id", "--update-all", "--insert-all"),
    ("update", "--set", "text='updated'", "--where", "id % 3 = 0"),
    (
        "merge",
        "--from",
        "third.csv",
        "--on",
        "target.id = source.id",
        "--delete-when",
        "source.id % 7 = 0",
        "--update",
        "text=concat(target.text, '+', source.text)",
        "--update-when",
        "source.id % 2 = 0",
        "--insert",
        "id=source.id",
        "--insert",
        "part=source.part",
        "--insert",
        "text='new'",
        "--insert-when",
        "source.id < 200",
    ),
    (
        "merge",
        "--from",
        "third.csv",
        "--on",
        "target.id = source.id AND target.part = source.part",
        "--delete-unmatched",
    ),
    ("restore", "--version", "6", "--apply"),
    ("delete", "--where", "id % 5 = 0"),
    ("properties", "--set", "delta.dataSkippingNumIndexedCols=1"),
    ("optimize",),
    ("optimize", "--z-order", "id"),
    ("constraints", "--add", "small=id < 1000"),
    (
        "write",
        "--from",
        "first.csv",
        "--mode",
        "overwrite",
        "--replace-where",
        "part = 'a'",
        "--query",
        "SELECT *, CAST(NULL AS BIGINT) AS extra FROM source WHERE part = 'a'",
    ),
    ("checkpoint",),
    ("write", "--from", "third.csv", "--query", "SELECT *, 1 AS extra FROM source"),
    ("restore", "--version", "4", "--apply"),
    ("constraints", "--add", "known=part IN ('a', 'b')"),
    ("constraints", "--drop", "known"),
    ("update", "--set", "extra=id + 1", "--all"),
    ("write", "--from", "first.csv", "--mode", "overwrite", "--query", "SELECT *, id AS extra FROM source"),
    ("delete", "--all"),
    ("vacuum", "--retention-hours", "0", "--unsafe", "--apply"),
    ("write", "--from", "second.csv", "--mode", "overwrite", "--overwrite-schema"),
    ("features", "--add", "appendOnly", "--raise-protocol"),
]


def mapped(mode):
    """The steps that a table with column mapping allows. Unpartitioned: DuckDB 1.5.5 reads nulls
    for a mapped partition column."""
    return [
        ("write", "--from", "first.csv", "--property", f"delta.columnMapping.mode={mode}"),
        ("write", "--from", "second.csv"),
        ("merge", "--from", "second.csv", "--on", "target.id = source.id", "--update-all", "--insert-all"),
        ("update", "--set", "text='updated'", "--where", "id % 3 = 0"),
        ("delete", "--where", "id % 5 = 0"),
        ("write", "--from", "first.csv", "--mode", "overwrite"),
    ]


# Of Parquet files that are there, with field ids, which only a table that maps by them may have in its
# schema.
CONVERTED = [("convert",), ("write", "--from", "first.csv"), ("optimize",)]


def make_sources(folder):
    def write(name, ids, extra=False):
        head = "id,part,text" + (",extra" if extra else "")
        rows = [f"{i},{'ab'[i % 2]},t{i}" + (f",{i * 2}" if extra else "") for i in ids]
        (folder / name).write_text("\n".join([head, *rows]) + "\n")

    write("first.csv", range(0, 20))
    write("second.csv", range(15, 40))
    write("third.csv", range(30, 60))
    write("wide.csv", range(100, 110), extra=True)


def run(folder, verb, *arguments):
    """`alluvium delta`, run in the folder."""
    command = [PROGRAM, "delta", verb, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def alluvium(folder, verb, *arguments):
    """What it printed; an error if it failed."""
    done = run(folder, verb, *arguments)
    if done.returncode != 0:
        raise RuntimeError(f"{verb} {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout
