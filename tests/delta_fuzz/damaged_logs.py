"""Damages the log and the checkpoint of a Delta table at random, and reads it: rows, or an error that says
what is wrong; never a crash, a hang or an internal fault.

    damaged_logs.py [--rounds 60] [--seed 1]

Needs ALLUVIUM_PROGRAM.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("ALLUVIUM_PROGRAM", "")
# Success, and the ends that blame the data, its place or its reading (`alluvium help exit-codes`).
FINE = {0, 2, 3, 5, 7, 8, 9}
WORDS = [b"null", b"-1", b"\"\"", b"{}", b"[]", b"9223372036854775808", b"\xff\xfe", b"}{", b"../../x",
         b"\"remove\"", b"\"add\"", b"\"protocol\"", b"\\u0000"]


def make(table):
    rows = table.parent / "rows.csv"
    for version in range(7):
        rows.write_text("id,text\n" + "".join(f"{version * 10 + i},t{i}\n" for i in range(10)))
        subprocess.run([PROGRAM, "delta", "write", table, "--from", rows], check=True,
                       capture_output=True)
        if version == 3:
            subprocess.run([PROGRAM, "delta", "checkpoint", table], check=True, capture_output=True)
    subprocess.run([PROGRAM, "delta", "delete", table, "--where", "id = 5"], check=True,
                   capture_output=True)


def damage(chance, log):
    """Changes one file of the log; returns what was done."""
    path = chance.choice(sorted(path for path in log.iterdir() if path.is_file()))
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content) + 1)
    kind = chance.choice(["flip", "cut", "word", "remove", "empty", "twice", "swap"])
    if kind == "flip" and content:
        content[place % len(content)] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        del content[place:]
    elif kind == "word":
        content[place:place + chance.randrange(4)] = chance.choice(WORDS)
    elif kind == "empty":
        content.clear()
    elif kind == "twice":
        content = content + content
    elif kind == "swap":
        content = bytearray(chance.choice(sorted(log.iterdir())).read_bytes())
    if kind == "remove":
        path.unlink()
    else:
        path.write_bytes(content)
    return f"{kind} {path.name} at {place}"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    if not PROGRAM:
        print("skipped: ALLUVIUM_PROGRAM names no program")
        return 77
    problems, ends = 0, {}
    with tempfile.TemporaryDirectory() as folder:
        base, table = pathlib.Path(folder) / "base", pathlib.Path(folder) / "table"
        make(base)
        for number in range(arguments.rounds):
            chance = random.Random(arguments.seed * 1_000_003 + number)
            shutil.rmtree(table, ignore_errors=True)
            shutil.copytree(base, table)
            done = [damage(chance, table / "_delta_log") for _ in range(chance.choice([1, 1, 2, 3]))]
            change = chance.random() < 0.3
            command = ["delete", table, "--where", "id = 7"] if change else [
                "read", table, "--format", "csv"]
            try:
                ended = subprocess.run([PROGRAM, "delta", *command], capture_output=True, timeout=60)
                code, errors = ended.returncode, ended.stderr.decode(errors="replace")
            except subprocess.TimeoutExpired:
                code, errors = "hang", ""
            ends[code] = ends.get(code, 0) + 1
            if code not in FINE:
                problems += 1
                print(f"round {number} ({'; '.join(done)}): {command[0]} ended with {code}: "
                      f"{errors.strip()[:400]}")
    print(f"{arguments.rounds} damaged logs, ends {ends}, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
