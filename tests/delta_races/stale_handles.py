"""A handle that was opened before Alluvium changed the table, and one that Alluvium finds already changed:
every pair of operations, with handles of Spark and of plain delta-rs (Python's `deltalake`).

    stale_handles.py plain|spark

- `first`: the handle is opened and changes the table, then Alluvium does. Exactly what one after the other
  gives.
- `last`: the handle is opened, Alluvium changes the table, then the handle does, unaware. What some order
  of the two gives, or the handle's change is refused. Where plain delta-rs goes wrong there, `alluvium delta
  fsck` must say Corruption and name the version to restore, and restoring it gives what Alluvium left.
- `within` (Spark only): Spark's change has begun, Alluvium's is made, then Spark's ends. As `last`.

Needs ALLUVIUM_PROGRAM.
"""

import collections
import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

try:
    import deltalake
    import pyarrow
    import pyarrow.csv
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PROGRAM = os.environ["ALLUVIUM_PROGRAM"]
CORRUPT = 9
# Rows are (id, n). Each side has its own values, so that the order of the two can be told.
START = [(i, 0) for i in range(30)]
OURS = {
    "new": [(100, 1), (101, 1)],
    "merged": [(3, 7), (200, 7)],
    "where": "id % 3 = 0",
    "gone": (4, 12),
    "plus": 10,
}
THEIRS = {
    "new": [(110, 2), (111, 2)],
    "merged": [(3, 9), (210, 9)],
    "where": "id % 2 = 0",
    "gone": (10, 18),
    "plus": 100,
}
DIVISOR = {"id % 3 = 0": 3, "id % 2 = 0": 2}

EFFECT = {
    "append": lambda rows, side: [*rows, *side["new"]],
    "overwrite": lambda rows, side: side["new"],
    "delete": lambda rows, side: [row for row in rows if not side["gone"][0] <= row[0] <= side["gone"][1]],
    "delete all": lambda rows, side: [],
    "update": lambda rows, side: [
        (i, n + side["plus"]) if i % DIVISOR[side["where"]] == 0 else (i, n) for i, n in rows
    ],
    "merge": lambda rows, side: merged(rows, side["merged"]),
    "optimize": lambda rows, side: rows,
    "z-order": lambda rows, side: rows,
    "restore": lambda rows, side: START[:20],
}


def merged(rows, source):
    wanted, here = dict(source), {i for i, _ in rows}
    return [*((i, wanted.get(i, n)) for i, n in rows), *(row for row in source if row[0] not in here)]


def between(side):
    return f"id BETWEEN {side['gone'][0]} AND {side['gone'][1]}"


class Alluvium:
    ARGUMENTS = {
        "append": ["write", "--from", "new.csv"],
        "overwrite": ["write", "--from", "new.csv", "--mode", "overwrite"],
        "delete": ["delete", "--where", between(OURS)],
        "delete all": ["delete", "--all"],
        "update": ["update", "--set", f"n=n + {OURS['plus']}", "--where", OURS["where"]],
        "merge": [
            "merge",
            "--from",
            "merged.csv",
            "--on",
            "target.id = source.id",
            "--update-all",
            "--insert-all",
        ],
        "optimize": ["optimize"],
        "z-order": ["optimize", "--z-order", "id"],
        "restore": ["restore", "--version", "1", "--apply"],
    }

    def change(self, table, operation):
        verb, *arguments = self.ARGUMENTS[operation]
        done = run(verb, table, *arguments)
        if done.returncode != 0:
            raise RuntimeError(f"alluvium {operation}: {done.stderr.strip()}")


def run(verb, table, *arguments):
    return subprocess.run(
        [PROGRAM, "delta", verb, table, *arguments, "--json"],
        cwd=table.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )


def arrow(rows):
    return pyarrow.table(
        {
            "id": pyarrow.array([i for i, _ in rows], pyarrow.int64()),
            "n": pyarrow.array([n for _, n in rows], pyarrow.int64()),
        }
    )


