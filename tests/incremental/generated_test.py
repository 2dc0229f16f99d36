"""Generated edits: after each, the lake kept current is a fresh one of the same files.

Usage: generated_test.py [--corpus NAME] [--rounds N] [--seed S] [--replay S:STEP [--keep FOLDER]]

Edits a small generated package, or a corpus. Two such repositories of different seeds share one
lake and are edited in turn. The seed is printed; on a difference also the step, the edit, tables
and rows, and the arguments that replay it: `--replay` makes the edits up to that step again, looks
for the fewest runs, files and lines that still show the difference, and prints them (and keeps them
as folders to index in turn).
"""

import argparse
import collections
import pathlib
import random
import sys
import tempfile
import time

import program  # noqa: I001

import edit_generator
import reproduction
from chain import Chain, Differ

# A run of the same files has the same rows however it is worked on.
OPTIONS = [[], [], ["--jobs", "1"], ["--jobs", "3"]]


def edit_and_compare(arguments, scratch):
    """Returns how many steps each kind of edit was in."""
    kinds = collections.Counter()
    tree = program.sources(arguments.corpus)
    seeds = [arguments.seed, arguments.seed + 1]
    lake = pathlib.Path(scratch) / "lake"
    chains = [Chain(scratch, f"r{number}", lake) for number in range(len(seeds))]
    generators = [edit_generator.Generator(seed, tree) for seed in seeds]
    steps = [0, 0]
    begun = time.monotonic()
    for chain, generator in zip(chains, generators):
        chain.become(generator.tree)
        chain.check("the first files")
    for number in range(arguments.rounds):
        turn = number % len(seeds)
        what, tree = generators[turn].step()
        steps[turn] += 1
        kinds.update(what.partition(":")[0].split(" and "))
        try:
            chains[turn].become(tree, *random.Random(number).choice(OPTIONS))
            chains[turn].check(what)
        except (Differ, program.Failed) as error:
            corpus = f" --corpus {arguments.corpus}" if arguments.corpus else ""
            sys.exit(f"seed {seeds[turn]}, step {steps[turn]}: {error}\n"
                     f"replay: generated_test.py{corpus} --replay {seeds[turn]}:{steps[turn]}")
        if (number + 1) % 50 == 0:
            print(f"{number + 1} edits in {time.monotonic() - begun:.0f} s", flush=True)
    # What the last edit of one repository did to the other one's rows.
    for chain in chains:
        chain.check("at the end")
    return kinds


def replay(arguments):
    seed, _, step = arguments.replay.partition(":")
    made = edit_generator.chain(int(seed), int(step), program.sources(arguments.corpus))
    print(f"seed {seed}, step {step}: {made[-1][0]}")
    chain, error = reproduction.shortest_end([tree for _, tree in made])
    if chain is None:
        print("these edits alone leave the lake equal to a fresh one: another repository in the "
              "lake or --jobs must have had a part")
        return
    print(f"shown by the last {len(chain)} of {len(made)} runs; making it smaller", flush=True)
    smaller = reproduction.Smaller(chain, error).all()
    print(reproduction.shown(smaller.chain))
    print(smaller.error)
    if arguments.keep:
        reproduction.save(smaller.chain, arguments.keep)
    sys.exit(1)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus")
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--replay")
    options.add_argument("--keep", type=pathlib.Path)
    arguments = options.parse_args()
    if arguments.replay:
        return replay(arguments)
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        kinds = edit_and_compare(arguments, scratch)
    print(f"{arguments.rounds} edits, all equal: "
          + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))


if __name__ == "__main__":
    main()
