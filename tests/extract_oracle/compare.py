"""Compares the extractor's facts with this Python's own `ast`, row for row.

Usage: compare.py DUMP_FACTS [--label NAME] [--show N] [--at-least FILES]
                  [--pinned] [--stdlib] [--corpus NAME] [FOLDER...]

--stdlib compares this Python's own standard library, --corpus a folder of $ALLUVIUM_CORPORA
(default: ~/.cache/alluvium/corpora). --pinned takes the CPython of tools/cpython.txt for this
Python: it knows newer syntax.

Files that `ast` can't parse are left out and counted. Positions inside f-strings are compared from
Python 3.12 on; before, `ast` misplaces them, and only what is there is compared. Exits with 1 when
anything differs, with 77 when no folder exists.
"""

import argparse
import ast
import codecs
import collections
import glob
import json
import os
import subprocess
import sys
import sysconfig
import threading
import tokenize
import warnings

PLACES_IN_F_STRINGS_ARE_WRONG = sys.version_info < (3, 12)


class Expected(ast.NodeVisitor):
    """What `ast` says, in the shape of the dump."""

    def __init__(self, source):
        self.bytes_of_line = self.line_offsets(source)
        self.definitions = []
        self.parameters = []
        self.variables = []
        self.imports = []
        self.calls = []
        self.arguments = []
        self.refs = []
        self.type_exprs = []
        # Qualnames of the classes and functions around.
        self.around = [None]
        self.in_f_string = 0
        # (kind, qualname prefix, names declared global, whether binding here makes a variable,
        # names that are bound here or declared nonlocal)
        self.scopes = [("module", "", set(), True, set())]

    @staticmethod
    def line_offsets(text):
        """Byte offsets of the lines of decoded `text`, in its UTF-8 form."""
        offsets = [0]
        for line in split_lines(text):
            offsets.append(offsets[-1] + len(line.encode("utf-8", "surrogatepass")))
        return offsets

    def offset(self, line, column):
        return self.bytes_of_line[line - 1] + column

    def span(self, node):
        if self.in_f_string and PLACES_IN_F_STRINGS_ARE_WRONG:
            return (None, None, None)
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
            node.lineno,
        )

    # Names and scopes

    def bind(self, name, scope=None):
        scope = scope or self.scopes[-1]
        if not scope[3] or name in scope[4] or (name in scope[2] and scope[0] != "module"):
            return
        scope[4].add(name)
        self.variables.append(scope[1] + name)

    def visit_Global(self, node):
        self.scopes[-1][2].update(node.names)

    def visit_Nonlocal(self, node):
        self.scopes[-1][4].update(node.names)

    def visit_Name(self, node):
        context = type(node.ctx).__name__.lower()
        self.refs.append((node.id, "name", context, *self.span(node)))
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id)

    def visit_NamedExpr(self, node):
        target = node.target
        self.refs.append((target.id, "name", "store", *self.span(target)))
        scope = next(scope for scope in reversed(self.scopes) if scope[0] != "comprehension")
        self.bind(target.id, scope)
        self.visit(node.value)

    def visit_Attribute(self, node):
        context = type(node.ctx).__name__.lower()
        begin, end, line = self.span(node)
        if end is not None:
            begin = end - len(node.attr.encode())
            line = node.end_lineno
        self.refs.append((node.attr, "attribute", context, begin, end, line))
        self.visit(node.value)

    def visit_ExceptHandler(self, node):
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node):
        if node.rest:
            self.bind(node.rest)
        self.generic_visit(node)

    def visit_comprehension_scope(self, node):
        first = node.generators[0]
        self.visit(first.iter)
        outer = self.scopes[-1]
        self.scopes.append(("comprehension", outer[1], set(), False, set()))
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                self.visit(getattr(node, field))
        for generator in node.generators:
            self.visit(generator.target)
            if generator is not first:
                self.visit(generator.iter)
            for condition in generator.ifs:
                self.visit(condition)
        self.scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_comprehension_scope
    visit_GeneratorExp = visit_comprehension_scope

    def visit_JoinedStr(self, node):
        self.in_f_string += 1
        self.generic_visit(node)
        self.in_f_string -= 1

    # Types

    def add_type(self, role, target, type, definition):
        is_string = isinstance(type, ast.Constant) and isinstance(type.value, str)
        self.type_exprs.append(
            (role, target, *self.span(type), is_string, definition, self.around[-1]))

    def add_bounds(self, node, definition):
        for parameter in getattr(node, "type_params", []):
            if getattr(parameter, "bound", None):
                self.add_type("bound", parameter.name, parameter.bound, definition)

    def variable(self, name):
        """The variable that a name of this scope is, where such have rows."""
        scope = self.scopes[-1]
        return scope[1] + name if scope[3] else None

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        target = node.target
        if isinstance(target, ast.Name):
            self.add_type("variable", target.id, node.annotation, self.variable(target.id))
        else:
            role = "attribute" if isinstance(target, ast.Attribute) else "subscription"
            self.add_type(role, self.span(target)[:2], node.annotation, None)

    def visit_TypeAlias(self, node):
        self.generic_visit(node)
        definition = self.variable(node.name.id)
        self.add_bounds(node, definition)
        self.add_type("alias", node.name.id, node.value, definition)

    # Definitions

    def add_parameters(self, arguments, prefix):
        every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
        every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
        for argument in every:
            self.parameters.append((prefix + argument.arg, *self.span(argument)))
            if argument.annotation:
                self.visit(argument.annotation)
                self.add_type("parameter", argument.arg, argument.annotation, prefix + argument.arg)
        for default in arguments.defaults + arguments.kw_defaults:
            if default is not None:
                self.visit(default)

    def visit_function(self, node):
        scope = self.scopes[-1]
        kind = "method" if scope[0] == "class" else "function"
        qualname = node.name if node.name in scope[2] else scope[1] + node.name
        self.definitions.append(
            (kind, qualname, *self.span(node), node.col_offset,
             ast.get_docstring(node, clean=False), isinstance(node, ast.AsyncFunctionDef),
             len(node.decorator_list)))
        for decorator in node.decorator_list:
            self.visit(decorator)
        for parameter in getattr(node, "type_params", []):
            self.visit(parameter)
        prefix = qualname + ".<locals>."
        self.add_parameters(node.args, prefix)
        if node.returns:
            self.visit(node.returns)
            self.add_type("return", node.name, node.returns, qualname)
        self.add_bounds(node, qualname)
        self.scopes.append(("function", prefix, set(), False, set()))
        self.around.append(qualname)
        for statement in node.body:
            self.visit(statement)
        self.around.pop()
        self.scopes.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_function

    def visit_Lambda(self, node):
        prefix = self.scopes[-1][1] + "<lambda>.<locals>."
        self.add_parameters(node.args, prefix)
        self.scopes.append(("function", prefix, set(), False, set()))
        self.visit(node.body)
        self.scopes.pop()

    def visit_ClassDef(self, node):
        scope = self.scopes[-1]
        qualname = node.name if node.name in scope[2] else scope[1] + node.name
        self.definitions.append(
            ("class", qualname, *self.span(node), node.col_offset,
             ast.get_docstring(node, clean=False), False, len(node.decorator_list)))
        for part in node.decorator_list + node.bases + node.keywords:
            self.visit(part)
        for parameter in getattr(node, "type_params", []):
            self.visit(parameter)
        self.add_bounds(node, qualname)
        self.scopes.append(("class", qualname + ".", set(), True, set()))
        self.around.append(qualname)
        for statement in node.body:
            self.visit(statement)
        self.around.pop()
        self.scopes.pop()

    # Imports and calls

    def add_imports(self, node, module, level):
        for alias in node.names:
            own = alias.name if isinstance(node, ast.Import) else module
            self.imports.append(
                (own, alias.name, alias.asname, level, alias.name == "*", *self.span(alias),
                 node.lineno, isinstance(node, ast.ImportFrom)))

    def visit_Import(self, node):
        self.add_imports(node, None, 0)

    def visit_ImportFrom(self, node):
        self.add_imports(node, node.module, node.level)

    def visit_Call(self, node):
        self.calls.append((*self.span(node), len(node.args) + len(node.keywords)))
        call = self.span(node)[:2]
        arguments = [
            ("star", None, argument.value) if isinstance(argument, ast.Starred)
            else ("positional", None, argument) for argument in node.args]
        arguments += [("keyword" if keyword.arg else "double_star", keyword.arg, keyword.value)
                      for keyword in node.keywords]
        # As they stand in the code: positional ones can come after keywords.
        arguments.sort(key=lambda argument: (argument[2].lineno, argument[2].col_offset))
        for place, (kind, keyword, value) in enumerate(arguments):
            self.arguments.append((call, place, kind, keyword, *self.span(value)[:2]))
        self.generic_visit(node)


