"""Checks that only one module of the bridge makes sessions: bridge/src/session.rs.

    one_door.py ROOT    prints each other place as FILE:LINE, and exits with 1 if there is any

What makes a session is what bridge/clippy.toml disallows, so that this quick look and the lint, which
resolves names properly but needs a check build of the engines, hold the same rule.
"""

import re
import sys
import tomllib
from pathlib import Path

DOOR = Path("bridge/src/session.rs")


def makers(root: Path) -> re.Pattern:
    rules = tomllib.loads((root / "bridge/clippy.toml").read_text())["disallowed-methods"]
    calls = {"::".join(rule["path"].split("::")[-2:]) for rule in rules}
    return re.compile("|".join(rf"\b{re.escape(call)}\s*\(" for call in sorted(calls)))


def places(root: Path) -> dict[Path, list[int]]:
    pattern = makers(root)
    found = {}
    for path in sorted((root / "bridge").rglob("*.rs")):
        lines = path.read_text().splitlines()
        numbers = [n for n, line in enumerate(lines, 1) if pattern.search(line.split("//")[0])]
        if numbers:
            found[path.relative_to(root)] = numbers
    return found


def main() -> int:
    found = places(Path(sys.argv[1]))
    if DOOR not in found:
        print(f"{DOOR} makes no session: the rule of bridge/clippy.toml no longer fits the code")
        return 1
    # What a benchmark compares Alluvium with is the engine without Alluvium.
    del found[DOOR]
    others = {path: lines for path, lines in found.items() if "examples" not in path.parts}
    for path, lines in others.items():
        for line in lines:
            print(f"{path}:{line}: makes a session; only {DOOR} does, from a profile")
    return 1 if others else 0


if __name__ == "__main__":
    sys.exit(main())
