"""Checks that includes go one way, low to high, as docs and DESIGN draw the house.

    layering.py ROOT    prints each violation as FILE:LINE: why, and exits with 1 if there is any

Rules, for everything in include/, src/, functions/ and cli/ but the tests (*_test.cc, *_testing.h):
  1. no file includes one of a higher room, and no headers include each other in a circle;
  2. rooms of the same height don't include each other both ways;
  3. code and cli see only public headers of the rooms below, and nobody but src/ sees src/bridge;
  4. Arrow C structs and nanoarrow appear only in frame, udf, functions and the bridge,
     and cxx only in the bridge.
"""

import re
import sys
from pathlib import Path

# The height of each room. Files that are in no room (error.h, version.h) are at the bottom.
HEIGHTS = {
    "root": 0,
    "frame": 1,
    "udf": 2,
    "session": 3,
    "delta": 4,
    "catalog": 5,
    "observe": 6,
    "cluster": 6,
    "functions": 7,
    "code": 8,
    "cli": 9,
}
BRIDGE = "bridge"  # has no height: any file in src/ may include it, and it may include any
UMBRELLA = Path("include/alluvium/alluvium.h")  # includes everything, for users
ARROW_ROOMS = {"frame", "udf", "functions", BRIDGE}
PUBLIC_ONLY_ROOMS = {"code", "cli"}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
ARROW_STRUCT = re.compile(r"\bArrow(?:Array|Schema|ArrayStream)\b")
NANOARROW = re.compile(r"^nanoarrow(/|\.)")
CXX = re.compile(r"^(rust/cxx\.h|alluvium[-_]bridge/)")
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def blank_comments(text: str) -> str:
    """Replaces comments and strings (but those of #include) by nothing, keeping line numbers."""

    def blank(match: re.Match) -> str:
        start_of_line = text.rfind("\n", 0, match.start()) + 1
        if INCLUDE.match(text[start_of_line : match.end()]):
            return match.group()
        return "\n" * match.group().count("\n")

    return COMMENT.sub(blank, text)


def room_of(path: Path) -> str:
    parts = path.parts
    if parts[0] in ("functions", "cli"):
        return parts[0]
    inner = parts[2:] if parts[0] == "include" else parts[1:]
    return inner[0] if len(inner) > 1 else "root"


def is_public(path: Path) -> bool:
    return path.parts[0] == "include"


def resolve(name: str, including: Path, files: set[Path]) -> Path | None:
    """Returns the file of ours that an include names, or None when it is somebody else's."""
    for base in (including.parent, Path("include"), Path("src"), Path(".")):
        parts: list[str] = []
        for part in (base / name).parts:
            if part == ".." and parts:
                parts.pop()
            else:
                parts.append(part)
        candidate = Path(*parts)
        if candidate in files:
            return candidate
    return None


def circles(includes: dict[Path, dict[Path, int]]) -> list[list[Path]]:
    """Returns one circle of includes per back edge of a depth-first walk."""
    found: list[list[Path]] = []
    done: set[Path] = set()

    def walk(path: Path, trail: list[Path]) -> None:
        if path in trail:
            found.append(trail[trail.index(path) :] + [path])
            return
        if path in done:
            return
        for included in sorted(includes.get(path, {})):
            walk(included, trail + [path])
        done.add(path)

    for path in sorted(includes):
        walk(path, [])
    return found


def violations(root: Path) -> list[str]:
    files = {
        path.relative_to(root)
        for folder in ("include", "src", "functions", "cli")
        for pattern in ("*.h", "*.cc")
        for path in (root / folder).rglob(pattern)
    }
    problems: list[str] = []
    includes: dict[Path, dict[Path, int]] = {}
    between_rooms: dict[tuple[str, str], str] = {}

    for path in sorted(files):
        if path.name.endswith(("_test.cc", "_testing.h")) or path == UMBRELLA:
            continue
        room = room_of(path)
        if room not in HEIGHTS and room != BRIDGE:
            problems.append(f"{path}:1: the folder '{room}' is no room of the house")
            continue
        for line, text in enumerate(blank_comments((root / path).read_text()).split("\n"), 1):
            where = f"{path}:{line}"
            match = INCLUDE.match(text)
            if not match:
                struct = ARROW_STRUCT.search(text)
                if struct and room not in ARROW_ROOMS:
                    problems.append(f"{where}: {struct.group()} is out of bounds in '{room}'")
                continue
            name = match.group(1)
            if NANOARROW.match(name) and room not in ARROW_ROOMS:
                problems.append(f"{where}: nanoarrow is out of bounds in '{room}'")
            if CXX.match(name) and room != BRIDGE:
                problems.append(f"{where}: cxx is out of bounds in '{room}'")
            included = resolve(name, path, files)
            if included is None:
                continue
            includes.setdefault(path, {})[included] = line
            other = room_of(included)
            if included == UMBRELLA:
                problems.append(f"{where}: {UMBRELLA.name} is for users, not for the library")
                continue
            if other == room or other not in HEIGHTS and other != BRIDGE:
                continue
            if other == BRIDGE:
                if path.parts[0] != "src" or room in PUBLIC_ONLY_ROOMS:
                    problems.append(f"{where}: src/bridge is out of bounds in '{room}'")
                continue
            if room == BRIDGE:
                continue
            if HEIGHTS[other] > HEIGHTS[room]:
                problems.append(f"{where}: '{room}' is below '{other}' ({included})")
            elif room in PUBLIC_ONLY_ROOMS and included.parts[0] == "src":
                problems.append(f"{where}: {included} is private to '{other}'")
            between_rooms.setdefault((room, other), where)

    for (room, other), where in sorted(between_rooms.items()):
        if HEIGHTS[room] == HEIGHTS[other] and room < other and (other, room) in between_rooms:
            back = between_rooms[other, room]
            problems.append(f"{where}: '{room}' and '{other}' include each other (also {back})")
    for circle in circles(includes):
        line = includes[circle[0]][circle[1]]
        problems.append(f"{circle[0]}:{line}: a circle: {' -> '.join(map(str, circle))}")
    return problems


def main() -> int:
    problems = violations(Path(sys.argv[1]))
    print("\n".join(problems) if problems else "Includes go one way.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