def split_lines(text):
    """Splits as Python's tokenizer does: at LF, CRLF and CR only, keeping the ends."""
    lines, begin, at = [], 0, 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "\r" and at < len(text) and text[at] == "\n":
            at += 1
        if character in "\r\n":
            lines.append(text[begin:at])
            begin = at
    if begin < len(text):
        lines.append(text[begin:])
    return lines


def stored_offsets(content, text, encoding):
    """Maps offsets in the UTF-8 form of `text` to offsets in `content`; None for the identity."""
    utf8 = text.encode("utf-8", "surrogatepass")
    mark = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    if content[mark:] == utf8:
        return (lambda offset: offset + mark) if mark else None
    table = {}
    from_utf8 = from_stored = 0
    for character in text:
        table[from_utf8] = from_stored
        from_utf8 += len(character.encode())
        from_stored += len(character.encode(encoding))
    table[from_utf8] = from_stored
    return lambda offset: table[offset]


def tokens(code):
    """The tokens of an expression, without white space and comments."""
    left_out = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER,
                tokenize.INDENT, tokenize.DEDENT)
    lines = iter(f"({code}\n)".splitlines(True))
    found = [token.string for token in tokenize.generate_tokens(lambda: next(lines, ""))
             if token.type not in left_out]
    return packed("".join(found[1:-1]))