class Plain:
    """Python's deltalake, from a handle that stays as it was opened."""

    cases = ["first", "last"]
    refusals = (deltalake.exceptions.DeltaError,)

    def __init__(self, _folder):
        pass

    def open(self, table):
        return deltalake.DeltaTable(str(table))

    def change(self, handle, operation):
        match operation:
            case "append" | "overwrite":
                deltalake.write_deltalake(handle, arrow(THEIRS["new"]), mode=operation)
            case "delete":
                handle.delete(between(THEIRS))
            case "delete all":
                handle.delete()
            case "update":
                handle.update({"n": f"n + {THEIRS['plus']}"}, predicate=THEIRS["where"])
            case "merge":
                (
                    handle.merge(
                        arrow(THEIRS["merged"]),
                        "target.id = source.id",
                        source_alias="source",
                        target_alias="target",
                    )
                    .when_matched_update_all()
                    .when_not_matched_insert_all()
                    .execute()
                )
            case "optimize":
                handle.optimize.compact()
            case "z-order":
                handle.optimize.z_order(["id"])


class Spark:
    """Spark, from a DeltaTable that has its snapshot, or with a source that waits while the change runs."""

    cases = ["first", "last", "within"]

    def __init__(self, folder):
        sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "interop"))
        engine = importlib.import_module("spark_engine")  # ends the test as skipped where there is no Spark
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        self.refusals = (PySparkException, Py4JJavaError)
        self.spark = engine.open_spark(folder)

    def open(self, table):
        handle = self.spark._jvm.io.delta.tables.DeltaTable.forPath(self.spark._jsparkSession, str(table))  # noqa: SLF001
        handle.toDF().count()
        return handle, table

    def source(self, rows, gate=None):
        """A frame; with a gate, its rows come once the gate is open."""

        def waiting(row):
            if gate:
                (gate / "begun").touch()
                while not (gate / "open").exists():
                    time.sleep(0.02)
            return row

        if not gate:
            return self.spark.createDataFrame(rows, "id BIGINT, n BIGINT")
        return self.spark.createDataFrame(
            self.spark.sparkContext.parallelize(rows, 1).map(waiting), "id BIGINT, n BIGINT"
        )

    def change(self, handle, operation, gate=None):
        stale, table = handle
        match operation:
            case "append" | "overwrite":
                self.source(THEIRS["new"], gate).write.format("delta").mode(operation).save(str(table))
            case "delete":
                stale.delete(between(THEIRS))
            case "delete all":
                stale.delete()
            case "update":
                stale.updateExpr(THEIRS["where"], {"n": f"n + {THEIRS['plus']}"})
            case "merge":
                source = self.source(THEIRS["merged"], gate)._jdf  # noqa: SLF001
                (
                    getattr(stale, "as")("target")
                    .merge(getattr(source, "as")("source"), "target.id = source.id")
                    .whenMatched()
                    .updateAll()
                    .whenNotMatched()
                    .insertAll()
                    .execute()
                )
            case "optimize":
                stale.optimize().executeCompaction()
            case "z-order":
                columns = self.spark.sparkContext._gateway.new_array(self.spark._jvm.String, 1)  # noqa: SLF001
                columns[0] = "id"
                stale.optimize().executeZOrderBy(columns)


def found(table):
    rows = deltalake.DeltaTable(str(table)).to_pyarrow_table()
    return collections.Counter(zip(rows["id"].to_pylist(), rows["n"].to_pylist(), strict=True))


def serial(first, second):
    """What two changes give, one after the other."""
    return collections.Counter(EFFECT[second[0]](EFFECT[first[0]](START, first[1]), second[1]))


