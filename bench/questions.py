"""Times questions asked from the command line; prints a Markdown table or JSON.

    python bench/questions.py --build out/dev --corpora FOLDER [--corpus NAME] [--rounds 15]
        [--optave COMMAND] [--colby COMMAND] [--json]

Who calls a function, and what a change of it reaches: each is a process of its own, which opens
what was indexed before and writes its answer as JSON. In each round every contender answers both,
one right after the other, and the rounds change the order. Reported are medians of seconds, and of
Alluvium's seconds in one round to those of another contender. The first round warms up.

How far the answers go isn't the same: optave's default is five calls deep and colby's two, where
Alluvium goes to the end.
"""

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path

import contenders
import corpora
import trees
from processes import run

# A function of that name that much depends on, the only one so called.
ASKED = {"django": "import_string", "sympy": "sympify", "homeassistant": "async_get_hass"}
STEPS = ["callers", "impact"]


def question(name, contender, step, asked, root):
    """The command."""
    if name == "alluvium":
        return [contender.full[0], step, asked, "--json", "--lake", contender.store]
    if name == "colby":
        return [*contender.command, step, asked, "--json", "--path", root]
    command = ["query", asked, "--depth", "1"] if step == "callers" else ["fn-impact", asked]
    return [*contender.program, *command, "--json", "--db", contender.store / "graph.db"]


def measured(arguments, corpus):
    """[{step: {name: seconds}}]"""
    rounds = []
    names = [name for name in contenders.chosen(arguments)
             if name in ("alluvium", "optave", "colby")]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch, commands = Path(folder), {}
        for name in names:
            home = scratch / name
            root = home / "files"
            root.mkdir(parents=True)
            trees.write(root, {}, corpora.tree(arguments, corpus))
            contender = contenders.chosen(arguments)[name](arguments, corpus, root, home)
            run(contender.full, home)
            commands[name] = {step: question(name, contender, step, ASKED[corpus], root)
                              for step in STEPS}
        for number in range(arguments.rounds + 1):
            order = names[number % len(names):] + names[:number % len(names)]
            rounds.append({step: {name: run(commands[name][step], scratch / name)[0]
                                  for name in order} for step in STEPS})
    return rounds[1:]


def rows_of(corpus, rounds):
    for step in STEPS:
        for name in rounds[0][step]:
            yield {"corpus": corpus, "question": step, "contender": name,
                   "seconds": statistics.median(one[step][name] for one in rounds),
                   "alluvium_of_it": statistics.median(one[step]["alluvium"] / one[step][name]
                                                       for one in rounds)}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="out/dev")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--json", action="store_true")
    corpora.add_options(options)
    contenders.add_options(options)
    arguments = options.parse_args()
    load = os.getloadavg()[0]
    rows = [row for corpus in arguments.corpus or corpora.NAMES
            for row in rows_of(corpus, measured(arguments, corpus))]
    if arguments.json:
        print(json.dumps({"rounds": arguments.rounds, "load_before": load, "rows": rows}, indent=1))
        return
    print(f"{arguments.rounds} rounds, load before: {load:.1f}\n")
    print("| corpus | question | contender | s | alluvium / it |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['corpus']} | {row['question']} | {row['contender']} "
              f"| {row['seconds']:.3f} | {row['alluvium_of_it']:.2f} |")


if __name__ == "__main__":
    main()
