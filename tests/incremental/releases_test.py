"""Releases of a package, indexed one after another: after each, the lake is a fresh one.

Usage: releases_test.py --package NAME [--backwards]

The releases are those of tools/releases.txt, in its order. Also, at the end, the change feeds from
the first to the last, and each run as it was.
"""

import argparse
import hashlib
import io
import pathlib
import sys
import tempfile
import zipfile

import program  # noqa: I001

import change_feed
import tables
import trees
from chain import Chain

LIST = pathlib.Path(__file__).resolve().parents[2] / "tools" / "releases.txt"


def wheels():
    """By the hash of their bytes."""
    return {hashlib.sha256(content).hexdigest(): content
            for content in (path.read_bytes() for path in sorted(program.RELEASES.glob("*.whl")))}


def releases(package):
    """[(version, tree)], in the order of the list."""
    found = wheels()
    chain = []
    for line in LIST.read_text().splitlines():
        requirement, _, digest = line.partition(" --hash=sha256:")
        name, _, version = requirement.partition("==")
        if name != package:
            continue
        if digest not in found:
            program.skip(f"no wheel of {requirement} in {program.RELEASES}")
        with zipfile.ZipFile(io.BytesIO(found[digest])) as wheel:
            chain.append((version, {path: wheel.read(path) for path in wheel.namelist()
                                    if trees.is_source(path)}))
    if not chain:
        sys.exit(f"{LIST} has no releases of {package}")
    return chain


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--package", required=True)
    options.add_argument("--backwards", action="store_true")
    arguments = options.parse_args()
    chain = releases(arguments.package)
    if arguments.backwards:
        chain.reverse()
    failed = []

    def report(what, difference):
        print(f"{what}: {'differs' if difference else 'equal'}", flush=True)
        if difference:
            print(difference, flush=True)
            failed.append(what)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        lake = Chain(scratch, arguments.package)
        runs = []
        for version, tree in chain:
            done = lake.become(tree)
            now = lake.tables()
            report(f"{version} ({done['files']} files, {done['files_added']} added, "
                   f"{done['files_changed']} changed, {done['files_removed']} removed)",
                   tables.compare(now, lake.fresh()))
            if runs:
                report(f"{version}, change feed",
                       change_feed.compare(lake.lake, lake.repo, runs[-1], now))
            runs.append(now)
        report("change feed from the first to the last",
               change_feed.compare(lake.lake, lake.repo, runs[0], runs[-1]))
        for (version, _), run in zip(chain, runs):
            report(f"{version} as it was", tables.compare(lake.tables(run.run_id), run))
    if failed:
        sys.exit(f"{len(failed)} comparisons failed: {'; '.join(failed)}")


if __name__ == "__main__":
    main()