def packed(text):
    return "".join(text.replace("\\", "").split())


class ShownTexts:
    """The texts of a file, to be compared with what its facts show of them."""

    def __init__(self, content, encoding):
        self.content, self.encoding = content, encoding

    def at(self, begin, end, shown, most):
        """The text from `begin` to `end`; as much of it as `shown` has, where that is cut: at the
        end of a character, within `most` bytes."""
        text = tokens(self.content[begin:end].decode(self.encoding))
        is_cut = len(shown.encode()) >= most - 3
        return text[:len(packed(shown))] if is_cut else text


def compare_types(expected, facts, moved, texts):
    """What `ast` and the facts say of type expressions."""
    shown = {tuple(row[3:5]): row[2] for row in facts["type_exprs"]}
    targets = {tuple(row[3:5]): row[1] for row in facts["type_exprs"]}
    names = [row[2] for row in facts["definitions"]] + [None]
    rows = []
    for role, target, *place, is_string, definition, around in expected.type_exprs:
        begin, end, line = moved(*place)
        if not isinstance(target, str):
            target = texts.at(*moved(*target, 0)[:2], targets.get((begin, end), ""), 200)
        rows.append((role, target, texts.at(begin, end, shown.get((begin, end), ""), 200),
                     begin, end, line, is_string, definition, around))
    return rows, [
        (row[0], packed(row[1]), packed(row[2]), *row[3:7],
         *(names[-1 if index is None else index] for index in row[7:]))
        for row in facts["type_exprs"]]


def compare_arguments(expected, facts, moved, texts):
    """What `ast` and the facts say of the arguments of calls."""
    found = [(place, *argument[:2], *call[:2], *argument[3:], argument[2])
             for call in facts["calls"] for place, argument in enumerate(call[7])]
    shown = {(row[0], *row[3:5]): row[-1] for row in found}
    rows = []
    for call, place, kind, keyword, begin, end in expected.arguments:
        call, (begin, end, _) = moved(*call, 0)[:2], moved(begin, end, 0)
        text = None
        if begin is not None:
            text = texts.at(begin, end, shown.get((place, *call), ""), 100)
        rows.append((place, kind, keyword, *call, begin, end, text))
    return rows, [(*row[:-1], packed(row[-1])) for row in found]


def compare(path, facts):
    """Yields (kind, only in ast, only in the facts, rows) for one file."""
    with open(path, "rb") as file:
        content = file.read()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(content, path)
    encoding, _ = tokenize.detect_encoding(iter(content.splitlines(True)).__next__)
    text = content.decode(encoding)
    expected = Expected(text)
    sys.setrecursionlimit(20000)
    expected.visit(tree)
    to_stored = stored_offsets(content, text, encoding) or (lambda offset: offset)

    def moved(begin, end, line):
        return (None, None, None) if begin is None else (to_stored(begin), to_stored(end), line)

    definitions = [row for row in facts["definitions"] if row[0] in ("class", "function", "method")]
    parameters = [row for row in facts["definitions"] if row[0] == "parameter"]
    variables = [row for row in facts["definitions"] if row[0] == "variable"]
    yield "file", [(codecs.lookup(encoding).name.removesuffix("-sig"), len(split_lines(text)),
                    ast.get_docstring(tree, clean=False))], [
        (codecs.lookup(facts["encoding"]).name.removesuffix("-sig"), facts["line_count"], facts["docstring"])]
    yield "definitions", [
        (row[0], row[1], *moved(*row[2:5]), *row[5:]) for row in expected.definitions
    ], [(row[0], row[2], row[5], row[6], row[7], row[8], row[9], row[11], row[12])
        for row in definitions]
    yield "parameters", [(row[0], *moved(*row[1:4])) for row in expected.parameters], [
        (row[2], row[5], row[6], row[7]) for row in parameters]
    yield "variables", expected.variables, [row[2] for row in variables]
    yield "imports", [(*row[:5], *moved(*row[5:8]), *row[8:]) for row in expected.imports], [
        tuple(row[:10]) for row in facts["imports"]]
    yield "calls", [(*moved(*row[:3]), row[3]) for row in expected.calls], [
        tuple(row[:4]) for row in facts["calls"]]
    texts = ShownTexts(content, encoding)
    yield "arguments", *compare_arguments(expected, facts, moved, texts)
    yield "type_exprs", *compare_types(expected, facts, moved, texts)
    yield "refs", [(*row[:3], *moved(*row[3:6])) for row in expected.refs], [
        tuple(row[:6]) for row in facts["refs"]]


