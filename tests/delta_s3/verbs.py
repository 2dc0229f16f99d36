"""Every verb of `alluvium delta` does on S3 what it does in a folder: the same reports, the same rows
after each, and deltalake reads them from S3 too.

    verbs.py [--locking dynamodb]

The store's options are given with --storage, and in a second pass by the environment.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import deltalake
    import pyarrow
    import pyarrow.parquet
    import s3_server
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
COLUMNS = ["--column", "id BIGINT", "--column", "name VARCHAR", "--column", "day VARCHAR"]
# What differs from one run to the next: names of files, ids and times.
VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z?|\d{13}")
VOLATILE_KEYS = re.compile(r"time|duration|modified|size|filesAdded|filesRemoved|_ms",
                           re.IGNORECASE)

STEPS = [
    ["create", "{table}", *COLUMNS, "--partition-by", "day", "--name", "events",
     "--property", "delta.enableChangeDataFeed=true"],
    ["write", "{table}", "--from", "{first}"],
    ["write", "{table}", "--from", "{second}", "--app-id", "loader", "--app-version", "1"],
    ["write", "{table}", "--from", "{second}", "--app-id", "loader", "--app-version", "1"],
    ["merge", "{table}", "--from", "{changes}", "--on", "target.id = source.id", "--update-all",
     "--insert-all"],
    ["update", "{table}", "--set", "name=upper(name)", "--where", "id % 2 = 0"],
    ["delete", "{table}", "--where", "id = 3"],
    ["constraints", "{table}", "--add", "positive=id > 0"],
    ["constraints", "{table}"],
    ["write", "{table}", "--from", "{negative}"],
    ["properties", "{table}", "--set", "delta.checkpointInterval=50"],
    ["properties", "{table}"],
    ["features", "{table}"],
    ["optimize", "{table}", "--verify"],
    ["optimize", "{table}", "--z-order", "id"],
    ["cdf", "{table}", "--from-version", "4", "--to-version", "6"],
    ["checkpoint", "{table}"],
    ["write", "{table}", "--from", "{monday}", "--mode", "overwrite", "--replace-where", "day = 'mon'"],
    ["read", "{table}", "--version", "2"],
    ["restore", "{table}", "--version", "2"],
    ["restore", "{table}", "--version", "2", "--apply"],
    ["vacuum", "{table}", "--retention-hours", "0", "--unsafe"],
    ["vacuum", "{table}", "--retention-hours", "0", "--unsafe", "--full", "--apply"],
    ["fsck", "{table}"],
    ["info", "{table}"],
    ["files", "{table}"],
    ["history", "{table}"],
    ["export-snapshot", "{table}", "--to", "{table}-copy"],
    ["read", "{table}-copy"],
    ["write", "{table}", "--from", "{first}", "--mode", "error"],
    ["convert", "{parquet}"],
    ["read", "{parquet}"],
    ["read", "{table}-none"],
]
# What the options of a table don't reach, but the environment does.
FROM_FILES = [["write", "{table}-from", "--from", "{parquet}/one.parquet"], ["read", "{table}-from"]]


def sources(folder):
    texts = {
        "first": "1,ann,mon\n2,bob,tue\n3,cid,mon\n",
        "second": "4,dan,tue\n5,eve,wed\n",
        "changes": "2,rob,tue\n6,fay,mon\n",
        "negative": "-1,bad,mon\n",
        "monday": "7,gus,mon\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text("id,name,day\n" + text)
    return {name: str(folder / f"{name}.csv") for name in texts}


def run(arguments, given, environment, *more):
    command = [PROGRAM, "delta", *(argument.format(**given) for argument in arguments), "--json", *more]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    text = done.stdout or done.stderr
    if s3_server.SECRET in done.stdout + done.stderr:
        raise AssertionError(f"{arguments} prints the secret: {text}")
    try:
        return done.returncode, json.loads(text)
    except json.JSONDecodeError:
        return done.returncode, text


def comparable(value, place):
    """The value without what can't be equal."""
    if isinstance(value, dict):
        return {key: comparable(inner, place) for key, inner in value.items()
                if not VOLATILE_KEYS.search(key)}
    if isinstance(value, list):
        return sorted((comparable(inner, place) for inner in value), key=str)
    if isinstance(value, str):
        return VOLATILE.sub("*", value.replace(f"file://{place}", "{place}").replace(place, "{place}"))
    return value


class Run:
    """All steps on one place."""

    def __init__(self, place, given, environment, options):
        self.place, self.environment, self.options = place, environment, options
        self.given = {**given, "table": f"{place}/table", "parquet": f"{place}/parquet"}

    def step(self, arguments):
        code, document = run(arguments, self.given, self.environment, *self.options)
        _, rows = run(["read", "{table}"], self.given, self.environment, *self.options)
        return {"code": code, "document": comparable(document, self.place),
                "rows": comparable(rows, self.place)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locking", choices=["dynamodb"])
    arguments = parser.parse_args()
    parquet = pyarrow.table({"id": [1, 2], "name": ["x", "y"]})
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, s3_server.running() as server:
        if arguments.locking:
            server.lock_with_dynamodb()
        folder = pathlib.Path(folder)
        given = sources(folder)
        (folder / "parquet").mkdir()
        pyarrow.parquet.write_table(parquet, folder / "parquet" / "one.parquet")
        for name in ("flags", "env"):
            server.s3().upload_file(str(folder / "parquet" / "one.parquet"), s3_server.BUCKET,
                                    f"{name}/parquet/one.parquet")
        bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        flags = [text for option in server.options.items() for text in ("--storage", "=".join(option))]
        local = Run(str(folder), given, bare, [])
        remote = [Run(f"s3://{s3_server.BUCKET}/flags", given, bare, flags),
                  Run(f"s3://{s3_server.BUCKET}/env", given, server.environment, [])]
        for step in STEPS + FROM_FILES:
            expected = local.step(step)
            for other in remote[step in FROM_FILES:]:
                found = other.step(step)
                if found != expected:
                    wrong += 1
                    print(f"{other.place}: {' '.join(step)}\n  folder: {expected}\n  S3:     {found}")
        for other in remote:
            there = deltalake.DeltaTable(other.given["table"], storage_options=server.elsewhere())
            theirs = sorted(there.to_pyarrow_table().to_pylist(), key=str)
            _, ours = run(["read", "{table}"], other.given, other.environment, *other.options)
            if not ours or comparable(ours, "-") != comparable(theirs, "-"):
                wrong += 1
                print(f"deltalake reads {theirs} of {other.given['table']}, not {ours}")
            for query in ('EXPLAIN VERBOSE SELECT * FROM "table"', "SELECT * FROM information_schema.df_settings"):
                run(["read", "{table}", "--query", query], other.given, other.environment, *other.options)
        for name, stored in server.objects():
            if s3_server.SECRET.encode() in stored or "/.tmp/" in name:
                wrong += 1
                print(f"{name} holds the secret, or is left over")
    print(f"{len(STEPS + FROM_FILES)} steps on S3, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
