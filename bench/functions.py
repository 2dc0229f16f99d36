"""Times native functions in one run: beside the engine's own and the plain C++ loop (what
`native_functions` measures), and beside functions written in Python for datafusion-python and DuckDB.

    python bench/functions.py --program out/dev/bench/native_functions [--rounds 5] [--python-rows 1000000]

All engines have one thread. Each Python function runs in a process of its own; a time is that of the
query alone. Python's rows are fewer, so times are given for a row.
"""

import argparse
import statistics
import subprocess
import sys
import time

NATIVE_ROWS = 10_000_000


def rows(count):
    import pyarrow
    from pyarrow import compute

    ids = pyarrow.array(range(1, count + 1), pyarrow.int64())

    def modulo(value, by):
        return compute.subtract(value, compute.multiply(compute.divide(value, by), by))

    text = compute.binary_join_element_wise(
        "src/module_", compute.cast(modulo(ids, 5000), pyarrow.string()), ".py", "")
    return pyarrow.table({"id": ids, "b": modulo(compute.multiply(ids, 7919), 1000003), "t": text,
                          "c": modulo(ids, 24)})


def add_arrays(a, b):
    import pyarrow.compute

    return pyarrow.compute.add(a, b)


def add_values(a, b):
    return a + b


def column_to_byte(text, column):
    return len(text[:column].encode())


def datafusion_seconds(case, table):
    import datafusion
    import pyarrow
    from pyarrow import compute

    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(1))
    context.register_record_batches("t", [table.to_batches(max_chunksize=8192)])
    number, text = pyarrow.int64(), pyarrow.string()

    def by_value(function):
        def call(a, b):
            return pyarrow.array(map(function, a.to_pylist(), b.to_pylist()), number)
        return call

    class Sum(datafusion.Accumulator):
        def __init__(self):
            self.total = 0

        def update(self, values):
            self.total += compute.sum(values).as_py()

        def merge(self, states):
            self.total += compute.sum(states[0]).as_py()

        def state(self):
            return [pyarrow.scalar(self.total, number)]

        def evaluate(self):
            return pyarrow.scalar(self.total, number)

    function, types = {
        "add, arrays": (add_arrays, [number, number]),
        "add, values": (by_value(add_values), [number, number]),
        "column to byte, values": (by_value(column_to_byte), [text, number]),
        "sum, 24 groups": (Sum, [number]),
    }[case]
    if function is Sum:
        context.register_udaf(datafusion.udaf(Sum, types[0], number, [number], "immutable", name="f"))
        query = "SELECT f(b) FROM t GROUP BY c"
    else:
        context.register_udf(datafusion.udf(function, types, number, "immutable", name="f"))
        query = f"SELECT f({'id, b' if types[0] == number else 't, c'}) AS r FROM t"
    begin = time.perf_counter()
    for _ in context.sql(query).execute_stream():
        pass
    return time.perf_counter() - begin


def duckdb_seconds(case, source):
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE t AS FROM source")
    function, types, kind = {
        "add, arrays": (add_arrays, ["BIGINT", "BIGINT"], "arrow"),
        "add, values": (add_values, ["BIGINT", "BIGINT"], "native"),
        "column to byte, values": (column_to_byte, ["VARCHAR", "BIGINT"], "native"),
    }[case]
    connection.create_function("f", function, types, "BIGINT", type=kind)
    arguments = "id, b" if types[0] == "BIGINT" else "t, c"
    begin = time.perf_counter()
    for _ in connection.execute(f"SELECT f({arguments}) AS r FROM t").to_arrow_reader(8192):
        pass
    return time.perf_counter() - begin


PEERS = {"datafusion-python": datafusion_seconds, "duckdb": duckdb_seconds}
# What Python does, what the native program calls the same, and who can.
CASES = [
    ("add, arrays", "int64 + int64", ["datafusion-python", "duckdb"]),
    ("add, values", "int64 + int64", ["datafusion-python", "duckdb"]),
    ("column to byte, values", "col_to_byte / loop", ["datafusion-python", "duckdb"]),
    ("sum, 24 groups", "sum(int64), 24 groups", ["datafusion-python"]),
]


def python_times(arguments):
    times = {}
    for case, native, peers in CASES:
        for peer in peers:
            command = [sys.executable, __file__, "--peer", peer, "--case", case,
                       "--python-rows", str(arguments.python_rows)]
            seconds = statistics.median(
                float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
                for _ in range(arguments.rounds))
            times[case, native, peer] = seconds / arguments.python_rows
    return times


def compare(arguments):
    native = {}
    command = [arguments.program, str(arguments.rounds)]
    print("| function | ns a row | its peer's | native / peer |\n|---|---|---|---|")
    for line in subprocess.run(command, check=True, stdout=subprocess.PIPE,
                               text=True).stdout.splitlines():
        name, ours, theirs = line.split("\t")
        native[name] = float(ours) / NATIVE_ROWS
        print(f"| {name} | {native[name] * 1e9:.1f} | {float(theirs) / NATIVE_ROWS * 1e9:.1f} "
              f"| {float(ours) / float(theirs):.2f} |")
    print("\n| function in Python | engine | ns a row | native's | Python / native |\n|---|---|---|---|---|")
    for (case, name, peer), seconds in python_times(arguments).items():
        print(f"| {case} | {peer} | {seconds * 1e9:.0f} | {native[name] * 1e9:.1f} "
              f"| {seconds / native[name]:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python-rows", type=int, default=1_000_000)
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        print(PEERS[arguments.peer](arguments.case, rows(arguments.python_rows)))
    else:
        compare(arguments)


if __name__ == "__main__":
    main()