def compiles(path):
    """Raises SyntaxError for a file that `ast` parses and Python still refuses."""
    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(file.read(), path, "exec", dont_inherit=True)


def unplaced(expected, actual, places):
    """Blanks the places of as many actual rows as have none in `expected`."""
    expected, actual = collections.Counter(expected), collections.Counter(actual)
    common = expected & actual
    expected -= common
    actual -= common
    blank = [row for row in expected if isinstance(row, tuple) and None in row[places]]
    for row in blank:
        for other in list(actual):
            if other[: places.start] + other[places.stop:] != row[: places.start] + row[places.stop:]:
                continue
            count = min(expected[row], actual[other])
            expected[row] -= count
            actual[other] -= count
    return +expected, +actual, sum(common.values())


PLACES = {"parameters": slice(1, 4), "calls": slice(0, 3), "arguments": slice(3, 8),
          "refs": slice(3, 6)}


def corpus_folder(name):
    corpora = os.environ.get("ALLUVIUM_CORPORA") or os.path.join(
        os.environ.get("ALLUVIUM_CACHE") or os.path.expanduser("~/.cache/alluvium"), "corpora")
    return os.path.join(corpora, name)


def python_files(folders):
    for folder in folders:
        if os.path.isfile(folder):
            yield folder
        for root, directories, names in os.walk(folder):
            directories[:] = sorted(d for d in directories if d != "site-packages")
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.join(root, name)


def start_dump(command, paths):
    """Starts the program, and a thread that tells it the paths. It prints a line a file."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    writer = threading.Thread(
        target=lambda: (process.stdin.write("\n".join(paths).encode("utf-8", "surrogateescape")),
                        process.stdin.close()))
    writer.start()
    return process, writer


def pinned_python():
    """The CPython of tools/cpython.txt, which tools/setup unpacks to $ALLUVIUM_CACHE/cpython."""
    cache = os.environ.get("ALLUVIUM_CACHE") or os.path.expanduser("~/.cache/alluvium")
    return next(iter(glob.glob(os.path.join(glob.escape(cache), "cpython/bin/python3.*[0-9]"))), None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--stdlib", action="store_true")
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--pinned", action="store_true")
    parser.add_argument("--label", default="corpus")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--at-least", type=int, default=1, help="fail when fewer files compared")
    options = parser.parse_intermixed_args()

    if options.pinned:
        pinned = pinned_python()
        if pinned is None:
            print("skipped: there is no CPython of tools/cpython.txt; run tools/setup")
            return 77
        if not os.path.samefile(pinned, sys.executable):
            os.execv(pinned, [pinned, "-B", *sys.argv])

    if options.stdlib:
        options.folders.append(sysconfig.get_path("stdlib"))
    options.folders += [corpus_folder(name) for name in options.corpus]
    paths = list(python_files(options.folders))
    if not paths:
        print("skipped: no Python files in", *options.folders)
        return 77
    sys.stdout.reconfigure(errors="backslashreplace")
    process, writer = start_dump([options.dump], paths)

    rows, differences, shown = collections.Counter(), collections.Counter(), 0
    compared, unparsable, odd_status = 0, 0, []
    for path, line in zip(paths, process.stdout, strict=True):
        facts = json.loads(line)
        try:
            if facts["status"] != "ok":
                compiles(path)
            results = list(compare(path, facts))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            unparsable += 1
            if options.show > 1000:
                print("can't parse", path, error, facts["status"])
            continue
        compared += 1
        if facts["status"] != "ok":
            odd_status.append((path, facts["status"], facts["diagnostics"][:3]))
        for kind, expected, actual in results:
            rows[kind] += len(expected)
            missing, extra, _ = unplaced(expected, actual, PLACES.get(kind, slice(0, 0)))
            count = sum(missing.values()) + sum(extra.values())
            differences[kind] += count
            if count and shown < options.show:
                shown += 1
                print(f"{path}: {kind}: ast {list(missing.elements())[:4]} facts "
                      f"{list(extra.elements())[:4]}")
    writer.join()
    process.wait()
    print(f"{options.label}: {compared} files compared, {unparsable} that ast can't parse")
    for path, status, codes in odd_status[: options.show]:
        print("  status", status, codes, path)
    print(f"  files that only ast parses without error: {len(odd_status)}")
    for kind in rows:
        print(f"  {kind}: {rows[kind]} rows, {differences[kind]} differences")
    if process.returncode != 0 or compared < options.at_least:
        return 1
    return 1 if sum(differences.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
