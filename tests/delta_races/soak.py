"""Several processes change one Delta table at random for a while; then the rows must be what some order
of the changes that were reported as done gives.

    soak.py [--seconds 20] [--writers 3] [--foreign plain|spark | --peers plain]
            [--store s3 [--locking dynamodb] [--unconditional]]

Each writer is a process. It adds rows of its own (under an application transaction, sometimes twice),
deletes some of them again, and adds 1 to a counter row that all share; in between it compacts the table.
These changes commute, so the end is known: every row that was added and not deleted, once, and a counter
that is the number of increments.

--foreign plain lets a plain delta-rs (Python's `deltalake`, from a handle that it keeps) compact and
append too. Its faults may leave the table wrong; then Alluvium must say so (Corruption).
--foreign spark lets Spark do what the others do; nothing may go wrong.
--peers plain runs plain delta-rs alone, to show that this test sees the faults that it has.
--store s3 has the table on a local S3 server, whose commits are exclusive by conditional puts or by a lock
table; --unconditional makes the server forget the condition of each commit, to show that this test sees it.

Needs ALLUVIUM_PROGRAM, and deltalake of ALLUVIUM_PYTHON.
"""

import argparse
import collections
import contextlib

import importlib
import json
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

PEERS = os.environ.get("ALLUVIUM_PYTHON")
if PEERS and os.path.exists(PEERS) and sys.prefix != str(pathlib.Path(PEERS).parent.parent):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


try:
    import deltalake
    import pyarrow

    sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "delta_s3"))
    import s3_server
except ImportError as error:
    skip(error)

PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
COUNTER = "counter"
# Ends that mean: nothing was done, another time perhaps (`alluvium help exit-codes`).
CONFLICT, CORRUPT = 6, 9


class Alluvium:
    """Changes through `alluvium delta`, a process each."""

    def __init__(self, table, scratch):
        self.table, self.scratch = table, scratch

    def run(self, *arguments):
        done = subprocess.run([PROGRAM, "delta", *map(str, arguments), "--json"], capture_output=True,
                              text=True, timeout=300)
        if done.returncode == 0:
            return json.loads(done.stdout)
        error = json.loads(done.stderr)
        if done.returncode == CONFLICT:
            return None
        raise RuntimeError(f"{arguments}: {error['code']}: {error['message']}")

    def append(self, ids, writer, number):
        source = self.scratch / f"{writer}.csv"
        source.write_text("id,n\n" + "".join(f"{id},0\n" for id in ids))
        once = ("--app-id", writer, "--app-version", number)
        done = self.run("write", self.table, "--from", source, *once)
        if done and random.random() < 0.3:
            again = self.run("write", self.table, "--from", source, *once)
            assert again is None or again["already_committed"], again
        return done is not None

    def delete(self, ids):
        listed = ", ".join(f"'{id}'" for id in ids)
        return self.run("delete", self.table, "--where", f"id IN ({listed})") is not None

    def increment(self):
        return self.run("update", self.table, "--set", "n=n + 1", "--where",
                        f"id = '{COUNTER}'") is not None

    def compact(self):
        return self.run("optimize", self.table) is not None


class Plain:
    """The same through delta-rs as it is, from a handle that lives on."""

    def __init__(self, table, _scratch):
        self.handle = deltalake.DeltaTable(str(table))

    def attempt(self, change):
        try:
            change()
            return True
        except deltalake.exceptions.DeltaError:
            self.handle.update_incremental()
            return False

    def append(self, ids, _writer, _number):
        rows = pyarrow.table({"id": list(ids), "n": pyarrow.array([0] * len(ids), pyarrow.int64())})
        return self.attempt(lambda: deltalake.write_deltalake(self.handle, rows, mode="append"))

    def delete(self, ids):
        listed = ", ".join(f"'{id}'" for id in ids)
        return self.attempt(lambda: self.handle.delete(f"id IN ({listed})"))

    def increment(self):
        return self.attempt(lambda: self.handle.update({"n": "n + 1"}, predicate=f"id = '{COUNTER}'"))

    def compact(self):
        return self.attempt(lambda: self.handle.optimize.compact())


def spark_engine():
    """Ends the test as skipped where there is no Spark."""
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "interop"))
    return importlib.import_module("spark_engine")


