"""The published tables of one repository at one of its runs, and how two of these differ.

Rows are compared as multisets, value by value. (Sums of DuckDB's hashes would be faster and wrong:
they take an empty list for none.)
"""

# Before the others: it starts the Python that has them.
import program  # noqa: I001

import deltalake
import duckdb
import pyarrow.ipc

# Enough to tell which rows of two sides are about the same thing; only used to show differences.
KEYS = {
    "bindings": ["scope_id", "name"],
    "calls": ["call_id"],
    "definitions": ["def_id"],
    "external_modules": ["module"],
    "exports": ["module", "name", "via"],
    "files": ["file_id"],
    "imports": ["import_id"],
    "imports_resolved": ["import_id"],
    "modules": ["file_id"],
    "refs": ["ref_id"],
    "relations": ["def_id", "kind", "related_def_id"],
    "scopes": ["scope_id"],
    "symbols": ["symbol", "file_id"],
    "type_exprs": ["type_expr_id"],
}


# Connecting takes longer than most questions.
DATABASE = duckdb.connect(config={"threads": 2})


def ask(query, **arrow):
    """The answer of DuckDB over Arrow tables, which the query names."""
    for name, table in arrow.items():
        DATABASE.register(name, table)
    try:
        return DATABASE.execute(query).to_arrow_table()
    finally:
        for name in arrow:
            DATABASE.unregister(name)


def columns(arrow):
    return ", ".join(f'"{name}"' for name in sorted(arrow.column_names))


def schema(arrow):
    return {field.name: (field.type, field.nullable) for field in arrow.schema}


def weighed(parts):
    """The rows whose weights don't add up to 0, of [(Arrow table, weight)]: [(weight, row)]."""
    names = columns(parts[0][0])
    union = " UNION ALL ".join(f"SELECT {weight} AS weight, {names} FROM part{number}"
                               for number, (_, weight) in enumerate(parts))
    found = ask(f"SELECT sum(weight) AS weight, {names} FROM ({union}) "
                f"GROUP BY {names} HAVING sum(weight) <> 0 ORDER BY ALL",
                **{f"part{number}": arrow for number, (arrow, _) in enumerate(parts)})
    return [(int(row.pop("weight")), row) for row in found.to_pylist()]


class Tables:
    """Arrow tables by name, and the rows that the run says they have."""

    def __init__(self, arrow, run_id, versions, counts=None):
        self.arrow, self.run_id, self.versions = arrow, run_id, versions
        self.counts = counts or {}

    def rows(self, table):
        return self.arrow[table].to_pylist()

    def without(self, is_dropped):
        """The same rows without the columns that are dropped."""
        return Tables({table: arrow.drop_columns([n for n in arrow.column_names if is_dropped(n)])
                       for table, arrow in self.arrow.items()}, self.run_id, self.versions)

    def shown(self):
        """Those that readers see: the others keep what the next run needs."""
        return Tables({table: arrow for table, arrow in self.arrow.items()
                       if not table.startswith("_")}, self.run_id, self.versions)

    def meanings(self):
        """What ids stand for, to make differences readable."""
        found = {}
        for table, key, meaning in (("files", "file_id", "path"),
                                    ("definitions", "def_id", "qualified_name")):
            if table in self.arrow:
                found.update((row[key], row[meaning]) for row in self.rows(table))
        return found


def read(lake, table, repo, version=None):
    return deltalake.DeltaTable(str(lake / table), version=version).to_pyarrow_table(
        filters=[("repo", "=", repo)])


def runs(lake, repo):
    """The runs of a repository, oldest first: [(run_id, {table: version}, {table: rows})]."""
    arrow = read(lake, "runs", repo).select(["run_id", "versions", "counts"])
    return sorted(((row["run_id"], dict(row["versions"]), dict(row["counts"]))
                   for row in arrow.to_pylist()), key=lambda run: run[0])


def of_run(lake, repo, run_id=None):
    """The tables that a run pins, by default the last one."""
    found = runs(lake, repo)
    run_id, versions, counts = next(run for run in reversed(found) if run_id in (None, run[0]))
    return Tables({table: read(lake, table, repo, version)
                   for table, version in sorted(versions.items())}, run_id, versions, counts)


