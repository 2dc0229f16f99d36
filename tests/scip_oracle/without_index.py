"""Measures how calls are resolved without a SCIP index by what the index says of them.

Usage: without_index.py --corpus NAME [--index FILE.scip.zst] --recall R --contradicted C [--show N]

Without --index, scip-python makes one.

Compared are distinct pairs: a caller (the innermost function that a call lies in, its decorators
included) and the function of the project that is called.

recall: of the index's pairs, those that the lake has too.
contradicted: of the lake's pairs, those that the index hasn't, though it knows a call by that name
in that caller. Where it knows none (it has no type, or no place of what it names), nothing can be
said.

Prints how the calls of missing and of contradicted pairs were resolved, the largest classes first,
each with N of them. Exits with 1 when less than R is recalled or more than C contradicted, with 77
when the corpus, the index, the program or a peer is missing.
"""

import argparse
import collections
import sys
import tempfile

from corpus import Corpus
from python_calls import Calls, definitions_of_functions, expected_calls, found_calls, key


def by_pair(calls, files, first):
    """One call for each pair.

    A symbol that is defined several times, as by a property's getter and setter, is one callee, and
    so is a function with its overloads: scip-python names the first of them, the lake the last.
    """
    pairs = {}
    for path, caller, at, callee in calls:
        if caller and callee:
            file, place = first.get(callee, callee)
            callee = (file, files[file].implementations.get(place, place))
            pairs[path, caller, callee] = (path, caller, at, callee)
    return pairs


def known_calls(documents, files):
    """(path, caller, name) of the calls that the index says the place of, if only that it is in
    another package.

    It doesn't for a symbol of these files that it has no definition of: what was declared with a
    type before it was defined, for one.
    """
    defined = {key(document, o.symbol) for document in documents for o in document.occurrences
               if o.roles & 1}
    own = {package(symbol) for _, symbol in defined}
    for document in documents:
        placed = {o.four()[:2] for o in document.occurrences
                  if key(document, o.symbol) in defined or package(o.symbol) not in own}
        for caller, at, name in files[document.path].calls:
            if at in placed:
                yield document.path, caller, name


def package(symbol):
    """A symbol's scheme, manager, package and version; a local one has none."""
    return "" if symbol.startswith("local ") else " ".join(symbol.split(" ")[:4])


def show(what, calls, resolutions, files, count):
    """The calls by how they were resolved."""
    classes = collections.defaultdict(list)
    for call in calls:
        classes[resolutions.get(call[0::2][:2], "no row")].append(call)
    for resolution, members in sorted(classes.items(), key=lambda each: -len(each[1])):
        print(f"{what}, {resolution}: {len(members)}")
        for path, _, (line, column), (target, place) in sorted(members)[:count]:
            print(f"  {path}:{line + 1}:{column} {files[target].functions[place]} of "
                  f"{target}:{place[0] + 1}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--index", default="")
    parser.add_argument("--recall", type=float, required=True)
    parser.add_argument("--contradicted", type=float, required=True)
    parser.add_argument("--show", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Corpus(arguments.corpus, arguments.index, scratch)
        files = {path: Calls(source) for path, source in corpus.sources.items()}
        found = list(found_calls(corpus.tables(), corpus.sources, files))
    definitions = definitions_of_functions(corpus.documents, files)
    first = {place: places[0] for places in definitions.values() for place in places}
    expected = by_pair(expected_calls(corpus.documents, files, definitions), files, first)
    ours = by_pair((call for call, _ in found), files, first)
    known = set(known_calls(corpus.documents, files))
    names = {(path, at): name for path, file in files.items() for _, at, name in file.calls}
    missing = [call for each, call in expected.items() if each not in ours]
    contradicted = [call for each, call in ours.items() if each not in expected
                    and (call[0], call[1], names[call[0], call[2]]) in known]
    resolutions = {(call[0], call[2]): resolution for call, resolution in found}
    show("missing", missing, resolutions, files, arguments.show)
    show("contradicted", contradicted, resolutions, files, arguments.show)
    recall = 1 - len(missing) / len(expected)
    share = len(contradicted) / len(ours)
    print(f"{len(expected)} pairs of the index, {len(ours)} of the lake; recall {recall:.4f} "
          f"(at least {arguments.recall}), contradicted {share:.4f} (at most "
          f"{arguments.contradicted})")
    sys.exit(recall < arguments.recall or share > arguments.contradicted)


if __name__ == "__main__":
    main()
