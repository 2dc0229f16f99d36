"""Checks that compare.py notices: each kind of damage to a file's facts must make it fail.

Usage: compare_selftest.py DUMP_FACTS
"""

import json
import os
import subprocess
import sys
import tempfile

SOURCE = '''"""Doc."""
import os as system
from . import x

V = 1


class C:
    y: int

    def m(self, a: int = 2):
        return system.path(a, f"{self}")  # trailing
'''

DAMAGE = {
    "nothing": lambda facts: None,
    "line_count": lambda facts: facts.update(line_count=facts["line_count"] + 1),
    "docstring": lambda facts: facts.update(docstring=None),
    "definition end": lambda facts: facts["definitions"][-3].__setitem__(6, 1),
    "method as function": lambda facts: next(
        row for row in facts["definitions"] if row[0] == "method").__setitem__(0, "function"),
    "parameter lost": lambda facts: facts["definitions"].remove(next(
        row for row in facts["definitions"] if row[0] == "parameter")),
    "variable renamed": lambda facts: next(
        row for row in facts["definitions"] if row[0] == "variable").__setitem__(2, "W"),
    "import level": lambda facts: facts["imports"][-1].__setitem__(3, 2),
    "call arguments": lambda facts: facts["calls"][0].__setitem__(3, 7),
    "argument lost": lambda facts: facts["calls"][0][7].pop(),
    "argument of another kind": lambda facts: facts["calls"][0][7][0].__setitem__(0, "star"),
    "argument with a keyword": lambda facts: facts["calls"][0][7][0].__setitem__(1, "k"),
    "argument text": lambda facts: facts["calls"][0][7][0].__setitem__(2, "b"),
    "argument moved": lambda facts: facts["calls"][0][7][0].__setitem__(3, 1),
    "type lost": lambda facts: facts["type_exprs"].pop(),
    "type role": lambda facts: facts["type_exprs"][0].__setitem__(0, "return"),
    "type of": lambda facts: facts["type_exprs"][0].__setitem__(1, "z"),
    "type text": lambda facts: facts["type_exprs"][0].__setitem__(2, "in"),
    "type moved": lambda facts: facts["type_exprs"][0].__setitem__(4, 1),
    "type as text": lambda facts: facts["type_exprs"][0].__setitem__(6, True),
    "type of another": lambda facts: facts["type_exprs"][0].__setitem__(7, 0),
    "ref lost": lambda facts: facts["refs"].pop(),
    "ref moved": lambda facts: facts["refs"][1].__setitem__(3, 0),
    "ref context": lambda facts: facts["refs"][0].__setitem__(2, "del"),
}


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "module.py")
        with open(source, "w", encoding="utf-8") as file:
            file.write(SOURCE)
        right = subprocess.run([sys.argv[1]], input=source, capture_output=True, text=True,
                               check=True).stdout
        fake = os.path.join(scratch, "dump")
        for name, damage in DAMAGE.items():
            facts = json.loads(right)
            damage(facts)
            with open(fake, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\ncat <<'END'\n" + json.dumps(facts) + "\nEND\n")
            os.chmod(fake, 0o755)
            result = subprocess.run(
                [sys.executable, "-B", os.path.join(folder, "compare.py"), fake, source],
                capture_output=True, text=True, check=False)
            expected = 0 if name == "nothing" else 1
            if result.returncode != expected:
                failures += 1
                print(f"{name}: exit {result.returncode}, not {expected}\n{result.stdout}"
                      f"{result.stderr}")
    print(f"{len(DAMAGE)} cases, {failures} failures")
    return 1 if failures else 0


sys.exit(main())
