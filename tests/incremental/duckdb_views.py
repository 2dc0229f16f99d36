"""The lake's views for DuckDB, which has a reader of Delta logs of its own."""

import json
import pathlib

import program


def check(lake):
    """That they give as many rows as `alluvium sql` does."""
    try:
        import duckdb
        import duckdb_extension_delta
    except ImportError as error:
        print(f"not read through DuckDB's delta: {error}")
        return
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    package = pathlib.Path(duckdb_extension_delta.__file__).parent
    connection.execute(f"LOAD '{next(package.rglob('*.duckdb_extension*'))}'")
    connection.execute((lake / "views/duckdb.sql").read_text())
    for table in ("definitions", "refs", "edges", "runs", "repos"):
        theirs = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        ours = json.loads(program.run("sql", "--lake", lake, "--json",
                                      f"SELECT count(*) AS n FROM {table}"))[0]["n"]
        assert theirs == ours, (table, theirs, ours)
