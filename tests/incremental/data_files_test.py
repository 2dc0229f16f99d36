"""Data files of the lake's tables: runs over single files, however many, leave no pile of small ones.

Usage: data_files_test.py
"""

import pathlib
import sys
import tempfile

import program  # noqa: F401, I001

import deltalake
import duckdb

from chain import Chain

# As src/code/index/data_files.cc has it: so many more than there need to be are no trouble.
FEW = 16


def data_files(lake):
    """By table, how many the latest version has."""
    return {path.name: len(deltalake.DeltaTable(str(path)).file_uris())
            for path in sorted(lake.iterdir())
            if (path / "_delta_log").is_dir() and path.name not in ("runs", "repos")}


def module(number, functions):
    return "".join(f"def f{number}_{i}(a, b):\n    c = a.x{i} + b\n    return g{number}(c)\n\n\n"
                   for i in range(functions)).encode()


def one_file_that_grows(scratch):
    """Of tables that have several data files each."""
    tree = {f"m{number}.py": module(number, 120) for number in range(30)}
    chain = Chain(scratch)
    chain.become(tree)
    before = data_files(chain.lake)
    assert before["scopes"] > 2 and before["refs"] > 1, before
    for runs in range(12):
        chain.become({**tree, "m7.py": tree["m7.py"] + module(100, runs + 1)})
    after = data_files(chain.lake)
    grown = {table: (count, after[table]) for table, count in before.items()
             if after[table] > count + 1}
    assert not grown, f"after {runs + 1} changes of one file: {grown}"
    chain.check("after changes of one file")


def many_new_files(scratch):
    """Each has data files of its own at first."""
    chain = Chain(scratch)
    tree = {"a.py": module(0, 3)}
    chain.become(tree)
    most = 0
    for number in range(1, 46):
        tree[f"m{number}.py"] = module(number, 1)
        chain.become(tree)
        most = max(most, *data_files(chain.lake).values())
    # Twice what they need by their bytes.
    assert FEW < most <= 2 * 6 + FEW + 1, most
    chain.check("after many new files")


def encodings(scratch):
    """Numbers as differences, within lists too, and ids as they are, after a run and the next."""
    chain = Chain(scratch)
    chain.become({"a.py": module(0, 30)})
    chain.become({"a.py": module(0, 31)})
    dictionaries = {}
    for table in ("calls", "definitions", "refs"):
        dictionaries[table] = {
            column.replace(", ", ".") for column, in duckdb.execute(
                "SELECT DISTINCT path_in_schema FROM parquet_metadata(?) "
                "WHERE encodings LIKE '%DICTIONARY%'",
                [f"{chain.lake}/{table}/repo=*/*.parquet"]).fetchall()}
    assert "file_id" in dictionaries["refs"], dictionaries
    alone = {("refs", "ref_id"), ("refs", "bstart"), ("refs", "line"), ("definitions", "def_id"),
             ("calls", "call_id"), ("calls", "arguments.list.element.bstart")}
    found = {(table, column) for table, column in alone if column in dictionaries[table]}
    assert not found, found


def main():
    for case in (one_file_that_grows, many_new_files, encodings):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            case(pathlib.Path(scratch).resolve())
        print(f"{case.__name__}: as it should be")


if __name__ == "__main__":
    sys.exit(main())
