"""Compares what `alluvium index --scip` makes of an index with a decode of it in Python.

Usage: compare.py --corpus NAME --index FILE.scip.zst [--pairs N] [--show N]

The program ($ALLUVIUM_PROGRAM) indexes the corpus (a folder of $ALLUVIUM_CORPORA) with the index (of
$ALLUVIUM_TEST_DATA/scip). The tables are read with the `deltalake` package.

occurrences: the rows (path, four positions, symbol, roles, enclosing range), counted, must be those
of the index. Bytes are turned back into UTF-16 columns here, from the file's text.

symbols: each symbol once (a local one, once a file), with the first description's text.
relationships: the distinct ones.

calls: those that SCIP resolves to a function or method must be, by position of caller, callee's name
and definition, exactly those that joining CPython's ast.Call with the decoded occurrences gives.
--pairs is the number of distinct (caller, callee) among them: a caller is the innermost function that
the call lies in, its decorators included; calls outside of functions have none.

Exits with 1 when anything differs, with 77 when the corpus, the index, the program or a peer is
missing.
"""

import argparse
import ast
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import wire


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


# The peers are installed in a Python of their own.
PEERS = os.environ.get("ALLUVIUM_PYTHON")
if PEERS and os.path.exists(PEERS) and sys.prefix != str(pathlib.Path(PEERS).parent.parent):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])

try:
    import deltalake
except ImportError as error:
    skip(error)

