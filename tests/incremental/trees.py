"""A repository's files as values: {path: bytes}. Edits make new ones, and folders hold them."""

import os
import pathlib


def read(folder, is_wanted=lambda path: True):
    folder = pathlib.Path(folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
            and is_wanted(path.relative_to(folder).as_posix())}


def is_source(path):
    """What the program reads, and what tells it of source roots."""
    return path.endswith((".py", ".pyi")) or path.rpartition("/")[2] in (
        "pyproject.toml", "setup.cfg")


def write(folder, old, new):
    """Makes a folder that holds `old` hold `new`.

    Files that are the same are not touched. A file whose bytes come from another path is renamed,
    as people do it: its time of change moves along, so that time and size tell nothing.
    """
    folder = pathlib.Path(folder)
    gone = {path for path in old if path not in new}
    moves, writes = [], []
    for path in sorted(new):
        if path in old and old[path] == new[path]:
            continue
        source = next((other for other in sorted(old) if new[path] and other != path
                       and old[other] == new[path]
                       and (other in gone or new.get(other) == old.get(path))
                       and all(other != taken for _, taken, _ in moves)), None)
        if source is None:
            writes.append(path)
        else:
            moves.append((path, source, folder / f".moved-{len(moves)}"))
    # Through names of their own, so that files may change places.
    for _, source, aside in moves:
        os.rename(folder / source, aside)
    for path in gone:
        (folder / path).unlink(missing_ok=True)
        for parent in (folder / path).parents:
            if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
    for path, _, aside in moves:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        os.rename(aside, folder / path)
    for path in writes:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(new[path])


def changes(old, new):
    """One line for people: which paths were added, changed and removed."""
    parts = [(sign, sorted(paths)) for sign, paths in (
        ("+", new.keys() - old.keys()), ("-", old.keys() - new.keys()),
        ("~", [path for path in old.keys() & new.keys() if old[path] != new[path]]))]
    return " ".join(f"{sign}{path}" for sign, paths in parts for path in paths) or "nothing"
