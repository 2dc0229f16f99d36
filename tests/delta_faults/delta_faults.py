"""Injects a fault at every step of every change, and reads the table with another engine afterwards:
it is as before or as after, never between, and the change's own word fits.

    delta_faults.py DRIVER [--operations a,b] [--kinds error,kill]

DRIVER is fault_driver. Run by ALLUVIUM_PYTHON, whose `deltalake` is the other engine.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

OPERATIONS = ["append", "overwrite", "merge", "update", "delete", "optimize", "restore", "vacuum",
              "add_columns", "checkpoint"]
KINDS = ["error", "error_after", "torn", "hang", "kill", "kill_after"]


def reexecute_in_tools_python():
    python = os.environ.get("ALLUVIUM_PYTHON", "")
    if python and os.path.exists(python) and sys.executable != python and not os.environ.get("IN_TOOLS"):
        os.environ["IN_TOOLS"] = "1"
        os.execv(python, [python, "-B", *sys.argv])


def rows(table):
    import deltalake

    found = deltalake.DeltaTable(str(table)).to_pyarrow_table().to_pylist()
    return sorted(str(sorted(row.items(), key=str)) for row in found)


def drive(driver, table, operation, kind, step):
    done = subprocess.run([driver, str(table), operation, kind, str(step)], capture_output=True,
                          text=True, timeout=120)
    killed = done.returncode == -9
    if done.returncode not in (0, -9):
        raise AssertionError(f"the driver ended with {done.returncode}: {done.stderr[-2000:]}")
    outcome = {"steps": step + 1} if killed else json.loads(done.stdout.splitlines()[-1])
    outcome["killed"] = killed
    return outcome


def check(driver, scratch, base, operation, kind):
    """Returns (steps with a fault, problems)."""
    before = rows(base)
    after_table = scratch / "after"
    shutil.rmtree(after_table, ignore_errors=True)
    shutil.copytree(base, after_table)
    # No step has this number: nothing fires.
    reference = drive(driver, after_table, operation, "error", 10**9)
    after = rows(after_table)
    problems, fired = [], 0
    for step in range(reference["steps"]):
        table = scratch / "table"
        shutil.rmtree(table, ignore_errors=True)
        shutil.copytree(base, table)
        outcome = drive(driver, table, operation, kind, step)
        fired += 1
        found = rows(table)
        where = f"{operation}, {kind} at step {step}"
        if found not in (before, after):
            problems.append(f"{where}: the table reads as neither before nor after")
        elif outcome["killed"]:
            pass
        elif "code" not in outcome and found != after:
            problems.append(f"{where}: it said that all went well, and it did not")
        elif outcome.get("code") not in (None, "CommitStateUnknown") and found != before:
            problems.append(f"{where}: it said {outcome['code']}, but it happened")
        if outcome.get("code") == "Internal":
            problems.append(f"{where}: Internal: {outcome['message']}")
        # Whatever happened, the change can be made afterwards.
        again = drive(driver, table, operation, "error", 10**9)
        if "code" in again:
            problems.append(f"{where}: afterwards it fails with {again['code']}: {again['message']}")
    return fired, problems


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("driver")
    options.add_argument("--operations", default=",".join(OPERATIONS))
    options.add_argument("--kinds", default=",".join(KINDS))
    arguments = options.parse_args()
    reexecute_in_tools_python()
    try:
        import deltalake  # noqa: F401
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    total, problems = 0, []
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        base = scratch / "base"
        subprocess.run([arguments.driver, str(base), "prepare", "-", "0"], check=True, timeout=120)
        for operation in arguments.operations.split(","):
            for kind in arguments.kinds.split(","):
                fired, found = check(arguments.driver, scratch, base, operation, kind)
                total += fired
                problems += found
    for problem in problems:
        print(problem)
    print(f"{total} faults, {len(problems)} problems")
    return 1 if problems or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
