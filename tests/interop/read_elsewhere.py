"""A lake's tables and views read the same through `alluvium sql`, DuckDB with the shipped script, and (the
tables) the deltalake package: row for row, and as they were at an earlier run too."""

import pathlib
import sys
import tempfile

SKIPPED = 77

try:
    import deltalake
    import duckdb
    import duckdb_extension_delta
    import pyarrow
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(SKIPPED)

from lake_of_two import CORPUS, LakeOfTwo, compare

VIEWS = ("nodes", "edges", "props", "imports_across")


def through_duckdb(views, tables):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    package = pathlib.Path(duckdb_extension_delta.__file__).parent
    extension = next(package.rglob("*.duckdb_extension*"))
    connection.execute(f"LOAD '{extension}'")
    connection.execute((views / "duckdb.sql").read_text())
    for table in tables:
        yield table, connection.execute(f"SELECT * FROM {table}").to_arrow_table()


def through_deltalake(lake):
    """Each table as the runs pin it."""
    def read(_, tables):
        latest = {}
        for run in deltalake.DeltaTable(str(lake.lake / "runs")).to_pyarrow_table().to_pylist():
            latest[run["repo"]] = max(latest.get(run["repo"], run), run, key=lambda run: run["finished_at"])
        for table in tables:
            if table in VIEWS or table in ("runs", "repos"):
                continue
            yield table, pyarrow.concat_tables(
                deltalake.DeltaTable(str(lake.lake / table), version=dict(run["versions"])[table])
                .to_pyarrow_table(filters=[("repo", "=", repo)])
                for repo, run in latest.items()
            )
    return read


def main():
    if not CORPUS.is_dir():
        print(f"skipped: there is no {CORPUS}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        lake = LakeOfTwo(pathlib.Path(folder))
        wrong = compare(lake, "duckdb", through_duckdb)
        lake.states = lake.states[-1:]
        wrong += compare(lake, "deltalake", through_deltalake(lake))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