class Spark:
    """The same in SQL, in a Spark of this process."""

    def __init__(self, table, scratch):
        self.table, self.spark = table, spark_engine().open_spark(scratch)

    def attempt(self, change):
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException
        try:
            change()
            return True
        except (Py4JJavaError, PySparkException) as error:
            if "DELTA_CONCURRENT" in str(error):
                return False
            raise

    def sql(self, statement):
        return self.attempt(lambda: self.spark.sql(statement.format(table=f"delta.`{self.table}`")))

    def append(self, ids, _writer, _number):
        rows = self.spark.createDataFrame([(id, 0) for id in ids], "id STRING, n BIGINT")
        return self.attempt(lambda: rows.write.format("delta").mode("append").save(str(self.table)))

    def delete(self, ids):
        listed = ", ".join(f"'{id}'" for id in ids)
        return self.sql(f"DELETE FROM {{table}} WHERE id IN ({listed})")

    def increment(self):
        return self.sql(f"UPDATE {{table}} SET n = n + 1 WHERE id = '{COUNTER}'")

    def compact(self):
        return self.sql("OPTIMIZE {table}")


def write(kind, name, table, scratch, seconds, foreign, results):
    """One writer: sends what it was told has been done."""
    random.seed(name)
    writer = kind(table, scratch)
    present, increments, number, failure = set(), 0, 0, ""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            chance = random.random()
            if chance < 0.45:
                number += 1
                ids = {f"{name}-{number}-{i}" for i in range(random.randint(1, 3))}
                if writer.append(ids, name, number):
                    present |= ids
            elif chance < 0.6 and present and not foreign:
                gone = set(random.sample(sorted(present), min(2, len(present))))
                if writer.delete(gone):
                    present -= gone
            elif chance < 0.8 and not foreign:
                increments += 1 if writer.increment() else 0
            else:
                writer.compact()
            if foreign:
                time.sleep(0.05)
    except Exception as error:  # noqa: BLE001: whatever it was, the test must hear of it
        failure = f"{name}: {str(error)[:500]}"
    print(f"{name}: {len(present)} rows of {number} appends, {increments} increments", flush=True)
    results.put((present, increments, failure))


def place(arguments, scratch, stack):
    """Where the table will be. What the store needs is in the environment, also of the writers."""
    if not arguments.store:
        return scratch / "table"
    server = stack.enter_context(s3_server.running())
    if arguments.locking:
        server.lock_with_dynamodb()
    if arguments.unconditional:
        server.fault("unconditional", "PUT", r"/_delta_log/\d{20}\.json$", times=10**9)
    os.environ.update(server.options)
    return f"s3://{s3_server.BUCKET}/table"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--writers", type=int, default=3)
    options.add_argument("--foreign", choices=["plain", "spark"])
    options.add_argument("--peers", choices=["plain"])
    options.add_argument("--store", choices=["s3"])
    options.add_argument("--locking", choices=["dynamodb"])
    options.add_argument("--unconditional", action="store_true")
    arguments = options.parse_args()
    if not PROGRAM:
        skip("ALLUVIUM_PROGRAM names no program")
    if arguments.foreign == "spark":
        spark_engine()
    kind = Plain if arguments.peers else Alluvium
    with contextlib.ExitStack() as stack:
        scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        table = place(arguments, scratch, stack)
        rows = pyarrow.table({"id": [COUNTER], "n": pyarrow.array([0], pyarrow.int64())})
        deltalake.write_deltalake(str(table), rows)
        # A fork would inherit the threads of deltalake's runtime.
        spawning = multiprocessing.get_context("spawn")
        results = spawning.Queue()
        writers = [(kind, f"w{i}", False) for i in range(arguments.writers)]
        if arguments.foreign == "plain":
            writers.append((Plain, "foreign", True))
        elif arguments.foreign == "spark":
            writers.append((Spark, "spark", False))
        processes = [spawning.Process(
            target=write, args=(writer, name, table, scratch, arguments.seconds, foreign, results))
            for writer, name, foreign in writers]
        for process in processes:
            process.start()
        outcomes = [results.get(timeout=arguments.seconds + 300) for _ in processes]
        for process in processes:
            process.join()
        expected = collections.Counter({COUNTER: 1})
        for present, _, _ in outcomes:
            expected.update(present)
        increments = sum(done for _, done, _ in outcomes)
        failures = [failure for _, _, failure in outcomes if failure]
        latest = deltalake.DeltaTable(str(table))
        found = latest.to_pyarrow_table().to_pylist()
        right = (collections.Counter(row["id"] for row in found) == expected and
                 [row["n"] for row in found if row["id"] == COUNTER] == [increments])
        told = subprocess.run([PROGRAM, "delta", "fsck", table], capture_output=True, text=True)
    noticed = told.returncode == CORRUPT or any("Corruption" in failure for failure in failures)
    print(f"{latest.version()} versions, {len(found)} rows, {increments} increments: "
          f"{'right' if right else 'wrong'}{', noticed' if noticed else ''}")
    for failure in failures:
        print(failure)
    if arguments.peers or arguments.unconditional:
        # What is to be shown: it goes wrong here, and the test sees it.
        return 0 if not right else 77
    if arguments.foreign == "plain":
        return 0 if right or noticed else 1
    return 0 if right and not failures and not noticed else 1


if __name__ == "__main__":
    sys.exit(main())
