"""Compares what `alluvium index --scip` makes of an index with a decode of it in Python.

Usage: compare.py --corpus NAME [--index FILE.scip.zst] [--pairs N] [--show N]

The program ($ALLUVIUM_PROGRAM) indexes the corpus (a folder of $ALLUVIUM_CORPORA) with the index (of
$ALLUVIUM_TEST_DATA/scip; without --index, one that scip-python makes). The tables are read with the
`deltalake` package.

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
import collections
import sys
import tempfile

import wire
from corpus import Corpus
from python_calls import Calls, definitions_of_functions, expected_calls, found_calls, key


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


def compare_calls(tables, corpus, pairs, differences):
    files = {path: Calls(source) for path, source in corpus.sources.items()}
    definitions = definitions_of_functions(corpus.documents, files)
    expected = list(expected_calls(corpus.documents, files, definitions))
    found = [call for call, resolution in found_calls(tables, corpus.sources, files)
             if resolution == "scip" and call[-1]]
    differences.check("calls to functions of the project", expected, found)
    if pairs:
        distinct = {(path, caller, callee) for path, caller, _, callee in found if caller}
        differences.check_equal("distinct (caller, callee)", pairs, len(distinct))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--index", default="")
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--show", type=int, default=10)
    arguments = parser.parse_args()
    differences = Differences(arguments.show)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Corpus(arguments.corpus, arguments.index, scratch)
        tables = corpus.tables("--scip", corpus.scip)
        compare_occurrences(tables, corpus.documents, corpus.sources, differences)
        compare_symbols(tables, corpus.documents, corpus.external, differences)
        compare_calls(tables, corpus, arguments.pairs, differences)
    sys.exit(1 if differences.failed else 0)


if __name__ == "__main__":
    main()
