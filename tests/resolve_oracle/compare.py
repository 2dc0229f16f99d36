"""Compares the imports of an indexed repository with grimp and with `ruff analyze graph`.

Usage: compare.py [--corpus NAME | --folder FOLDER] [--lake LAKE --repo REPO] [--show N]

Without --lake, the program ($ALLUVIUM_PROGRAM) indexes the corpus (a folder of $ALLUVIUM_CORPORA)
into a temporary lake first. The tables are read with the `deltalake` package.

grimp: `imports_resolved` with resolution internal, between modules with `is_regular`, must have the
same distinct (importer_module, imported_module), and the same with `line`.

ruff: the distinct (importer path, imported path) must be the same, namespace folders included. Ruff
takes `import a.b` for a module only, never for a name in a; grimp's rule, which the table keeps,
falls back to a. Rows where that happened have `is_from` false and an imported_name.

Then checks that hold for any repository: ids are unique, and every id names a row. Exits with 1
when anything differs, with 77 when the corpus, the program or a peer is missing.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile


sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "surroundings"))
import surroundings  # noqa: E402

surroundings.use_tools("deltalake", "grimp")
import deltalake  # noqa: E402
import grimp  # noqa: E402


class Tables:
    """The tables of one repository in a lake that nobody writes to."""

    def __init__(self, lake, repo):
        self.lake = lake
        self.repo = repo

    def rows(self, table, columns):
        """The values of `columns` as tuples."""
        delta = deltalake.DeltaTable(str(self.lake / table))
        arrow = delta.to_pyarrow_table(columns=list(columns), filters=[("repo", "=", self.repo)])
        return list(zip(*(arrow.column(name).to_pylist() for name in columns)))


class Differences:
    def __init__(self, show):
        self.show = show
        self.failed = False

    def check(self, what, expected, found):
        """Compares two sets, and refuses an empty comparison."""
        missing, extra = expected - found, found - expected
        print(f"{what}: {len(expected)} expected, {len(missing)} missing, {len(extra)} extra")
        for label, rows in (("missing", missing), ("extra", extra)):
            for row in sorted(rows, key=repr)[: self.show]:
                print(f"  {label}: {row}")
        if missing or extra or not expected:
            self.failed = True

    def check_none(self, what, rows):
        print(f"{what}: {len(rows)}")
        for row in sorted(rows, key=repr)[: self.show]:
            print(f"  {row}")
        self.failed = self.failed or bool(rows)


def packages_of(folder):
    return sorted(child.name for child in folder.iterdir() if (child / "__init__.py").is_file())


def grimp_rows(folder, packages):
    """(importer, imported, line) as grimp has them; None for the line of an edge without one."""
    sys.path.insert(0, str(folder))
    graph = grimp.build_graph(*packages, cache_dir=None)
    rows = set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            details = graph.get_import_details(importer=importer, imported=imported)
            rows.update((importer, imported, detail["line_number"]) for detail in details)
    return graph.modules, rows


def ruff_edges(folder):
    ruff = pathlib.Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        surroundings.skip("ruff is not installed beside this Python")
    run = subprocess.run(
        [ruff, "analyze", "graph", "--isolated"], cwd=folder, capture_output=True, text=True,
        check=True,
    )
    return {(a, b) for a, others in json.loads(run.stdout).items() for b in others}


def compare_with_grimp(tables, folder, differences):
    packages = packages_of(folder)
    modules, expected = grimp_rows(folder, packages)
    regular = {
        file_id
        for file_id, module, is_regular in tables.rows(
            "modules", ("file_id", "module", "is_regular")
        )
        # Modules beside the packages are none of grimp's.
        if is_regular and module.split(".")[0] in packages
    }
    differences.check("modules (grimp)", set(modules), {
        module
        for file_id, module in tables.rows("modules", ("file_id", "module"))
        if file_id in regular
    })
    found = {
        (importer, imported, line)
        for importer, imported, line, importer_file, imported_file, resolution in tables.rows(
            "imports_resolved",
            ("importer_module", "imported_module", "line", "importer_file_id", "imported_file_id",
             "resolution"),
        )
        if resolution == "internal" and importer_file in regular and imported_file in regular
    }
    differences.check("edges (grimp)", {row[:2] for row in expected}, {row[:2] for row in found})
    differences.check("edges with lines (grimp)", expected, found)


def compare_with_ruff(tables, folder, differences):
    paths = dict(tables.rows("files", ("file_id", "path")))
    found = {
        (paths[importer], paths[imported])
        for importer, imported, is_from, name in tables.rows(
            "imports_resolved",
            ("importer_file_id", "imported_file_id", "is_from", "imported_name"),
        )
        if imported is not None and (is_from or name is None)
    }
    differences.check("edges (ruff)", ruff_edges(folder), found)


def check_ids(tables, differences):
    """Every id is one row's, and what names a row names one that is there."""
    known = {}
    for table, key in (
        ("files", "file_id"), ("definitions", "def_id"), ("refs", "ref_id"), ("calls", "call_id"),
        ("imports", "import_id"),
    ):
        ids = [row[0] for row in tables.rows(table, (key,))]
        known[key] = set(ids)
        differences.check_none(f"{table} rows with an id twice", range(len(ids) - len(known[key])))
    for table, column, key in (
        ("modules", "file_id", "file_id"),
        ("definitions", "file_id", "file_id"),
        ("definitions", "parent_def_id", "def_id"),
        ("refs", "file_id", "file_id"),
        ("refs", "enclosing_def_id", "def_id"),
        ("refs", "def_id", "def_id"),
        ("calls", "caller_def_id", "def_id"),
        ("calls", "callee_def_id", "def_id"),
        ("calls", "callee_ref_id", "ref_id"),
        ("imports_resolved", "import_id", "import_id"),
        ("imports_resolved", "imported_file_id", "file_id"),
        ("exports", "def_id", "def_id"),
        ("exports", "import_id", "import_id"),
    ):
        dangling = {row[0] for row in tables.rows(table, (column,))} - known[key] - {None}
        differences.check_none(f"{table}.{column} that name no row", dangling)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus")
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--lake", type=pathlib.Path)
    parser.add_argument("--repo")
    parser.add_argument("--show", type=int, default=10)
    arguments = parser.parse_args()
    folder = arguments.folder or surroundings.CORPORA / arguments.corpus
    if not folder.is_dir():
        surroundings.skip(f"no corpus {folder.name}")
    differences = Differences(arguments.show)

    def compare(lake, repo):
        tables = Tables(lake, repo)
        compare_with_grimp(tables, folder, differences)
        compare_with_ruff(tables, folder, differences)
        check_ids(tables, differences)

    if arguments.lake:
        compare(arguments.lake, arguments.repo)
    else:
        program = surroundings.program()
        with tempfile.TemporaryDirectory() as scratch:
            lake = pathlib.Path(scratch) / "lake"
            subprocess.run(
                [program, "index", folder, "--lake", lake, "--repo", folder.name], check=True
            )
            compare(lake, folder.name)
    sys.exit(1 if differences.failed else 0)


if __name__ == "__main__":
    main()