CACHE = pathlib.Path(
    os.environ.get("ALLUVIUM_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alluvium"
)
CORPORA = pathlib.Path(os.environ.get("ALLUVIUM_CORPORA") or CACHE / "corpora")
INDEXES = pathlib.Path(os.environ.get("ALLUVIUM_TEST_DATA", "")) / "scip"


class Source:
    """A file's text, with the way from bytes to lines and UTF-16 columns."""

    def __init__(self, path):
        self.data = path.read_bytes()
        self.starts = [0]
        for match in re.finditer(rb"\r\n|\r|\n", self.data):
            self.starts.append(match.end())

    def position(self, line, byte_in_line):
        """UTF-16 units before a byte of a line."""
        before = self.data[self.starts[line] : self.starts[line] + byte_in_line]
        return len(before.decode().encode("utf-16-le")) // 2

    def of_byte(self, byte):
        """(line, UTF-16 column) of a byte of the file."""
        low, high = 0, len(self.starts)
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= byte else (low, middle)
        return low, self.position(low, byte - self.starts[low])


class Tables:
    def __init__(self, lake):
        self.lake = lake

    def rows(self, table, *columns):
        arrow = deltalake.DeltaTable(str(self.lake / table)).to_pyarrow_table(columns=list(columns))
        return list(zip(*(arrow.column(name).to_pylist() for name in columns)))


class Differences:
    def __init__(self, show):
        self.show = show
        self.failed = False

    def check(self, what, expected, found):
        """Compares two bags of rows, and refuses an empty comparison."""
        expected, found = collections.Counter(expected), collections.Counter(found)
        missing, extra = expected - found, found - expected
        print(f"{what}: {expected.total()} expected, {missing.total()} missing, "
              f"{extra.total()} extra")
        for label, rows in (("missing", missing), ("extra", extra)):
            for row in sorted(rows, key=repr)[: self.show]:
                print(f"  {label}: {row}")
        if missing or extra or not expected:
            self.failed = True

    def check_equal(self, what, expected, found):
        print(f"{what}: {expected} expected, {found} found")
        self.failed = self.failed or expected != found


def key(document, symbol):
    """What tells a symbol from others: a local one is its document's alone."""
    return (document.path if document and symbol.startswith("local ") else None, symbol)


def compare_occurrences(tables, documents, sources, differences):
    paths = dict(tables.rows("files", "file_id", "path"))

    def positions(path, begin, end):
        source = sources[path]
        return (*source.of_byte(begin), *source.of_byte(end))

    expected = [
        (document.path, *occurrence.four(), occurrence.symbol, occurrence.roles,
         wire.four(occurrence.enclosing_range) or None)
        for document in documents for occurrence in document.occurrences
    ]
    found = [
        (paths[file_id], *positions(paths[file_id], bstart, bend), symbol, roles,
         None if begin is None else positions(paths[file_id], begin, end))
        for file_id, bstart, bend, symbol, roles, begin, end in tables.rows(
            "occurrences", "file_id", "bstart", "bend", "symbol", "roles", "enclosing_bstart",
            "enclosing_bend")
    ]
    differences.check("occurrences", expected, found)


def compare_symbols(tables, documents, external, differences):
    described, mentioned = {}, set()
    in_order = sorted(documents, key=lambda document: document.path)
    for document, symbols in [*((d, d.symbols) for d in in_order), (None, external)]:
        for information in symbols:
            described.setdefault(key(document, information.symbol), information.documentation)
            mentioned.update(key(document, other) for other, *_ in information.relationships)
    for document in documents:
        mentioned.update(key(document, occurrence.symbol) for occurrence in document.occurrences)
    mentioned.update(described)
    paths = dict(tables.rows("files", "file_id", "path"))
    rows = tables.rows("symbols", "symbol", "file_id", "is_local", "has_information",
                       "documentation")
    found = {(paths.get(file_id) if is_local else None, symbol): (has_information, documentation)
             for symbol, file_id, is_local, has_information, documentation in rows}
    differences.check("symbols", mentioned,
                      [(paths.get(row[1]) if row[2] else None, row[0]) for row in rows])
    differences.check("descriptions of symbols",
                      ((*name, *texts) for name, texts in described.items()),
                      ((*name, *texts) for name, (known, texts) in found.items() if known))
    differences.check(
        "relationships",
        {(document.path if document and "local " in (symbol.symbol[:6], other[0][:6]) else None,
          symbol.symbol, *other)
         for document, symbols in [*((d, d.symbols) for d in documents), (None, external)]
         for symbol in symbols for other in symbol.relationships},
        ((paths.get(file_id), *row) for file_id, *row in tables.rows(
            "symbol_relationships", "file_id", "symbol", "related_symbol", "is_reference",
            "is_implementation", "is_type_definition", "is_definition")))


class Calls(ast.NodeVisitor):
    """The functions of a file and its calls, by UTF-16 positions."""

    def __init__(self, source):
        self.source = source
        self.functions = {}  # position of the name: name
        self.calls = []  # (function around, position of the callee's name)
        self.around = None
        self.visit(ast.parse(source.data))

    def visit_FunctionDef(self, node):
        line = node.lineno - 1
        begin = self.source.starts[line] + node.col_offset
        match = re.compile(rb"(?:async\s+)?def\s+(?=\w)").match(self.source.data, begin)
        name = self.source.of_byte(match.end())
        self.functions[name] = node.name
        outer, self.around = self.around, name
        self.generic_visit(node)
        self.around = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Call(self, node):
        callee = node.func
        if isinstance(callee, (ast.Name, ast.Attribute)):
            name = callee.id if isinstance(callee, ast.Name) else callee.attr
            line = callee.end_lineno - 1
            at = self.source.position(line, callee.end_col_offset - len(name.encode()))
            self.calls.append((self.around, (line, at)))
        self.generic_visit(node)


def expected_calls(documents, sources):
    """(path, caller, callee's name, path and position of its definition) of each call."""
    files = {document.path: Calls(sources[document.path]) for document in documents}
    definitions = collections.defaultdict(list)
    for document in sorted(documents, key=lambda document: document.path):
        for occurrence in document.occurrences:
            place = occurrence.four()[:2]
            if occurrence.roles & 1 and place in files[document.path].functions:
                definitions[key(document, occurrence.symbol)].append((document.path, place))
    for document in documents:
        symbols = {o.four()[:2]: o.symbol for o in document.occurrences if not o.roles & 1}
        for caller, name in files[document.path].calls:
            found = definitions.get(key(document, symbols[name])) if name in symbols else None
            if found:
                yield (document.path, caller, name, min(found))


def found_calls(tables, sources):
    """The same of the lake, whose callers are found by position for the sake of their decorators."""
    paths = dict(tables.rows("files", "file_id", "path"))
    functions = {
        def_id: (paths[file_id], sources[paths[file_id]].of_byte(at))
        for def_id, file_id, kind, at in tables.rows("definitions", "def_id", "file_id", "kind",
                                                     "name_bstart")
        if kind in ("function", "method")
    }
    names = dict((ref_id, bstart) for ref_id, bstart in tables.rows("refs", "ref_id", "bstart"))
    callers = {path: dict() for path in sources}
    for path, source in sources.items():
        callers[path] = {name: around for around, name in Calls(source).calls}
    for file_id, ref_id, callee, resolution in tables.rows(
            "calls", "file_id", "callee_ref_id", "callee_def_id", "resolution"):
        if resolution == "scip" and callee in functions:
            path = paths[file_id]
            name = sources[path].of_byte(names[ref_id])
            yield (path, callers[path].get(name), name, functions[callee])


def compare_calls(tables, documents, sources, pairs, differences):
    expected = list(expected_calls(documents, sources))
    found = list(found_calls(tables, sources))
    differences.check("calls to functions of the project", expected, found)
    if pairs:
        distinct = {(path, caller, callee) for path, caller, _, callee in found if caller}
        differences.check_equal("distinct (caller, callee)", pairs, len(distinct))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--index", required=True)
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--show", type=int, default=10)
    arguments = parser.parse_args()
    folder, packed = CORPORA / arguments.corpus, INDEXES / arguments.index
    if not folder.is_dir():
        skip(f"no corpus {folder}")
    if not packed.is_file():
        skip(f"no index {packed}")
    program = os.environ.get("ALLUVIUM_PROGRAM")
    if not program or not pathlib.Path(program).exists():
        skip("ALLUVIUM_PROGRAM names no program")
    differences = Differences(arguments.show)
    with tempfile.TemporaryDirectory() as scratch:
        lake, scip = pathlib.Path(scratch) / "lake", pathlib.Path(scratch) / "index.scip"
        subprocess.run(["zstd", "-q", "-d", packed, "-o", scip], check=True)
        subprocess.run([program, "index", folder, "--lake", lake, "--repo", "r", "--scip", scip],
                       check=True)
        documents, external = wire.index(scip.read_bytes())
        sources = {document.path: Source(folder / document.path) for document in documents}
        tables = Tables(lake)
        compare_occurrences(tables, documents, sources, differences)
        compare_symbols(tables, documents, external, differences)
        compare_calls(tables, documents, sources, arguments.pairs, differences)
    sys.exit(1 if differences.failed else 0)


if __name__ == "__main__":
    main()
