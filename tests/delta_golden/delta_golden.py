"""Reads the golden tables (written by Spark, with their rows as Parquet) through `alluvium delta read`.

Needs ALLUVIUM_PROGRAM, ALLUVIUM_TEST_DATA (its folder `golden`), zstd, and pyarrow of ALLUVIUM_PYTHON.
A table that is broken on purpose, or needs what delta-rs can't do, must be refused with the exit code
that stands here.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

PEERS = os.environ.get("ALLUVIUM_PYTHON")
if PEERS and os.path.exists(PEERS) and sys.prefix != str(pathlib.Path(PEERS).parent.parent):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])

NOT_FOUND, DATA = 5, 9
# What must be refused, and how the program then ends (`alluvium help exit-codes`).
REFUSED = {
    # delta-rs refuses to read what has this feature.
    "basic-with-vacuum-protocol-check-feature": DATA,
    # Their logs name files that were never there.
    "canonicalized-paths-normal-b": DATA,
    "canonicalized-paths-special-b": DATA,
    # Metadata without a schema.
    "deltalog-commit-info": DATA,
    "deltalog-state-reconstruction-from-checkpoint-missing-protocol": DATA,
    "update-deleted-directory": DATA,
    # Reader features without the protocol version that has them.
    "deltalog-invalid-protocol-version": DATA,
    "deltalog-state-reconstruction-without-protocol": DATA,
    "no-delta-log-folder": NOT_FOUND,
}


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    skip(error)


def plain(value):
    """Values as both sides have them, whatever their Arrow type."""
    if isinstance(value, dict):
        return tuple(sorted((key, plain(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(plain(item) for item in value)
    if isinstance(value, float) and value != value:
        return "NaN"
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        return value.replace(tzinfo=None) - value.utcoffset()
    return value


def rows(table):
    names = sorted(table.column_names)
    return sorted((repr([(name, plain(row[name])) for name in names]) for row in table.to_pylist()))


def expected_rows(folder):
    files = [path for path in folder.rglob("*.parquet") if path.stat().st_size]
    tables = [pyarrow.parquet.ParquetFile(path).read() for path in sorted(files)]
    return rows(pyarrow.concat_tables(tables, promote_options="permissive")) if tables else []


def check(program, name, folder):
    """Returns what is wrong, or nothing."""
    out = folder / "out.parquet"
    done = subprocess.run([program, "delta", "read", folder / name / "delta", "--format", "parquet",
                           "--output", out], capture_output=True, text=True, timeout=120)
    if name in REFUSED:
        if done.returncode != REFUSED[name]:
            return f"ended with {done.returncode} instead of {REFUSED[name]}: {done.stderr.strip()}"
        return None
    if done.returncode != 0:
        return f"ended with {done.returncode}: {done.stderr.strip()}"
    expected = folder / name / "expected"
    if not expected.exists():
        return "it has no expected rows, and was not refused"
    found, wanted = rows(pyarrow.parquet.ParquetFile(out).read()), expected_rows(expected)
    if found != wanted:
        extra, missing = set(found) - set(wanted), set(wanted) - set(found)
        return (f"{len(found)} rows instead of {len(wanted)}; extra {sorted(extra)[:2]}, missing "
                f"{sorted(missing)[:2]}")
    return None


def main():
    program = os.environ.get("ALLUVIUM_PROGRAM")
    data = pathlib.Path(os.environ.get("ALLUVIUM_TEST_DATA", "")) / "golden"
    if not program:
        skip("ALLUVIUM_PROGRAM names no program")
    archives = sorted(data.glob("*.tar.zst"))
    if not archives:
        skip(f"no golden tables in {data}")
    wrong = 0
    for archive in archives:
        name = archive.name.removesuffix(".tar.zst")
        with tempfile.TemporaryDirectory() as folder:
            unpack = f"zstd -dc '{archive}' | tar x -C '{folder}'"
            subprocess.run(["sh", "-c", unpack], check=True)
            problem = check(program, name, pathlib.Path(folder))
        if problem:
            wrong += 1
            print(f"{name}: {problem}")
    print(f"{len(archives)} tables, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