def shown_row(row, meanings):
    def shown(value):
        meaning = meanings.get(value) if isinstance(value, str) else None
        return f"{value} ({meaning})" if meaning else repr(value)

    return ", ".join(f"{name}={shown(value)}" for name, value in row.items()
                     if name != "repo" and value is not None)


def shown_differences(table, rows, meanings, show):
    """Rows of two sides that are about the same thing are shown by the columns that differ."""
    keys = KEYS.get(table, [])
    missing = [row for weight, row in rows for _ in range(max(weight, 0))]
    extra = [row for weight, row in rows for _ in range(max(-weight, 0))]
    lines = []
    for row in missing:
        same = next((other for other in extra if keys and all(
            name in row and row[name] == other[name] for name in keys)), None)
        if same is None:
            lines.append(f"    missing: {shown_row(row, meanings)}")
            continue
        extra.remove(same)
        about = {n: v for n, v in row.items()
                 if n in keys or n in ("file_id", "name", "line", "qualified_name") or v != same[n]}
        changed = {n: v for n, v in same.items() if v != row[n] or (n in about and v != about[n])}
        lines.append(f"    wrong: {shown_row(changed, meanings)}\n"
                     f"      in: {shown_row(about, meanings)}")
    lines += [f"    extra: {shown_row(row, meanings)}" for row in extra]
    if len(lines) > show:
        lines[show:] = [f"    and {len(lines) - show} more"]
    return lines


class Difference:
    """How the found tables differ from the expected: rows missing and extra, by table."""

    def __init__(self):
        self.missing, self.extra, self.tables, self.lines = 0, 0, [], []

    def __bool__(self):
        return bool(self.tables)

    def __str__(self):
        return "\n".join(self.lines)

    def add(self, table, rows, meanings, show):
        missing = sum(weight for weight, _ in rows if weight > 0)
        extra = -sum(weight for weight, _ in rows if weight < 0)
        self.missing += missing
        self.extra += extra
        self.tables.append(table)
        self.lines.append(f"  {table}: {missing} rows missing, {extra} extra")
        self.lines += shown_differences(table, rows, meanings, show)

    def add_structure(self, table, message):
        self.tables.append(table)
        self.lines.append(f"  {table}: {message}")


def compare(found, expected, show=6):
    """What is missing and extra in `found`; false when the two are equal."""
    difference = Difference()
    for table in sorted(set(found.arrow) | set(expected.arrow)):
        if table not in found.arrow or table not in expected.arrow:
            side = "the lake" if table not in found.arrow else "the fresh lake"
            difference.add_structure(table, f"no such table in {side}")
            continue
        ours, theirs = found.arrow[table], expected.arrow[table]
        if schema(ours) != schema(theirs):
            difference.add_structure(table, f"columns {schema(ours)} instead of {schema(theirs)}")
        # The same order is frequent, and quick to see.
        elif not ours.select(theirs.column_names).equals(theirs):
            rows = weighed([(theirs, 1), (ours, -1)])
            if rows:
                difference.add(table, rows, {**expected.meanings(), **found.meanings()}, show)
        counted = found.counts.get(table, ours.num_rows)
        if counted != ours.num_rows:
            difference.add_structure(table, f"{ours.num_rows} rows are counted as {counted}")
    return difference


def through_program(lake, repo, run):
    """The tables of an earlier run as the program itself reads them with `--at`."""
    arrow = {}
    for table, expected in run.shown().arrow.items():
        stream = program.run("sql", "--lake", lake, "--at", run.run_id, "--format", "arrow",
                             "--param", f"repo:text={repo}",
                             f"SELECT * FROM {table} WHERE repo = $repo")
        shown = pyarrow.ipc.open_stream(stream).read_all()
        # Another way to write the same types down.
        arrow[table] = shown.select(expected.schema.names).cast(expected.schema)
    return Tables(arrow, run.run_id, run.versions)