def unnoticed(table, before):
    """What is wrong with how Alluvium finds out, and goes back to what was there before; or nothing."""
    told = run("fsck", table)
    error = json.loads(told.stderr or "{}")
    if told.returncode != CORRUPT or error.get("code") != "Corruption":
        return f"not noticed: {told.stdout.strip()[:200]} {told.stderr.strip()[:300]}"
    sound = error["details"].get("restore_version")
    if not sound or f"Restore version {sound}" not in error["message"]:
        return f"no version to restore is named: {error}"
    back = run("restore", table, "--version", sound, "--apply")
    if back.returncode != 0:
        return f"restoring {sound} failed: {back.stderr.strip()[:300]}"
    again = run("fsck", table)
    if again.returncode != 0:
        return f"still corrupt after restoring {sound}: {again.stderr.strip()[:300]}"
    return "" if found(table) == before else f"restoring {sound} gave other rows"


def play(foreign, case, theirs, ours, table):
    """Makes the two changes; gives how it went: right, refused, noticed, or what is wrong."""
    handle, us = foreign.open(table), Alluvium()
    they, we = (theirs, THEIRS), (ours, OURS)
    if case == "first":
        foreign.change(handle, theirs)
        us.change(table, ours)
        return (
            "right" if found(table) == serial(they, we) else f"wrong rows: {sorted(found(table).items())[:8]}"
        )
    refused = ""
    if case == "last":
        us.change(table, ours)
        try:
            foreign.change(handle, theirs)
        except foreign.refusals as error:
            refused = str(error)
    else:
        refused = change_within(foreign, handle, theirs, us, ours, table)
    alone = collections.Counter(EFFECT[ours](START, OURS))
    if refused:
        return "refused" if found(table) == alone else f"refused, but the rows changed: {refused[:200]}"
    if found(table) in (serial(they, we), serial(we, they)):
        problem = run("fsck", table)
        return (
            "right"
            if problem.returncode == 0
            else f"right, but called corrupt: {problem.stderr.strip()[:200]}"
        )
    if isinstance(foreign, Plain):
        return unnoticed(table, alone) or "noticed"
    return f"wrong rows: {sorted(found(table).items())[:8]}"


def change_within(foreign, handle, theirs, us, ours, table):
    """Alluvium's change while Spark's is under way; gives Spark's refusal, if there is one."""
    gate = table.parent / "gate"
    shutil.rmtree(gate, ignore_errors=True)
    gate.mkdir()
    refused = []

    def change():
        try:
            foreign.change(handle, theirs, gate)
        except foreign.refusals as error:
            refused.append(str(error))

    running = threading.Thread(target=change)
    running.start()
    try:
        while running.is_alive() and not (gate / "begun").exists():
            time.sleep(0.02)
        us.change(table, ours)
    finally:
        (gate / "open").touch()
        running.join()
    return "".join(refused)


def main():
    kind = {"plain": Plain, "spark": Spark}[sys.argv[1]]
    counts, wrong = collections.defaultdict(collections.Counter), []
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for name in ("new", "merged"):
            pyarrow.csv.write_csv(arrow(OURS[name]), folder / f"{name}.csv")
        start, table = folder / "start", folder / "table"
        for rows in (START[:10], START[10:20], START[20:]):
            deltalake.write_deltalake(str(start), arrow(rows), mode="append")
        foreign = kind(folder)
        for case in foreign.cases:
            waits = ["append", "overwrite", "merge"] if case == "within" else EFFECT.keys() - {"restore"}
            for theirs in sorted(waits):
                for ours in EFFECT:
                    table = folder / f"{case}_{theirs}_{ours}".replace(" ", "_")
                    shutil.copytree(start, table)
                    try:
                        how = play(foreign, case, theirs, ours, table)
                    except Exception as error:  # noqa: BLE001: the other pairs are still of interest
                        how = f"failed: {str(error)[:300]}"
                    if how not in ("right", "refused", "noticed"):
                        wrong.append(f"{case}: {sys.argv[1]} {theirs}, alluvium {ours}: {how}")
                        how = "wrong"
                    if how == "noticed":
                        print(f"{case}: {theirs} after {ours}: noticed")
                    counts[case][how] += 1
                    shutil.rmtree(table)
            print(f"{case}: {dict(counts[case])}", flush=True)
    print("\n".join([*wrong, f"{len(wrong)} wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
