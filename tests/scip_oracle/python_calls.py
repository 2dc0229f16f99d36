"""Calls and functions of Python code by CPython's ast, as a SCIP index and as a lake resolve them."""

import ast
import collections
import re
import sys

# SymPy has sums of hundreds of terms, each nested in the last.
sys.setrecursionlimit(20_000)


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


def key(document, symbol):
    """What tells a symbol from others: a local one is its document's alone."""
    return (document.path if document and symbol.startswith("local ") else None, symbol)


class Calls(ast.NodeVisitor):
    """The functions of a file and its calls, by UTF-16 positions."""

    def __init__(self, source):
        self.source = source
        self.functions = {}  # position of the name: name
        self.implementations = {}  # position of an overload's name: that of what it is one of
        self.overloads = collections.defaultdict(list)  # by (class or function, name)
        self.calls = []  # (function around, position of the callee's name, the name)
        self.around = None  # a function
        self.block = None  # a function or class
        self.visit(ast.parse(source.data))

    def visit_FunctionDef(self, node):
        line = node.lineno - 1
        begin = self.source.starts[line] + node.col_offset
        match = re.compile(rb"(?:async\s+)?def\s+(?=\w)").match(self.source.data, begin)
        name = self.source.of_byte(match.end())
        self.functions[name] = node.name
        overloads = self.overloads[self.block, node.name]
        if any(ast.unparse(each).endswith("overload") for each in node.decorator_list):
            overloads.append(name)
        else:
            self.implementations.update((each, name) for each in overloads)
            overloads.clear()
        outer, self.around, self.block = (self.around, self.block), name, name
        self.generic_visit(node)
        self.around, self.block = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        outer, self.block = self.block, node
        self.generic_visit(node)
        self.block = outer

    def visit_Call(self, node):
        callee = node.func
        if isinstance(callee, (ast.Name, ast.Attribute)):
            name = callee.id if isinstance(callee, ast.Name) else callee.attr
            line = callee.end_lineno - 1
            at = self.source.position(line, callee.end_col_offset - len(name.encode()))
            self.calls.append((self.around, (line, at), name))
        self.generic_visit(node)


def definitions_of_functions(documents, files):
    """The (path, position) of the functions of each symbol, in order."""
    definitions = collections.defaultdict(list)
    for document in sorted(documents, key=lambda document: document.path):
        for occurrence in document.occurrences:
            place = occurrence.four()[:2]
            if occurrence.roles & 1 and place in files[document.path].functions:
                definitions[key(document, occurrence.symbol)].append((document.path, place))
    return {symbol: sorted(places) for symbol, places in definitions.items()}


def expected_calls(documents, files, definitions):
    """(path, caller, callee's name, path and position of its definition) of each call."""
    for document in documents:
        symbols = {o.four()[:2]: o.symbol for o in document.occurrences if not o.roles & 1}
        for caller, at, _ in files[document.path].calls:
            found = definitions.get(key(document, symbols[at])) if at in symbols else None
            if found:
                yield (document.path, caller, at, found[0])


def found_calls(tables, sources, files):
    """The same of the lake, each with its resolution; what is no function has no definition.

    Callers are found by position for the sake of their decorators.
    """
    paths = dict(tables.rows("files", "file_id", "path"))
    functions = {
        def_id: (paths[file_id], sources[paths[file_id]].of_byte(at))
        for def_id, file_id, kind, at in tables.rows("definitions", "def_id", "file_id", "kind",
                                                     "name_bstart")
        if kind in ("function", "method")
    }
    names = dict(tables.rows("refs", "ref_id", "bstart"))
    callers = {path: {at: caller for caller, at, _ in file.calls} for path, file in files.items()}
    for file_id, ref_id, callee, resolution in tables.rows(
            "calls", "file_id", "callee_ref_id", "callee_def_id", "resolution"):
        path = paths[file_id]
        if path in sources and ref_id is not None:
            at = sources[path].of_byte(names[ref_id])
            yield (path, callers[path].get(at), at, functions.get(callee)), resolution
