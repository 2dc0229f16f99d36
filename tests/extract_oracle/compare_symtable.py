"""Compares the extractor's scopes and bindings with `symtable`, row for row.

Usage: compare_symtable.py DUMP_FACTS [--label NAME] [--show N] [--at-least FILES]
                           [--stdlib] [--corpus NAME] [FOLDER...]

`symtable` is that of the CPython of tools/cpython.txt, which tools/setup unpacks to
$ALLUVIUM_CACHE/cpython and which runs this script; --stdlib compares its standard library, --corpus
a folder of $ALLUVIUM_CORPORA. Files that it can't compile are left out and counted. Exits with 1
when anything differs, with 77 when that CPython or all folders are missing.
"""

import argparse
import collections
import glob
import json
import os
import symtable
import sys
import sysconfig
import warnings

from compare import corpus_folder, python_files, start_dump

# The order of the bits in `binding_flag` (src/code/extract/file_facts.h).
FLAGS = ("is_parameter", "is_local", "is_global", "is_declared_global", "is_nonlocal", "is_free",
         "is_imported", "is_assigned", "is_referenced", "is_annotated", "is_namespace")
KINDS = {symtable.LOCAL: "local", symtable.CELL: "cell", symtable.FREE: "free",
         symtable.GLOBAL_IMPLICIT: "global_implicit", symtable.GLOBAL_EXPLICIT: "global_explicit"}


def expected_rows(content, path):
    """What `symtable` says: scopes as (names from the module on, type, line), and bindings as such a
    scope, name, kind and flags."""
    scopes, bindings = [], []
    waiting = [(symtable.symtable(content, path, "exec"), ())]
    while waiting:
        table, around = waiting.pop()
        names = (*around, table.get_name())
        scope = (names, str(table.get_type()), table.get_lineno())
        scopes.append(scope)
        for symbol in table.get_symbols():
            kind = KINDS[symbol._Symbol__scope]
            flags = tuple(flag for flag in FLAGS if getattr(symbol, flag)())
            bindings.append((*scope, symbol.get_name(), kind, flags))
        waiting += [(child, names) for child in table.get_children()]
    return scopes, bindings


def actual_rows(facts):
    scopes = []
    for kind, name, parent, line in facts["scopes"]:
        around = () if parent is None else scopes[parent][0]
        scopes.append(((*around, name), kind, line))
    bindings = [
        (*scopes[scope], name, kind, tuple(flag for i, flag in enumerate(FLAGS) if bits >> i & 1))
        for scope, name, kind, bits in facts["bindings"]]
    return scopes, bindings


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--stdlib", action="store_true")
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--label", default="corpus")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--at-least", type=int, default=1, help="fail when fewer files compared")
    options = parser.parse_intermixed_args()

    cache = os.environ.get("ALLUVIUM_CACHE") or os.path.expanduser("~/.cache/alluvium")
    pinned = glob.glob(os.path.join(glob.escape(cache), "cpython/bin/python3.*[0-9]"))
    if not pinned:
        print(f"skipped: there is no CPython in {cache}/cpython; run tools/setup")
        return 77
    if not os.path.samefile(pinned[0], sys.executable):
        sys.stdout.flush()
        os.execv(pinned[0], [pinned[0], "-B", *sys.argv])

    if options.stdlib:
        options.folders.append(sysconfig.get_path("stdlib"))
    options.folders += [corpus_folder(name) for name in options.corpus]
    paths = list(python_files(options.folders))
    if not paths:
        print("skipped: no Python files in", *options.folders)
        return 77
    sys.stdout.reconfigure(errors="backslashreplace")
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    process, writer = start_dump([options.dump, "--scopes"], paths)

    rows, differences = collections.Counter(), collections.Counter()
    compared = uncompilable = shown = 0
    for path, line in zip(paths, process.stdout, strict=True):
        with open(path, "rb") as file:
            content = file.read()
        try:
            expected = expected_rows(content, path)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            uncompilable += 1
            if options.show > 1000:
                print("can't compile", path, error)
            continue
        compared += 1
        actual = actual_rows(json.loads(line))
        for kind, in_symtable, in_facts in zip(("scopes", "bindings"), expected, actual):
            in_symtable = collections.Counter(in_symtable)
            in_facts = collections.Counter(in_facts)
            rows[kind] += in_symtable.total()
            missing, extra = in_symtable - in_facts, in_facts - in_symtable
            count = missing.total() + extra.total()
            differences[kind] += count
            if count and shown < options.show:
                shown += 1
                print(f"{path}: {kind}:\n  symtable {sorted(missing.elements())[:4]}\n"
                      f"  facts    {sorted(extra.elements())[:4]}")
    writer.join()
    process.wait()
    print(f"{options.label}: {compared} files compared, {uncompilable} that CPython "
          f"{sys.version.split()[0]} can't compile")
    for kind in rows:
        print(f"  {kind}: {rows[kind]} rows, {differences[kind]} differences")
    if process.returncode != 0 or compared < options.at_least:
        return 1
    return 1 if sum(differences.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
