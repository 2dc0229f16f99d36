"""Times changes and reads of Delta tables beside `deltalake` for Python, in one run, and prints a table.

    python bench/delta.py --program out/dev/bench/delta_changes [--rows 10000000] [--rounds 3]

Each round runs both, in turn, each in a process of its own on a fresh copy of the same table; a time is
that of the change alone, without the process's start. The table has medians, the median of the rounds'
ratios, and the largest resident sets. The last rows are changes under a memory cap, which deltalake
doesn't have.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

PEER = """
import sys, time
import deltalake, pyarrow, pyarrow.dataset, pyarrow.parquet
from deltalake import DeltaTable, QueryBuilder
operation, table, source = sys.argv[1:4]
rows = lambda: pyarrow.dataset.dataset(source, format="parquet").scanner().to_reader()
def merge():
    handle = DeltaTable(table)
    columns = ["id", "grp", "value", "name"]
    (handle.merge(rows(), "target.id = source.id", source_alias="source", target_alias="target")
        .when_matched_update({"value": "source.value"})
        .when_not_matched_insert({c: f"source.{c}" for c in columns}).execute())
def feed():
    reader = DeltaTable(table).load_cdf(starting_version=0)
    for _ in reader: pass
def point():
    handle = DeltaTable(table)
    for _ in QueryBuilder().register("t", handle).execute("SELECT * FROM t WHERE id = 54321"): pass
run = {
    "append": lambda: deltalake.write_deltalake(table, rows(), mode="append"),
    "merge": merge,
    "update": lambda: DeltaTable(table).update({"value": "value + 1"}, predicate="id % 100 = 7"),
    "delete": lambda: DeltaTable(table).delete("id % 100 = 7"),
    "optimize": lambda: DeltaTable(table).optimize.compact(),
    "feed": feed,
    "open": lambda: DeltaTable(table),
    "point": point,
}[operation]
begin = time.perf_counter()
run()
print(time.perf_counter() - begin)
"""


def timed(command):
    """(seconds that the program printed, peak MiB)."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    out = process.stdout.read()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        return out.strip() or errors.strip()[-300:], usage.ru_maxrss / 1024
    return float(out.split()[-1]), usage.ru_maxrss / 1024


def make_source(folder, first, count, step):
    import pyarrow
    import pyarrow.compute
    import pyarrow.parquet

    folder.mkdir(parents=True)
    ids = pyarrow.array(range(first, first + count * step, step), pyarrow.int64())
    value = pyarrow.compute.divide(pyarrow.compute.cast(ids, pyarrow.float64()), 7.0)
    name = pyarrow.compute.binary_join_element_wise(
        "name", pyarrow.compute.cast(pyarrow.compute.bit_wise_and(ids, 4095), pyarrow.string()), "_")
    table = pyarrow.table({"id": ids, "grp": pyarrow.compute.bit_wise_and(ids, 127), "value": value,
                           "name": name})
    pyarrow.parquet.write_table(table, folder / "rows.parquet", row_group_size=1 << 20)


def make_long_log(table, commits):
    """A table of `commits` versions, a file each, with a checkpoint fifty versions back."""
    import deltalake
    import pyarrow

    schema = pyarrow.schema([("id", pyarrow.int64()), ("name", pyarrow.string())])
    deltalake.DeltaTable.create(str(table), schema)
    for version in range(1, commits):
        stats = json.dumps({"numRecords": 100, "minValues": {"id": version * 100},
                            "maxValues": {"id": version * 100 + 99}, "nullCount": {"id": 0}})
        add = {"path": f"part-{version:08}.parquet", "partitionValues": {}, "size": 4000,
               "modificationTime": 1_700_000_000_000 + version, "dataChange": True, "stats": stats}
        info = {"timestamp": 1_700_000_000_000 + version, "operation": "WRITE",
                "operationParameters": {"mode": "Append"}}
        lines = [json.dumps({"add": add}), json.dumps({"commitInfo": info})]
        (table / "_delta_log" / f"{version:020}.json").write_text("\n".join(lines))
        if version == commits - 50:
            deltalake.DeltaTable(str(table)).create_checkpoint()


def make_sources(folder, rows):
    make_source(folder / "all", 0, rows, 1)
    make_source(folder / "one", 0, rows // 100, 101)
    make_source(folder / "ten", 0, rows // 10, 11)
    make_long_log(folder / "long", 10_000)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", type=pathlib.Path, required=True)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=3)
    arguments = options.parse_args()
    program = arguments.program.resolve()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        # In a process of its own: a child's peak memory begins with what its parent had.
        maker = multiprocessing.get_context("spawn").Process(
            target=make_sources, args=(folder, arguments.rows))
        maker.start()
        maker.join()
        assert maker.exitcode == 0
        for name, operation, source in [("base", "append", "all"), ("fed", "append_feed", "one"),
                                        ("many", "append_batches", "all")]:
            result, _ = timed([program, operation, folder / name, folder / source])
            assert isinstance(result, float), result
        timed([program, "update", folder / "fed"])
        cases = [
            ("append", "append", None, "all"), ("merge 1 %", "merge", "base", "one"),
            ("merge 10 %", "merge", "base", "ten"), ("update 1 %", "update", "base", "all"),
            ("delete 1 %", "delete", "base", "all"), ("optimize 1,000 files", "optimize", "many", "all"),
            ("change feed", "feed", "fed", "all"), ("open, 1,000 commits", "open", "many", "all"),
            ("open, 10,000 commits and a checkpoint", "open", "long", "all"),
            ("point query, 1,000 files", "point", "many", "all"),
        ]
        print("| change or read | Alluvium s | deltalake s | Alluvium / deltalake | peak MiB | peak MiB |")
        print("|---|---|---|---|---|---|")
        for title, operation, base, source in cases:
            rounds = []
            for _ in range(arguments.rounds):
                one = []
                for peer in (False, True):
                    table = folder / "table"
                    shutil.rmtree(table, ignore_errors=True)
                    if base:
                        # Links: data files are never written twice, and copying takes memory.
                        shutil.copytree(folder / base, table, copy_function=os.link)
                    head = [sys.executable, "-c", PEER] if peer else [program]
                    one.append(timed([*head, operation, table, folder / source]))
                rounds.append(one)
            ours, theirs = ([one[side][0] for one in rounds] for side in (0, 1))
            peaks = [max(one[side][1] for one in rounds) for side in (0, 1)]
            if not all(isinstance(seconds, float) for seconds in ours + theirs):
                print(f"| {title} | {ours[0]} | {theirs[0]} | | | |")
                continue
            ratio = statistics.median(a / b for a, b in zip(ours, theirs))
            print(f"| {title} | {statistics.median(ours):.3f} | {statistics.median(theirs):.3f} | "
                  f"{ratio:.2f} | {peaks[0]:.0f} | {peaks[1]:.0f} |", flush=True)
        print("\n| under a cap of 512 MiB | ends with | peak MiB |")
        print("|---|---|---|")
        for title, operation, base, source in [("merge 10 %", "merge", "base", "ten"),
                                               ("optimize 1,000 files", "optimize", "many", "all")]:
            table = folder / "table"
            shutil.rmtree(table, ignore_errors=True)
            shutil.copytree(folder / base, table)
            result, peak = timed([program, operation, table, folder / source, 512 << 20])
            text = f"{result:.3f} s" if isinstance(result, float) else result.split(":")[0]
            print(f"| {title} | {text} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
